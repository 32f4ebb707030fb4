package io.flinktide.wordcount;

import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;

/** A word -> the word and how often it has come so far, this time included. */
final class CountWords extends RichMapFunction<String, Tuple2<String, Long>> {
  private static final long serialVersionUID = 1L;

  private final long workNanos;
  private transient ValueState<Long> count;

  /** @param workMicros microseconds of CPU burnt for each word, so that a slot has a known capacity */
  CountWords(long workMicros) {
    this.workNanos = workMicros * 1000;
  }

  @Override
  public void open(Configuration configuration) {
    count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
  }

  @Override
  public Tuple2<String, Long> map(String word) throws Exception {
    work();
    Long before = count.value();
    long now = before == null ? 1 : before + 1;
    count.update(now);
    return Tuple2.of(word, now);
  }

  private void work() {
    if (workNanos > 0) {
      long end = System.nanoTime() + workNanos;
      while (System.nanoTime() < end) {
        // busy on purpose
      }
    }
  }
}
