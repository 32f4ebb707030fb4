package io.flinktide.collector;

import java.util.Optional;

/** What is known of the collector; written by the supervisor and the monitor, read by the front. */
final class Status {
  enum Engine {
    /** Being started, or waiting for the next attempt. */
    STARTING,
    RUNNING,
    /** For good: only people can help. */
    STOPPED
  }

  private volatile Engine engine = Engine.STARTING;
  private volatile boolean wasReady;
  volatile String reason = "the engine is starting";
  /** Failed attempts since the collector was last ready. */
  volatile int attempt;
  volatile long errors;
  volatile long starts;
  volatile boolean database;
  volatile boolean kafka;
  /** Bytes of binlog that are not read yet; negative where that is not known. */
  volatile long lagBytes = -1;
  /** Changes that Kafka has not, estimated; negative where that is not known. */
  volatile long lagChanges = -1;
  volatile double lagSeconds;
  volatile boolean snapshot;
  volatile boolean connected;
  volatile long sent;

  void engine(Engine state, String why) {
    engine = state;
    reason = why;
  }

  Engine engine() {
    return engine;
  }

  /** Whether changes flow: the engine runs, the database and Kafka answer. */
  boolean ready() {
    return notReadyBecause().isEmpty();
  }

  Optional<String> notReadyBecause() {
    if (engine != Engine.RUNNING) {
      return Optional.of(reason);
    }
    if (!database) {
      return Optional.of("the database does not answer");
    }
    if (!kafka) {
      return Optional.of("Kafka does not answer");
    }
    if (!snapshot && !connected) {
      return Optional.of("the engine is not connected to the binlog");
    }
    return Optional.empty();
  }

  /** To be called from time to time: who was ready has used up no attempt. */
  void settle() {
    if (ready()) {
      wasReady = true;
      attempt = 0;
    }
  }

  /** Whether it was ready at least once since the process began. */
  boolean wasReady() {
    return wasReady;
  }
}
