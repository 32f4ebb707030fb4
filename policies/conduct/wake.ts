/** After an edge that is over: soon, but not at once, so that an edge that never goes away is no busy loop. */
const AFTER_EDGE_MS = 1_000;

export interface Wake {
  nowMs: number;
  /** When another window will be in force; undefined where none is foreseen. */
  edgeMs?: number;
  /** The reactive interval. */
  everyMs: number;
}

/** When to look again: at the next edge, and no later than the interval says. */
export function nextWakeMs({ nowMs, edgeMs = Infinity, everyMs }: Wake): number {
  const next = edgeMs > nowMs ? edgeMs : nowMs + AFTER_EDGE_MS;
  return Math.min(next, nowMs + everyMs);
}
