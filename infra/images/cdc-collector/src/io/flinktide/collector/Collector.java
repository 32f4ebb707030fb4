package io.flinktide.collector;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program: settings from the environment, the front, and the engine until it is asked to stop. */
public final class Collector {
  /** As sysexits.h has it: the configuration is wrong. */
  private static final int WRONG_CONFIG = 78;
  private static final int SECONDS_TO_STOP = 8;

  private Collector() {}

  public static void main(String[] args) throws Exception {
    Settings settings;
    try {
      settings = Settings.of(new Variables(System.getenv()));
    } catch (Refusal e) {
      System.err.println(e.getMessage());
      System.exit(WRONG_CONFIG);
      return;
    }
    Secrets.hide(settings.password);
    Secrets.hide(settings.accessKey);
    try (FileChannel channel = lockFile(settings);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        System.err.println("Another collector uses the folder " + settings.dataFolder + ": two would send every change twice.");
        System.exit(WRONG_CONFIG);
      }
      System.exit(collect(settings));
    }
  }

  private static int collect(Settings settings) throws IOException, InterruptedException {
    Logger log = LoggerFactory.getLogger(Collector.class);
    Status status = new Status();
    Front front = new Front(settings.monitoringPort, status, settings.metricLabels);
    log.info("Health and metrics on port {}; changes of {} go to topic {}", front.port(), settings.schema, settings.topic);
    KafkaProducer<String, String> producer = new KafkaProducer<>(EngineProperties.producer(settings));
    ChangesToKafka sink = new ChangesToKafka(producer, settings.topic);
    Database database = new Database(settings);
    Supervisor supervisor = new Supervisor(settings, status, sink, database);
    new Monitor(settings, status, sink, new Database(settings), supervisor::connectionLost).start();
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(supervisor, ended)));
    int code = supervisor.run();
    producer.close(Duration.ofSeconds(1));
    ended.countDown();
    return code;
  }

  /** Docker's SIGTERM: what is on its way is sent, and its offset is stored. */
  private static void stop(Supervisor supervisor, CountDownLatch ended) {
    supervisor.stop();
    try {
      ended.await(SECONDS_TO_STOP, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static FileChannel lockFile(Settings settings) throws IOException {
    Path file = Path.of(settings.dataFolder, "lock");
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
