import * as fc from "fast-check";
import {
  capacityOf,
  effectiveSlots,
  parallelismForRate,
  taskManagersForRate,
  type Scaling,
} from "../../../policies/simulator/capacity";

test.each([
  [100, 256, 85.333],
  [128, 256, 128],
  [127, 256, 85.333],
  [86, 256, 85.333],
  [85, 256, 64],
  [1, 256, 1],
  [256, 256, 256],
  [300, 256, 256],
  [3, 720, 3],
  [7, 720, 6.99],
  [0, 720, 0],
])("%d slots of %d key groups do the work of %d", (slots, groups, effective) => {
  expect(effectiveSlots(slots, groups)).toBeCloseTo(effective, 2);
});

test("contention costs all slots a share for each further one", () => {
  const scaling = { slotRate: 500, maxParallelism: 720, contention: 0.01 };
  expect(capacityOf(1, scaling)).toBe(500);
  expect(capacityOf(2, scaling)).toBeCloseTo(1_000 / 1.01, 9);
  expect(capacityOf(720, scaling)).toBeCloseTo(360_000 / 8.19, 9);
  expect(capacityOf(8, { ...scaling, contention: 0 })).toBe(4_000);
});

test.each([
  [0, 1],
  [500, 1],
  [500.001, 2],
  [6_000, 12],
  // 13 slots hold no more than 720 / 56 = 12.86: the 14th is needed, too.
  [6_450, 14],
  [1e9, 720],
  [Infinity, 720],
])("%d records a second need %d slots", (rate, slots) => {
  const scaling = { slotRate: 500, maxParallelism: 720, contention: 0 };
  expect(parallelismForRate(rate, scaling)).toBe(slots);
});

test("the same in whole TaskManagers", () => {
  const scaling = { slotRate: 500, maxParallelism: 720, contention: 0, slotsPerTaskManager: 4 };
  expect([0, 2_000, 2_001, 6_450].map((rate) => taskManagersForRate(rate, scaling))).toEqual([
    1, 1, 2, 4,
  ]);
});

const scalings: fc.Arbitrary<Scaling> = fc.record({
  slotRate: fc.double({ min: 1, max: 10_000, noNaN: true }),
  maxParallelism: fc.integer({ min: 1, max: 2_000 }),
  contention: fc.double({ min: 0, max: 0.01, noNaN: true }),
});
/** Of what all key groups could do without contention; beyond 1 there is none that holds it. */
const shares = fc.double({ min: 0, max: 1.1, noNaN: true });

function naive(rate: number, scaling: Scaling): number {
  for (let slots = 1; slots < scaling.maxParallelism; slots++) {
    if (capacityOf(slots, scaling) >= rate) return slots;
  }
  return scaling.maxParallelism;
}

test("no smaller parallelism holds a rate: the same as by trying all of them", () => {
  const cases = fc.property(scalings, shares, (scaling, share) => {
    const { slotRate, maxParallelism } = scaling;
    const rate = share * slotRate * Math.min(maxParallelism, 1 / (scaling.contention + 1e-3));
    return parallelismForRate(rate, scaling) === naive(rate, scaling);
  });
  fc.assert(cases, { numRuns: 10_000 });
});

test("what a parallelism holds exactly needs no more than it", () => {
  const cases = fc.property(scalings, fc.integer({ min: 1, max: 2_000 }), (scaling, slots) => {
    const parallelism = Math.min(slots, scaling.maxParallelism);
    return parallelismForRate(capacityOf(parallelism, scaling), scaling) <= parallelism;
  });
  fc.assert(cases, { numRuns: 10_000 });
});
