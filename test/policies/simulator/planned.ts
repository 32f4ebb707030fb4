import type { Mechanism, Policy, Sight, Wish } from "../../../policies/simulator/scaler";

export interface PlannedOptions {
  first?: Wish;
  mechanism?: Mechanism;
  /** @default 1 */
  everySeconds?: number;
  /** Called with every sight. */
  onSight?: (sight: Sight) => void;
}

/** A policy that wishes what is listed, by second of the trace; at first one TaskManager with two slots. */
export function planned(
  wishes: Readonly<Record<number, Wish>>,
  { first, mechanism = "ordered", everySeconds = 1, onSight }: PlannedOptions = {},
): Policy {
  return {
    ...{ name: "planned", title: "Planned", source: "a test", reactive: false },
    start: ({ startMs }) => ({
      first: first ?? { taskManagers: 1, parallelism: 2 },
      scaler: {
        ...{ everySeconds, mechanism },
        decide(sight) {
          onSight?.(sight);
          return wishes[(sight.nowMs - startMs) / 1000];
        },
      },
    }),
  };
}
