package io.flinktide.wordcount;

import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Kafka lines -> words -> running counts -> Kafka. An output record's key is the word, its value the count in decimal:
 * the first time a word comes its count is 1.
 */
public final class WordCount {
  /** Below the broker's transaction.max.timeout.ms; a transaction must outlive the longest restart. */
  private static final String TRANSACTION_TIMEOUT_MS = "600000";

  private WordCount() {}

  public static void main(String[] args) throws Exception {
    Options options = new Options(args);
    StreamExecutionEnvironment env = environment(options);

    // rebalance() keeps the source a vertex of its own at parallelism 1 too, so that the rest can be rescaled in place.
    env.fromSource(source(options), WatermarkStrategy.noWatermarks(), "lines")
        .uid("lines")
        .setParallelism(options.sourceParallelism)
        .rebalance()
        .flatMap(new SplitLine(options.slotRate))
        .name("words")
        .uid("words")
        .keyBy(word -> word, Types.STRING)
        .map(new CountWords(options.workMicros))
        .returns(Types.TUPLE(Types.STRING, Types.LONG))
        .name("count")
        .uid("count")
        .sinkTo(sink(options))
        .name("counts")
        .uid("counts");
    env.execute("wordcount");
  }

  static StreamExecutionEnvironment environment(Options options) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setMaxParallelism(options.maxParallelism);
    env.enableCheckpointing(
        options.checkpointIntervalMs,
        options.exactlyOnce ? CheckpointingMode.EXACTLY_ONCE : CheckpointingMode.AT_LEAST_ONCE);
    return env;
  }

  private static KafkaSource<String> source(Options options) {
    return KafkaSource.<String>builder()
        .setBootstrapServers(options.brokers)
        .setTopics(options.inputTopic)
        .setGroupId(options.groupId)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setValueOnlyDeserializer(new SimpleStringSchema())
        .build();
  }

  static KafkaSink<Tuple2<String, Long>> sink(Options options) throws ReflectiveOperationException {
    Properties producer = new Properties();
    producer.setProperty("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS);
    SerializationSchema<Tuple2<String, Long>> key = counted -> bytes(counted.f0);
    SerializationSchema<Tuple2<String, Long>> value = counted -> bytes(counted.f1.toString());
    KafkaSinkBuilder<Tuple2<String, Long>> builder =
        KafkaSink.<Tuple2<String, Long>>builder()
            .setBootstrapServers(options.brokers)
            .setKafkaProducerConfig(producer)
            .setTransactionalIdPrefix(options.transactionalIdPrefix)
            .setRecordSerializer(
                KafkaRecordSerializationSchema.<Tuple2<String, Long>>builder()
                    .setTopic(options.outputTopic)
                    .setKeySerializationSchema(key)
                    .setValueSerializationSchema(value)
                    .build());
    setGuarantee(builder, options.exactlyOnce ? DeliveryGuarantee.EXACTLY_ONCE : DeliveryGuarantee.AT_LEAST_ONCE);
    return builder.build();
  }

  /** The setter has one name in Flink 1.14 and another later. */
  private static void setGuarantee(KafkaSinkBuilder<?> builder, DeliveryGuarantee guarantee)
      throws ReflectiveOperationException {
    String setter = "setDeliveryGuarantee";
    try {
      KafkaSinkBuilder.class.getMethod(setter, DeliveryGuarantee.class);
    } catch (NoSuchMethodException e) {
      setter = "setDeliverGuarantee";
    }
    KafkaSinkBuilder.class.getMethod(setter, DeliveryGuarantee.class).invoke(builder, guarantee);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
