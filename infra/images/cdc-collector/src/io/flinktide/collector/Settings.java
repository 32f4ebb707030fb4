package io.flinktide.collector;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/** What the environment variables say, defaults filled in. docs/collector.md lists the variables. */
final class Settings {
  /** Databases by DATABASE_TYPE; OceanBase speaks MySQL's protocol in its MySQL mode. */
  enum Database {
    OCEANBASE,
    MYSQL,
    MARIADB
  }

  final Database database;
  final String host;
  final int port;
  final String username;
  final String password;
  final String schema;
  /** Names of tables, {@code *} for any text in them. */
  final List<String> tables;
  final Sink sink;
  /** Empty where the sink asks for none. */
  final String accessId;
  final String accessKey;
  final String topic;
  final String clientId;
  final int maxAttempts;
  final long backoffMs;
  final int monitoringPort;
  final String dataFolder;
  /** Prometheus labels put on every metric, {@code name="value",...}; may be empty. */
  final String metricLabels;

  private Settings(Variables env) throws Refusal {
    String endpoint = env.text("DATAHUB_ENDPOINT", null);
    sink = endpoint == null ? new Sink(true, "") : env.parsed(() -> Sink.of(endpoint), new Sink(false, ""));
    accessId = env.text("DATAHUB_ACCESS_ID", sink.dataHub() ? null : "");
    accessKey = env.secret("DATAHUB_ACCESS_KEY", sink.dataHub());
    host = env.text("DATABASE_HOST", null);
    password = env.secret("DATABASE_PASSWORD", true);
    database = env.parsed(() -> database(env.text("DATABASE_TYPE", "oceanbase")), Database.OCEANBASE);
    port = (int) env.number("DATABASE_PORT", 2881, 1, 65535);
    username = env.text("DATABASE_USERNAME", "root");
    schema = env.text("DATABASE_SCHEMA", "test");
    tables = list(env.text("DATABASE_TABLES", "*"));
    topic = sink.topic(env.text("DATAHUB_PROJECT", "realtime-pipeline"), env.text("DATAHUB_TOPIC", "cdc-events"));
    clientId = env.text("DATAHUB_CONSUMER_GROUP", "cdc-collector-group");
    maxAttempts = (int) env.number("RETRY_MAX_ATTEMPTS", 3, 0, 1_000_000);
    backoffMs = env.number("RETRY_BACKOFF_MS", 2000, 1, 3_600_000);
    monitoringPort = (int) env.number("MONITORING_PORT", 8080, 1024, 65535);
    dataFolder = env.text("DATA_FOLDER", "/opt/cdc-collector/data");
    metricLabels = env.text("METRIC_LABELS", "");
    env.refuseIfWrong();
  }

  /** @throws Refusal that names everything that is missing or wrong */
  static Settings of(Variables env) throws Refusal {
    return new Settings(env);
  }

  /** A number that no other collector of the environment should have: MySQL wants it of every reader of a binlog. */
  long serverId() {
    String source = String.join("|", clientId, host, String.valueOf(port), schema, String.join(",", tables), topic);
    CRC32 sum = new CRC32();
    sum.update(source.getBytes(StandardCharsets.UTF_8));
    return 100_000 + sum.getValue() % 2_000_000_000L;
  }

  private static Database database(String type) throws Refusal {
    try {
      return Database.valueOf(type.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Refusal("DATABASE_TYPE is \"" + type + "\"; give oceanbase, mysql or mariadb.");
    }
  }

  private static List<String> list(String text) {
    List<String> names = new ArrayList<>();
    for (String name : text.split(",")) {
      if (!name.isBlank()) {
        names.add(name.trim());
      }
    }
    return names;
  }
}
