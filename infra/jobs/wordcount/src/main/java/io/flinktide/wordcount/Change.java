package io.flinktide.wordcount;

/** What a collector's event says of one row. */
public class Change {
  /** Database, table and primary key. */
  public String row;
  /** Number of the binlog's file, place in it, row within the event: grows with every change of a row. */
  public long file;
  public long position;
  public int index;
  /** The text before and after; null where there is no row, or no text in it. */
  public String before;
  public String after;

  public Change() {}

  /** Whether it comes later in the binlog than another. */
  boolean isAfter(Change other) {
    if (file != other.file) {
      return file > other.file;
    }
    return position != other.position ? position > other.position : index > other.index;
  }
}
