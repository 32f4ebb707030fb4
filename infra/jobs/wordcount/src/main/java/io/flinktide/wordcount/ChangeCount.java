package io.flinktide.wordcount;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Changes of a table's text column, as the collector writes them -> words -> how often each stands in the table now ->
 * Kafka. An output record's key is the word, its value the count in decimal.
 */
public final class ChangeCount {
  private ChangeCount() {}

  public static void main(String[] args) throws Exception {
    ChangeOptions changes = new ChangeOptions(args);
    Options options = changes.others;
    StreamExecutionEnvironment env = WordCount.environment(options);
    // No rebalance(): it would part a row's changes, whose order counts.
    env.fromSource(source(changes), WatermarkStrategy.noWatermarks(), "changes")
        .uid("changes")
        .setParallelism(options.sourceParallelism)
        .keyBy(change -> change.row, Types.STRING)
        .process(new RowWords(changes.deduplicate))
        .returns(Types.TUPLE(Types.STRING, Types.LONG))
        .name("rows")
        .uid("rows")
        .keyBy(delta -> delta.f0, Types.STRING)
        .map(new AddDeltas())
        .returns(Types.TUPLE(Types.STRING, Types.LONG))
        .name("count")
        .uid("count")
        .sinkTo(WordCount.sink(options))
        .name("counts")
        .uid("counts");
    env.execute("changecount");
  }

  private static KafkaSource<Change> source(ChangeOptions changes) {
    return KafkaSource.<Change>builder()
        .setBootstrapServers(changes.others.brokers)
        .setTopics(changes.others.inputTopic)
        .setGroupId(changes.others.groupId)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new ChangeSchema(changes.textColumn))
        .build();
  }
}
