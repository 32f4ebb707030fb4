package io.flinktide.wordcount;

import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * A row's change -> how many more or fewer there are of each word. A row's last change is kept, also of a deleted row:
 * what does not come after it in the binlog has been counted already, and is left out.
 */
final class RowWords extends KeyedProcessFunction<String, Change, Tuple2<String, Long>> {
  private static final long serialVersionUID = 1L;

  private final boolean deduplicate;
  private transient ValueState<Change> last;

  /** @param deduplicate false believes every event, as a control: a repeated one is counted twice */
  RowWords(boolean deduplicate) {
    this.deduplicate = deduplicate;
  }

  @Override
  public void open(Configuration configuration) {
    last = getRuntimeContext().getState(new ValueStateDescriptor<>("last", Change.class));
  }

  @Override
  public void processElement(Change change, Context context, Collector<Tuple2<String, Long>> out) throws Exception {
    if (!deduplicate) {
      emit(change.before, change.after, out);
      return;
    }
    Change before = last.value();
    if (before == null || change.isAfter(before)) {
      emit(before == null ? null : before.after, change.after, out);
      change.before = null;
      last.update(change);
    }
  }

  private static void emit(String before, String after, Collector<Tuple2<String, Long>> out) {
    WordDeltas.between(before, after).forEach((word, delta) -> out.collect(Tuple2.of(word, delta)));
  }
}
