package io.flinktide.collector;

import java.util.Properties;
import java.util.stream.Collectors;

/** The settings as Debezium and Kafka's producer take them. */
final class EngineProperties {
  /** First part of Debezium's own names; nobody outside sees it. */
  static final String NAME = "collector";

  private EngineProperties() {}

  static Properties engine(Settings settings) {
    boolean mariadb = settings.database == Settings.Database.MARIADB;
    Properties properties = new Properties();
    properties.setProperty("name", NAME);
    properties.setProperty(
        "connector.class",
        mariadb
            ? "io.debezium.connector.mariadb.MariaDbConnector"
            : "io.debezium.connector.mysql.MySqlConnector");
    properties.setProperty("topic.prefix", NAME);
    properties.setProperty("database.hostname", settings.host);
    properties.setProperty("database.port", String.valueOf(settings.port));
    properties.setProperty("database.user", settings.username);
    properties.setProperty("database.password", settings.password);
    properties.setProperty("database.server.id", String.valueOf(settings.serverId()));
    properties.setProperty("database.include.list", literally(settings.schema));
    if (!settings.tables.contains("*")) {
      properties.setProperty("table.include.list", tables(settings));
    }
    // A purged binlog must never lead to a new snapshot by itself: what was deleted meanwhile would stay.
    properties.setProperty("snapshot.mode", "initial");
    properties.setProperty("include.schema.changes", "false");
    // All tables share one topic, where a tombstone would say nothing about its table.
    properties.setProperty("tombstones.on.delete", "false");
    // Retrying is the supervisor's, so that it is counted and logged once.
    properties.setProperty("errors.max.retries", "0");
    properties.setProperty("offset.storage", "io.flinktide.collector.DurableOffsets");
    properties.setProperty("offset.storage.file.filename", settings.dataFolder + "/offsets.json");
    properties.setProperty("offset.flush.interval.ms", "1000");
    properties.setProperty("schema.history.internal", "io.debezium.storage.file.history.FileSchemaHistory");
    properties.setProperty("schema.history.internal.file.filename", settings.dataFolder + "/schema-history.jsonl");
    properties.setProperty("schema.history.internal.store.only.captured.tables.ddl", "true");
    properties.setProperty("key.converter.schemas.enable", "false");
    properties.setProperty("value.converter.schemas.enable", "false");
    return properties;
  }

  static Properties producer(Settings settings) {
    Properties properties = client(settings);
    properties.setProperty("client.id", settings.clientId);
    properties.setProperty("acks", "all");
    properties.setProperty("linger.ms", "5");
    properties.setProperty("batch.size", "131072");
    properties.setProperty("retry.backoff.ms", String.valueOf(settings.backoffMs));
    properties.setProperty("retry.backoff.max.ms", String.valueOf(settings.backoffMs));
    properties.setProperty("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
    properties.setProperty("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
    // DataHub takes no idempotent producer; without one, a retry may only be sent when nothing is behind it.
    properties.setProperty("enable.idempotence", String.valueOf(!settings.sink.dataHub()));
    if (settings.sink.dataHub()) {
      properties.setProperty("max.in.flight.requests.per.connection", "1");
    }
    return properties;
  }

  /** What every Kafka client needs to reach the sink. */
  static Properties client(Settings settings) {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", settings.sink.servers());
    if (settings.sink.dataHub()) {
      properties.setProperty("security.protocol", "SASL_SSL");
      properties.setProperty("sasl.mechanism", "PLAIN");
      properties.setProperty(
          "sasl.jaas.config",
          "org.apache.kafka.common.security.plain.PlainLoginModule required username="
              + quoted(settings.accessId)
              + " password="
              + quoted(settings.accessKey)
              + ";");
    }
    return properties;
  }

  private static String tables(Settings settings) {
    return settings.tables.stream()
        .map(table -> literally(settings.schema) + "\\." + literally(table).replace("\\*", ".*"))
        .collect(Collectors.joining(","));
  }

  /** A name as a regular expression that matches it alone; Debezium splits the list at commas. */
  private static String literally(String name) {
    return name.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
