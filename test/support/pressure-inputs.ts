import * as fc from "fast-check";
import type { PressureInputs } from "../../policies/kubernetes/capacity-pressure";

const figure = fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 6 });

/** Clusters with up to 20 slots and 3 jobs, some of whose figures are missing. */
export const pressureInputs: fc.Arbitrary<PressureInputs> = fc.record({
  slots: fc
    .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
    .map(([total, free]) => ({ total, available: Math.min(total, free) })),
  jobs: fc.array(
    fc.record({
      parallelism: figure,
      backlogRecords: figure,
      ratePerSecond: figure,
      allowedLagSeconds: fc.integer({ min: 1, max: 5 }),
    }),
    { maxLength: 3 },
  ),
});
