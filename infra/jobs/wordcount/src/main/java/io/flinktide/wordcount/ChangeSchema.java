package io.flinktide.wordcount;

import java.io.IOException;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Events of the collector's topic, read within the source so that a row's changes keep their order. */
final class ChangeSchema implements KafkaRecordDeserializationSchema<Change> {
  private static final long serialVersionUID = 1L;

  private final String column;
  private transient ChangeReader reader;

  ChangeSchema(String column) {
    this.column = column;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    reader = new ChangeReader(column);
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Change> out) throws IOException {
    Change change = reader.read(record.key(), record.value());
    if (change != null) {
      out.collect(change);
    }
  }

  @Override
  public TypeInformation<Change> getProducedType() {
    return TypeInformation.of(Change.class);
  }
}
