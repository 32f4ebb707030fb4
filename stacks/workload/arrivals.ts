/** A stretch of time in which nothing arrived. Unix time in ms. */
export interface Gap {
  ms: number;
  fromMs: number;
  toMs: number;
}

/** Records that arrived at an instant, Unix time in ms. */
export interface Batch {
  atMs: number;
  count: number;
}

interface Bucket {
  firstMs: number;
  lastMs: number;
  count: number;
}

/** Width of a bucket: gaps below it are not seen, gaps above it are exact. */
const BUCKET_MS = 20;

/** When records arrived: one small entry for each 20 ms in which something did. */
export class Arrivals {
  private readonly buckets: Bucket[] = [];

  /** Notes `count` records that arrived at `atMs`; calls must not go back in time. */
  add(atMs: number, count: number): void {
    const last = this.buckets.at(-1);
    if (last !== undefined && atMs < last.firstMs + BUCKET_MS) {
      last.lastMs = Math.max(last.lastMs, atMs);
      last.count += count;
      return;
    }
    this.buckets.push({ firstMs: atMs, lastMs: atMs, count });
  }

  /** All of them, in order, each at the time its bucket began. */
  batches(): Batch[] {
    return this.buckets.map(({ firstMs, count }) => ({ atMs: firstMs, count }));
  }

  /**
   * The longest stretch without an arrival that touches [fromMs, toMs]. It is given in full length: it begins with
   * the last arrival before it, also when that was before `fromMs`, and ends with the next one, also after `toMs`.
   * Where no arrival is known on a side, the range's own edge ends it. A touch at one point does not count.
   */
  longestGap(fromMs: number, toMs: number): Gap {
    let longest: Gap = { ms: 0, fromMs, toMs: fromMs };
    let since = fromMs;
    for (const { firstMs, lastMs } of this.buckets) {
      if (since >= toMs) break;
      if (firstMs > fromMs && firstMs - since > longest.ms) {
        longest = { ms: firstMs - since, fromMs: since, toMs: firstMs };
      }
      since = lastMs;
    }
    if (since < toMs && toMs - since > longest.ms) {
      longest = { ms: toMs - since, fromMs: since, toMs };
    }
    return longest;
  }

  /** Records that arrived at or after `fromMs` and before `toMs`, by the time their bucket began. */
  countBetween(fromMs: number, toMs: number): number {
    return this.buckets.reduce(
      (sum, { firstMs, count }) => (firstMs >= fromMs && firstMs < toMs ? sum + count : sum),
      0,
    );
  }
}
