package io.flinktide.collector;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a second at the database, Kafka and the engine, and writes down what it sees. */
final class Monitor {
  private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);
  private static final int KAFKA_EVERY = 3;
  private static final int KAFKA_TIMEOUT_MS = 3000;

  private final Status status;
  private final ChangesToKafka sink;
  private final Database database;
  private final Admin kafka;
  private final String topic;
  private final Watchdog watchdog;
  private final Runnable onLoss;
  private final Lag lag = new Lag(System.currentTimeMillis());
  private final ChangeSize changeSize = new ChangeSize();
  private int round;

  /** @param onLoss called when the engine has lost the binlog */
  Monitor(Settings settings, Status status, ChangesToKafka sink, Database database, Runnable onLoss) {
    watchdog = new Watchdog(settings.backoffMs);
    this.onLoss = onLoss;
    this.status = status;
    this.sink = sink;
    this.database = database;
    Properties client = EngineProperties.client(settings);
    client.setProperty("default.api.timeout.ms", String.valueOf(KAFKA_TIMEOUT_MS));
    client.setProperty("request.timeout.ms", String.valueOf(KAFKA_TIMEOUT_MS));
    kafka = Admin.create(client);
    topic = settings.topic;
  }

  void start() {
    thread("watch-database", this::lookAtDatabase);
    thread("watch-engine", this::lookAtEngine);
    thread("watch-kafka", this::lookAtKafka);
  }

  /** A thread each: one that waits for a dead broker must not hold up the others. */
  private static void thread(String name, Runnable look) {
    Runnable loop =
        () -> {
          while (true) {
            try {
              look.run();
              TimeUnit.SECONDS.sleep(1);
            } catch (InterruptedException e) {
              return;
            } catch (RuntimeException e) {
              LOG.warn("{} failed", name, e);
            }
          }
        };
    Thread thread = new Thread(loop, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void lookAtDatabase() {
    try {
      TreeMap<String, Long> binlogs = database.binlogs();
      tell("database", status.database, true, "");
      status.database = true;
      if (!binlogs.isEmpty()) {
        measure(binlogs);
      }
    } catch (SQLException e) {
      tell("database", status.database, false, e.getMessage());
      status.database = false;
      status.lagBytes = -1;
      status.lagChanges = -1;
    }
    status.lagSeconds = lag.seconds(System.currentTimeMillis());
    status.settle();
  }

  private void lookAtEngine() {
    status.snapshot = Beans.read(Beans.SNAPSHOT, "SnapshotRunning", Boolean.class).orElse(false);
    status.connected = Beans.read(Beans.STREAMING, "Connected", Boolean.class).orElse(false);
    status.sent = sink.sent();
    boolean running = status.engine() == Status.Engine.RUNNING;
    if (watchdog.lost(System.currentTimeMillis(), running, status.snapshot || status.connected)) {
      onLoss.run();
    }
  }

  private void measure(TreeMap<String, Long> binlogs) {
    lag.head(System.currentTimeMillis(), new Position(binlogs.lastKey(), binlogs.lastEntry().getValue()));
    long waiting = sink.inFlight() + queued();
    Position read = reader();
    Position done = read != null && waiting == 0 ? read : sink.done();
    if (done != null) {
      lag.reached(done);
    }
    status.lagBytes = read == null ? -1 : read.unread(binlogs);
    status.lagChanges = read == null ? -1 : changesWaiting(read, waiting);
  }

  /** Changes that Kafka has not; negative where that is not known. */
  private long changesWaiting(Position read, long waiting) {
    changeSize.read(read, sink.sent() + waiting);
    long unread = changeSize.changesIn(status.lagBytes);
    return unread < 0 ? -1 : waiting + unread;
  }

  private static Position reader() {
    return Beans.read(Beans.STREAMING, "BinlogFilename", String.class)
        .flatMap(file -> Beans.read(Beans.STREAMING, "BinlogPosition", Long.class).map(at -> new Position(file, at)))
        .orElse(null);
  }

  /** Changes that are read and not yet on their way. */
  private static int queued() {
    int total = Beans.read(Beans.STREAMING, "QueueTotalCapacity", Integer.class).orElse(0);
    return total - Beans.read(Beans.STREAMING, "QueueRemainingCapacity", Integer.class).orElse(total);
  }

  private void lookAtKafka() {
    if (round++ % KAFKA_EVERY != 0 && status.kafka) {
      return;
    }
    try {
      // DataHub knows no request that describes a cluster; every Kafka describes a topic.
      Map<String, ?> found = kafka.describeTopics(List.of(topic)).allTopicNames().get(KAFKA_TIMEOUT_MS, TimeUnit.MILLISECONDS);
      tell("Kafka", status.kafka, !found.isEmpty(), "");
      status.kafka = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      tell("Kafka", status.kafka, false, cause.getClass().getSimpleName() + ": " + cause.getMessage());
      status.kafka = false;
    }
  }

  /** One line when it changes. */
  private static void tell(String what, boolean before, boolean now, String why) {
    if (now && !before) {
      LOG.info("{} answers", what);
    } else if (before && !now) {
      LOG.warn("{} does not answer: {}", what, why);
    }
  }
}
