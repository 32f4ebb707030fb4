package io.flinktide.collector;

/** How much binlog a change takes, from what was read lately, so that unread bytes can be told as changes. */
final class ChangeSize {
  /** What is left of an old measurement at each new one: some twenty of them count. */
  private static final double KEPT = 0.95;

  private Position last;
  private long changesThen;
  private double bytes;
  private double changes;

  /** Up to there the binlog is read, and that made so many changes since the start. */
  void read(Position position, long changesNow) {
    if (last != null && last.file().equals(position.file()) && changesNow > changesThen) {
      bytes = KEPT * bytes + Math.max(0, position.offset() - last.offset());
      changes = KEPT * changes + changesNow - changesThen;
    }
    if (last == null || !last.file().equals(position.file()) || changesNow > changesThen) {
      last = position;
      changesThen = changesNow;
    }
  }

  /** Changes in so many bytes, estimated; negative while no change was read. */
  long changesIn(long unread) {
    if (unread == 0) {
      return 0;
    }
    return bytes > 0 ? Math.round(unread * changes / bytes) : -1;
  }
}
