/**
 * Ages of heartbeats by a clock of one's own: that of the JobManager may be another, and either may be set. A
 * heartbeat is as old as it has not changed; only of a TaskManager that is new the JobManager's word is taken.
 */
export class Heartbeats {
  private readonly seen = new Map<string, { beat: number; sinceMs: number }>();

  /**
   * Age in milliseconds by TaskManager. `beats`: when the last one came, by the JobManager's clock. `nowMs`: by the wall
   * clock; `atMs`: by one that never goes back.
   */
  ages(
    beats: readonly { id: string; beat: number }[],
    nowMs: number,
    atMs: number,
  ): ReadonlyMap<string, number> {
    const ages = new Map<string, number>();
    for (const { id, beat } of beats) {
      let seen = this.seen.get(id);
      if (seen?.beat !== beat) {
        const age = seen === undefined ? Math.max(0, nowMs - beat) : 0;
        seen = { beat, sinceMs: atMs - age };
        this.seen.set(id, seen);
      }
      ages.set(id, atMs - seen.sinceMs);
    }
    for (const id of this.seen.keys()) if (!ages.has(id)) this.seen.delete(id);
    return ages;
  }
}
