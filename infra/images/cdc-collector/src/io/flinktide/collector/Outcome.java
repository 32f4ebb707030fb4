package io.flinktide.collector;

import io.debezium.engine.DebeziumEngine;

/** What the engine tells of itself while it runs, and why it ended. */
final class Outcome implements DebeziumEngine.ConnectorCallback, DebeziumEngine.CompletionCallback {
  private final Status status;
  private volatile Failure failure = Failure.of(null, null);

  Outcome(Status status) {
    this.status = status;
  }

  @Override
  public void taskStarted() {
    status.engine(Status.Engine.RUNNING, "");
  }

  @Override
  public void handle(boolean success, String message, Throwable error) {
    failure = Failure.of(message, error);
    status.engine(Status.Engine.STARTING, failure.message());
  }

  Failure failure() {
    return failure;
  }
}
