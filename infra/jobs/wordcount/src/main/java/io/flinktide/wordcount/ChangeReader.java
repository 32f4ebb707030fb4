package io.flinktide.wordcount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** Reads an event of Debezium, JSON without its schema. */
final class ChangeReader {
  /** Before every row of an event at the same position. */
  private static final int SNAPSHOT = -1;

  private final ObjectMapper json = new ObjectMapper();
  private final String column;

  /** @param column the text column */
  ChangeReader(String column) {
    this.column = column;
  }

  /** Null for an event that is not of a row, such as a heartbeat. */
  Change read(byte[] key, byte[] value) throws IOException {
    if (value == null) {
      return null;
    }
    JsonNode event = json.readTree(value);
    JsonNode source = event.path("source");
    String op = event.path("op").asText();
    if (op.length() != 1 || "crud".indexOf(op.charAt(0)) < 0) {
      return null;
    }
    Change change = new Change();
    String id = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    change.row = source.path("db").asText() + "." + source.path("table").asText() + " " + id;
    String file = source.path("file").asText();
    change.file = Long.parseLong(file.substring(file.lastIndexOf('.') + 1));
    change.position = source.path("pos").asLong();
    change.index = op.equals("r") ? SNAPSHOT : source.path("row").asInt();
    change.before = text(event.path("before"));
    change.after = text(event.path("after"));
    return change;
  }

  private String text(JsonNode row) {
    JsonNode text = row.path(column);
    return text.isTextual() ? text.asText() : null;
  }
}
