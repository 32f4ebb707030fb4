import type { Batch } from "./arrivals";

/** Seconds of a run, from `startMs` on. */
export interface Span {
  startMs: number;
  seconds: number;
}

/** Records of each second. */
export function perSecond(batches: readonly Batch[], { startMs, seconds }: Span): number[] {
  const counts = new Array<number>(seconds).fill(0);
  for (const { atMs, count } of batches) {
    const second = Math.floor((atMs - startMs) / 1000);
    if (second >= 0 && second < seconds) counts[second] = (counts[second] ?? 0) + count;
  }
  return counts;
}

/**
 * The age of the oldest record that waits at the end of each second, in seconds; 0 where none waits. What came first
 * is done first, as in the simulator. Both lists in the order of time and from the first record on: what was done by
 * an instant are the first so many of what had come in.
 */
export function lagPerSecond(
  arrived: readonly Batch[],
  done: readonly Batch[],
  { startMs, seconds }: Span,
): number[] {
  const finished = new Counter(done);
  let oldest = 0;
  let arrivedBefore = 0;
  return Array.from({ length: seconds }, (_, second) => {
    const nowMs = startMs + (second + 1) * 1000;
    const count = finished.until(nowMs);
    let batch = arrived[oldest];
    while (batch !== undefined && arrivedBefore + batch.count <= count) {
      arrivedBefore += batch.count;
      oldest += 1;
      batch = arrived[oldest];
    }
    return batch === undefined ? 0 : Math.max(0, nowMs - batch.atMs) / 1000;
  });
}

/** Records up to an instant; asked in the order of time. */
class Counter {
  private next = 0;
  private count = 0;

  constructor(private readonly batches: readonly Batch[]) {}

  until(ms: number): number {
    let batch = this.batches[this.next];
    while (batch !== undefined && batch.atMs <= ms) {
      this.count += batch.count;
      this.next += 1;
      batch = this.batches[this.next];
    }
    return this.count;
  }
}
