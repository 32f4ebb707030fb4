package io.flinktide.collector;

/**
 * Notices an engine that runs without its connection: where a database ends in good order, Debezium sees the stream's
 * end, not a failure, and tries once a minute, uncounted. Instants in milliseconds.
 */
final class Watchdog {
  private final long patience;
  private boolean wasConnected;
  private long lostAt;

  /** @param patience how long it may be without */
  Watchdog(long patience) {
    this.patience = patience;
  }

  /** True once the connection has been gone for too long; then it begins anew. */
  boolean lost(long now, boolean running, boolean connected) {
    if (!running || connected) {
      wasConnected = running;
      lostAt = now;
      return false;
    }
    if (!wasConnected || now - lostAt < patience) {
      return false;
    }
    wasConnected = false;
    return true;
  }
}
