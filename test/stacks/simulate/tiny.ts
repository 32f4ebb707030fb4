import type { Policy, Wish } from "../../../policies/simulator/scaler";
import type { Trace } from "../../../policies/simulator/trace";

const START_MS = Date.UTC(2026, 10, 23, 8);
const MINUTE_MS = 60_000;

/** Two hours: 1,000 records/s, and 3,000 in the second one. */
export function tinyTrace(name = "tiny"): Trace {
  return {
    name,
    description: "Two hours, the second one three times the first",
    startMs: START_MS,
    endMs: START_MS + 120 * MINUTE_MS,
    rateAt: (ms) => (ms < START_MS + 60 * MINUTE_MS ? 1_000 : 3_000),
  };
}

const onManagers = (taskManagers: number, why = ""): Wish => ({
  taskManagers,
  parallelism: taskManagers * 4,
  why,
});

/** A plan: this many TaskManagers, from the given minutes on. */
export function plan(name: string, steps: Readonly<Record<number, number>>, why = ""): Policy {
  return {
    name,
    title: `Plan ${name}`,
    source: "a test",
    reactive: false,
    start: ({ startMs }) => ({
      first: onManagers(steps[0] ?? 1),
      scaler: {
        everySeconds: 60,
        mechanism: "ordered",
        decide: ({ nowMs }) => {
          const wanted = steps[(nowMs - startMs) / MINUTE_MS];
          return wanted === undefined ? undefined : onManagers(wanted, why);
        },
      },
    }),
  };
}
