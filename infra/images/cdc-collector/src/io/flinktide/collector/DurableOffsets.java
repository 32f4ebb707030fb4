package io.flinktide.collector;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;

/**
 * Offsets in one JSON file that is replaced as a whole: Debezium's own store empties its file before it writes, and
 * takes an empty file for a first start, which would begin a new snapshot after a kill at that moment.
 */
public final class DurableOffsets extends MemoryOffsetBackingStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private Path file;

  @Override
  public void configure(WorkerConfig config) {
    super.configure(config);
    file = Path.of(config.originalsStrings().get("offset.storage.file.filename"));
  }

  @Override
  public synchronized void start() {
    super.start();
    try {
      for (Map.Entry<String, String> entry : read(file).entrySet()) {
        data.put(bytes(entry.getKey()), bytes(entry.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The offsets in " + file + " can't be read", e);
    }
  }

  @Override
  protected void save() {
    Map<String, String> offsets = new LinkedHashMap<>();
    for (Map.Entry<ByteBuffer, ByteBuffer> entry : data.entrySet()) {
      offsets.put(text(entry.getKey()), text(entry.getValue()));
    }
    try {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      try (FileChannel channel =
          FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
        channel.write(ByteBuffer.wrap(JSON.writeValueAsBytes(offsets)));
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("The offsets can't be written to " + file, e);
    }
  }

  @Override
  public Set<Map<String, Object>> connectorPartitions(String connector) {
    return Set.of();
  }

  /** What is stored, key to value, both JSON texts; empty before the first save. */
  @SuppressWarnings("unchecked")
  static Map<String, String> read(Path file) throws IOException {
    return Files.exists(file) ? JSON.readValue(file.toFile(), Map.class) : Map.of();
  }

  private static ByteBuffer bytes(String text) {
    return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ByteBuffer bytes) {
    return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }
}
