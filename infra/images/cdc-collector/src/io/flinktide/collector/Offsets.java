package io.flinktide.collector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the stream goes on after a restart. */
final class Offsets {
  private Offsets() {}

  /**
   * Empty before the first change was sent. An interrupted snapshot has a position, too: it is taken anew, and what
   * has changed since its beginning is streamed from there.
   */
  static Optional<Position> read(Path file) throws IOException {
    for (String stored : DurableOffsets.read(file).values()) {
      JsonNode offset = new ObjectMapper().readTree(stored);
      if (offset.hasNonNull("file")) {
        return Optional.of(new Position(offset.get("file").asText(), offset.path("pos").asLong()));
      }
    }
    return Optional.empty();
  }
}
