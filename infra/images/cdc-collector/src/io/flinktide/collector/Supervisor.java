package io.flinktide.collector;

import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the engine, again after a failure as often as allowed, and not at all where changes are missing. */
final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** The one that Debezium Server runs. */
  private static final String ENGINE = "io.debezium.embedded.async.ConvertingAsyncEngineBuilderFactory";

  private final Settings settings;
  private final Status status;
  private final ChangesToKafka sink;
  private final Database database;
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile DebeziumEngine<?> engine;
  private volatile boolean lost;

  Supervisor(Settings settings, Status status, ChangesToKafka sink, Database database) {
    this.settings = settings;
    this.status = status;
    this.sink = sink;
    this.database = database;
  }

  /** Ends when it is asked to stop (0) or has used up its attempts (1): then the restart policy takes over. */
  int run() throws InterruptedException {
    while (stop.getCount() > 0) {
      Optional<Failure> failure = attemptSafely();
      if (failure.isEmpty()) {
        return 0;
      }
      status.errors++;
      if (failure.get().forGood()) {
        status.engine(Status.Engine.STOPPED, failure.get().message());
        LOG.error("The engine stays stopped: {}", failure.get().message());
        stop.await();
        return 0;
      }
      if (status.attempt >= settings.maxAttempts) {
        LOG.error("Gave up after {} attempts: {}", settings.maxAttempts, failure.get().message());
        return 1;
      }
      status.attempt++;
      status.engine(Status.Engine.STARTING, failure.get().message());
      LOG.warn("Attempt {} of {} follows in {} ms: {}", status.attempt, settings.maxAttempts, settings.backoffMs, failure.get().message());
      stop.await(settings.backoffMs, TimeUnit.MILLISECONDS);
    }
    return 0;
  }

  /** Asks {@link #run} to end, and waits for nothing. */
  void stop() {
    stop.countDown();
    closeEngine();
  }

  /** The engine has lost the binlog and does not know: this attempt has failed. */
  void connectionLost() {
    lost = true;
    closeEngine();
  }

  private void closeEngine() {
    try {
      if (engine != null) {
        engine.close();
      }
    } catch (IOException | IllegalStateException e) {
      LOG.debug("The engine was stopping already", e);
    }
  }

  /** What the engine can't be made from is a failure like any other. */
  private Optional<Failure> attemptSafely() {
    try {
      return attempt();
    } catch (RuntimeException | LinkageError e) {
      LOG.error("The engine could not be run", e);
      return stop.getCount() == 0 ? Optional.empty() : Optional.of(Failure.of(null, e));
    }
  }

  /** One run of the engine; empty where it ended because it was asked to. */
  private Optional<Failure> attempt() {
    status.starts++;
    Optional<Failure> gap = gap();
    if (gap.isPresent()) {
      return gap;
    }
    Outcome outcome = new Outcome(status);
    lost = false;
    engine =
        DebeziumEngine.create(Json.class, Json.class, Json.class, ENGINE)
            .using(EngineProperties.engine(settings))
            .using((DebeziumEngine.ConnectorCallback) outcome)
            .using((DebeziumEngine.CompletionCallback) outcome)
            .notifying(sink)
            .build();
    if (stop.getCount() > 0) {
      engine.run();
    }
    if (stop.getCount() == 0) {
      return Optional.empty();
    }
    return Optional.of(lost ? new Failure("the connection to the binlog was lost", false) : outcome.failure());
  }

  /** Debezium only warns of a purged binlog, and may go on behind the gap. */
  private Optional<Failure> gap() {
    try {
      Optional<Position> from = Offsets.read(Path.of(settings.dataFolder, "offsets.json"));
      if (from.isPresent()) {
        return Gap.before(from.get(), database.binlogs()).map(message -> new Failure(message, true));
      }
      if (Files.exists(Path.of(settings.dataFolder, "schema-history.jsonl"))) {
        LOG.warn(
            "The first snapshot was interrupted before its place was stored, and is taken anew. If rows were sent and"
                + " deleted since, the topic {} has no delete of them. Fix: begin anew with an empty topic.",
            settings.topic);
      }
      return Optional.empty();
    } catch (SQLException | IOException e) {
      return Optional.of(new Failure(e.getMessage(), false));
    }
  }
}
