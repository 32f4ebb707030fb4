package io.flinktide.collector;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How late the sink is, from where the binlog's head was when: it is as late as the latest head that it has reached is
 * old. Needs no clock of the database's. Instants in milliseconds.
 */
final class Lag {
  private static final int MOST_HEADS = 3600;

  private record Head(long at, Position position) {}

  private final Deque<Head> heads = new ArrayDeque<>();
  private long reachedAt;

  /** @param start what is not reached yet counts from here */
  Lag(long start) {
    reachedAt = start;
  }

  /** The binlog's head stood there at an instant; instants grow. */
  synchronized void head(long at, Position position) {
    if (heads.size() == MOST_HEADS) {
      // Whoever is so far behind gets a coarser answer.
      heads.removeLast();
    }
    heads.addLast(new Head(at, position));
  }

  /** Everything before a position is in the sink. */
  synchronized void reached(Position done) {
    while (!heads.isEmpty() && heads.peekFirst().position().compareTo(done) <= 0) {
      reachedAt = heads.removeFirst().at();
    }
  }

  synchronized double seconds(long now) {
    return heads.isEmpty() ? 0 : Math.max(0, now - reachedAt) / 1000.0;
  }
}
