package io.flinktide.wordcount;

import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** A line -> its words, at a pace. */
final class SplitLine implements FlatMapFunction<String, String> {
  private static final long serialVersionUID = 1L;

  private final Pace pace;

  /** @param linesPerSecond lines that one subtask takes a second at most; 0 for no limit */
  SplitLine(long linesPerSecond) {
    pace = new Pace(linesPerSecond);
  }

  @Override
  public void flatMap(String line, Collector<String> out) throws InterruptedException {
    if (pace.limits()) {
      sleepUntil(pace.until(System.nanoTime()));
      pace.ended(System.nanoTime());
    }
    Words.of(line).forEach(out::collect);
  }

  /** Flink counts it as busy: it happens while a record is processed. Thread.sleep knows only milliseconds. */
  private static void sleepUntil(long instant) throws InterruptedException {
    for (long left = instant - System.nanoTime(); left > 0; left = instant - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
