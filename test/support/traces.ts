import type { Trace } from "../../policies/simulator/trace";

/** Records by the second, from the epoch on; none before and after. */
export function traceOf(perSecond: readonly number[], changes: Partial<Trace> = {}): Trace {
  return {
    name: "listed",
    description: "records by the second",
    startMs: 0,
    endMs: perSecond.length * 1000,
    rateAt: (ms) => perSecond[Math.floor(ms / 1000)] ?? 0,
    ...changes,
  };
}
