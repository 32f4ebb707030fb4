package io.flinktide.collector;

import java.util.NavigableMap;
import java.util.Optional;

/** Changes that are no longer in the binlog. */
final class Gap {
  private Gap() {}

  /**
   * Why the stream can't go on from a position, or empty where it can.
   *
   * @param binlogs the files that the database has, with their sizes
   */
  static Optional<String> before(Position from, NavigableMap<String, Long> binlogs) {
    Long size = binlogs.get(from.file());
    if (size != null && from.offset() <= size) {
      return Optional.empty();
    }
    String there = binlogs.isEmpty() ? "none" : binlogs.firstKey() + " to " + binlogs.lastKey();
    return Optional.of(
        "The binlog at " + from.file() + ":" + from.offset() + ", from where changes have to be read, is purged (there: "
            + there + "). Changes are lost to the collector, so it does not go on."
            + " Fix: give it an empty data volume and a new topic, so that it takes a new snapshot,"
            + " and let the database keep its binlogs longer.");
  }
}
