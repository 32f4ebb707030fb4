import type { Trace } from "../../../policies/simulator/trace";

/** Measured points of a load. */
export interface Samples {
  /** Milliseconds since the epoch, strictly rising, at least two. */
  timesMs: Float64Array;
  /** Records per second, one for each time. */
  rates: Float64Array;
}

/** A trace that is straight between its samples, from the first to the last. */
export function traceFromSamples(
  label: Pick<Trace, "name" | "description">,
  { timesMs, rates }: Samples,
): Trace {
  const last = timesMs.length - 1;
  const startMs = timesMs[0] ?? 0;
  const endMs = timesMs[last] ?? 0;
  // Where the instant asked for last lay: the next one is mostly in the same place or right after it.
  let at = 0;
  const rateAt = (ms: number): number => {
    if (!(ms > startMs)) return rates[0] ?? 0;
    if (ms >= endMs) return rates[last] ?? 0;
    if (ms >= (timesMs[at + 1] ?? 0)) at += 1;
    if (ms < (timesMs[at] ?? 0) || ms >= (timesMs[at + 1] ?? 0)) at = placeOf(timesMs, ms);
    const from = timesMs[at] ?? 0;
    const before = rates[at] ?? 0;
    return (
      before + (((rates[at + 1] ?? 0) - before) * (ms - from)) / ((timesMs[at + 1] ?? 0) - from)
    );
  };
  return { ...label, startMs, endMs, rateAt };
}

/** The index of the last time that is not after `ms`; `ms` must lie between the first and the last. */
function placeOf(timesMs: Float64Array, ms: number): number {
  let low = 0;
  let high = timesMs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] ?? 0) <= ms) low = middle;
    else high = middle;
  }
  return low;
}

/** Samples in the order of time (the sort is stable). Of several at one instant, the one that was given last counts. */
export function sortedSamples(timesMs: readonly number[], rates: readonly number[]): Samples {
  const order = Uint32Array.from(timesMs, (_, i) => i);
  const rises = timesMs.every((ms, i) => i === 0 || (timesMs[i - 1] ?? 0) <= ms);
  if (!rises) order.sort((a, b) => (timesMs[a] ?? 0) - (timesMs[b] ?? 0));
  const times = new Float64Array(order.length);
  const values = new Float64Array(order.length);
  let count = 0;
  for (const i of order) {
    const ms = timesMs[i] ?? 0;
    if (count > 0 && times[count - 1] === ms) count -= 1;
    times[count] = ms;
    values[count] = rates[i] ?? 0;
    count += 1;
  }
  return { timesMs: times.subarray(0, count), rates: values.subarray(0, count) };
}

/** A file's or query's name as a trace's: lower-case letters, digits, dashes. */
export function traceName(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return name.replace(/^-|-$/g, "") || "trace";
}
