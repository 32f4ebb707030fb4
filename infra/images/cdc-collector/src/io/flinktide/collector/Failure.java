package io.flinktide.collector;

/**
 * Why the engine ended.
 *
 * @param forGood whether another attempt can't help
 */
record Failure(String message, boolean forGood) {
  /** MySQL's and MariaDB's error for a binlog, or a position in it, that is not there. */
  private static final String BINLOG_GONE =
      "(?is).*(could not find first log file name|could not find gtid state|purged|error code: 1236).*";

  /** The innermost cause says most. */
  static Failure of(String message, Throwable error) {
    String text = message;
    boolean forGood = false;
    for (Throwable cause = error; cause != null && cause != cause.getCause(); cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        text = cause.getMessage();
        forGood |= text.matches(BINLOG_GONE);
      }
    }
    return new Failure(text == null ? "the engine ended by itself" : text, forGood);
  }
}
