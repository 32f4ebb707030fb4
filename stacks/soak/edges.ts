import type { SizeSample } from "../driver/cluster-watcher";
import type { Edge } from "./schedule";

export interface JudgedEdge extends Edge {
  /** What the window asks for ran when it opened. */
  met: boolean;
  /** For how long it had run by then without a break; null where it did not. */
  earlySeconds: number | null;
  /** After how long it ran, where it did not when the window opened; null where it did, or never ran. */
  lateSeconds: number | null;
}

/** A look at the cluster that is older says nothing of what runs now. */
const LONGEST_SILENCE_MS = 3_000;

/**
 * Whether a window found what it asks for. Where the cluster was not seen within the seconds before, or not all of the
 * job ran, it did not.
 *
 * @param samples in the order of time
 */
export function judgeEdge(edge: Edge, samples: readonly SizeSample[]): JudgedEdge {
  const fits = ({ taskManagers, parallelism }: SizeSample) =>
    taskManagers >= edge.taskManagers && (parallelism ?? 0) >= edge.parallelism;
  const after = samples.findIndex(({ atMs }) => atMs > edge.atMs);
  const before = after < 0 ? [...samples] : samples.slice(0, after);
  const lastMs = before.at(-1)?.atMs ?? -Infinity;
  const broken = before.findLastIndex((sample) => !fits(sample));
  const sinceMs = before[broken + 1]?.atMs;
  if (sinceMs !== undefined && edge.atMs - lastMs <= LONGEST_SILENCE_MS) {
    return { ...edge, met: true, earlySeconds: (edge.atMs - sinceMs) / 1000, lateSeconds: null };
  }
  const firstMs = samples.find((sample) => sample.atMs > edge.atMs && fits(sample))?.atMs;
  const lateSeconds = firstMs === undefined ? null : (firstMs - edge.atMs) / 1000;
  return { ...edge, met: false, earlySeconds: null, lateSeconds };
}
