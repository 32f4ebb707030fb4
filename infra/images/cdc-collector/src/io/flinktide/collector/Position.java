package io.flinktide.collector;

import java.util.TreeMap;

/** A place in the binlog: a file such as {@code mysql-bin.000012} and a byte in it. Files come in the order of their numbers. */
record Position(String file, long offset) implements Comparable<Position> {
  @Override
  public int compareTo(Position other) {
    int files = compareFiles(file, other.file);
    return files != 0 ? files : Long.compare(offset, other.offset);
  }

  /** Bytes of binlog behind this position. */
  long unread(TreeMap<String, Long> binlogs) {
    long own = Math.max(0, binlogs.getOrDefault(file, offset) - offset);
    return own + binlogs.tailMap(file, false).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Numbers grow from six digits to seven, so that their texts can't be compared. */
  static int compareFiles(String a, String b) {
    int length = Integer.compare(a.length(), b.length());
    return length != 0 ? length : a.compareTo(b);
  }
}
