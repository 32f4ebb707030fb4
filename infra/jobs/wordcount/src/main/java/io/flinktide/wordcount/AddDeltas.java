package io.flinktide.wordcount;

import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;

/** A word and how many more of it there are -> the word and how many there are now, down to 0. */
final class AddDeltas extends RichMapFunction<Tuple2<String, Long>, Tuple2<String, Long>> {
  private static final long serialVersionUID = 1L;

  private transient ValueState<Long> count;

  @Override
  public void open(Configuration configuration) {
    count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
  }

  @Override
  public Tuple2<String, Long> map(Tuple2<String, Long> delta) throws Exception {
    Long before = count.value();
    long now = (before == null ? 0 : before) + delta.f1;
    count.update(now);
    return Tuple2.of(delta.f0, now);
  }
}
