package io.flinktide.wordcount;

import java.io.Serializable;

/**
 * How long a slot takes for each line, so that it has a known capacity. No clock of its own. Instants and spans in
 * nanoseconds.
 */
final class Pace implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long SECOND = 1_000_000_000L;
  /** More than this is not made up for: a machine that stood still does not rush afterwards. */
  private static final long MOST_MADE_UP = SECOND;

  private final long perLine;
  private long until;
  private long overslept;

  /** @param linesPerSecond 0 for no limit */
  Pace(long linesPerSecond) {
    perLine = linesPerSecond == 0 ? 0 : SECOND / linesPerSecond;
  }

  boolean limits() {
    return perLine > 0;
  }

  /** Until when a line takes that was begun at an instant. What the lines before took too long is made up for. */
  long until(long begun) {
    until = begun + perLine - overslept;
    return until;
  }

  /** The line was ended at an instant: later than asked, since a thread does not wake on time. */
  void ended(long at) {
    overslept = Math.min(Math.max(0, at - until), MOST_MADE_UP);
  }
}
