package io.flinktide.collector;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The page /metrics, in Prometheus's text format. */
final class Metrics {
  private Metrics() {}

  static String page(Status status, String labels) {
    String braces = labels.isEmpty() ? "" : "{" + labels + "}";
    List<String> lines = own(status, braces);
    lines.addAll(typed(Beans.lines(Beans.STREAMING, "debezium_streaming_", braces)));
    lines.addAll(typed(Beans.lines(Beans.SNAPSHOT, "debezium_snapshot_", braces)));
    lines.addAll(typed(Beans.lines("kafka.producer:type=producer-metrics,*", "kafka_producer_", braces)));
    lines.addAll(process(braces));
    return String.join("\n", lines) + "\n";
  }

  private static List<String> own(Status status, String labels) {
    List<String> lines = new ArrayList<>();
    add(lines, labels, "ready", "gauge", "1 while changes flow", truth(status.ready()));
    add(lines, labels, "stopped", "gauge", "1 once it has stopped for good", truth(status.engine() == Status.Engine.STOPPED));
    add(lines, labels, "database_up", "gauge", "1 while the database answers", truth(status.database));
    add(lines, labels, "kafka_up", "gauge", "1 while Kafka answers", truth(status.kafka));
    add(lines, labels, "snapshot_running", "gauge", "1 while the first snapshot is taken", truth(status.snapshot));
    add(lines, labels, "lag_seconds", "gauge", "Age of the oldest change in the binlog that Kafka has not", String.valueOf(status.lagSeconds));
    if (status.lagBytes >= 0) {
      add(lines, labels, "lag_bytes", "gauge", "Binlog that is not read yet", String.valueOf(status.lagBytes));
    }
    if (status.lagChanges >= 0) {
      add(lines, labels, "lag_changes", "gauge", "Changes that Kafka has not, estimated by what changes took lately", String.valueOf(status.lagChanges));
    }
    add(lines, labels, "changes_total", "counter", "Changes that Kafka has taken", String.valueOf(status.sent));
    add(lines, labels, "errors_total", "counter", "Times that the engine failed", String.valueOf(status.errors));
    add(lines, labels, "starts_total", "counter", "Times that the engine was started", String.valueOf(status.starts));
    return lines;
  }

  private static List<String> process(String labels) {
    List<String> lines = new ArrayList<>();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    add(lines, labels, "heap_bytes", "gauge", "Heap in use", String.valueOf(heap));
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    add(lines, labels, "threads", "gauge", "Live threads", String.valueOf(threads));
    double up = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
    add(lines, labels, "uptime_seconds", "gauge", "Since this process began", String.valueOf(up));
    return lines;
  }

  private static void add(List<String> lines, String labels, String name, String type, String help, String value) {
    String full = "flinktide_collector_" + name;
    lines.add("# HELP " + full + " " + help);
    lines.add("# TYPE " + full + " " + type);
    lines.add(full + labels + " " + value);
  }

  /** Two beans of one kind would give a sample twice, which Prometheus refuses: the first counts. */
  private static List<String> typed(List<String> samples) {
    Set<String> known = new LinkedHashSet<>();
    List<String> lines = new ArrayList<>();
    for (String sample : samples) {
      String name = sample.split("[ {]", 2)[0];
      if (known.add(name)) {
        lines.add("# TYPE " + name + " untyped");
        lines.add(sample);
      }
    }
    return lines;
  }

  private static String truth(boolean value) {
    return value ? "1" : "0";
  }
}
