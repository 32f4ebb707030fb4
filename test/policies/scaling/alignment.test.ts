import * as fc from "fast-check";
import { aligned, parallelismFor } from "../../../policies/scaling/alignment";
import { effectiveSlots } from "../../../policies/simulator/capacity";

const RUNS = { numRuns: 10_000 };
const keyGroups = fc.integer({ min: 1, max: 3000 });

test.each([
  [100, 256, 86],
  [85, 256, 64],
  [86, 256, 86],
  [128, 256, 128],
  [200, 256, 128],
  [256, 256, 256],
  [999, 256, 256],
  [0, 256, 1],
  [7.9, 256, 7],
])("%d slots for %d key groups are of use as %d", (slots, groups, useful) => {
  expect(aligned(slots, groups)).toBe(useful);
});

test.each([
  [0, 256, 1],
  [NaN, 256, 1],
  [1, 256, 1],
  [1.01, 256, 2],
  [10, 256, 11],
  [60, 256, 64],
  [64, 256, 64],
  [64.1, 256, 86],
  [85.4, 256, 128],
  [128.1, 256, 256],
  [256, 256, 256],
  [1000, 256, 256],
  [Infinity, 256, 256],
])("the work of %d slots, with %d key groups, needs %d", (slots, groups, parallelism) => {
  expect(parallelismFor(slots, groups)).toBe(parallelism);
});

test("aligned is the smallest parallelism that does the same work", () => {
  fc.assert(
    fc.property(keyGroups, fc.integer({ min: 1, max: 3000 }), (groups, slots) => {
      let smallest = Math.min(slots, groups);
      const work = effectiveSlots(smallest, groups);
      while (smallest > 1 && effectiveSlots(smallest - 1, groups) === work) smallest -= 1;
      return aligned(slots, groups) === smallest;
    }),
    RUNS,
  );
});

test("parallelismFor is the smallest parallelism that does the work", () => {
  fc.assert(
    fc.property(keyGroups, fc.double({ min: 0, max: 3000, noNaN: true }), (groups, slots) => {
      const parallelism = parallelismFor(slots, groups);
      const does = (p: number) => effectiveSlots(p, groups) >= slots * (1 - 1e-9);
      const enough = does(parallelism) || parallelism === groups;
      return enough && (parallelism === 1 || !does(parallelism - 1));
    }),
    RUNS,
  );
});

test("whole slots' worth of work by any parallelism needs just that, aligned", () => {
  fc.assert(
    fc.property(keyGroups, fc.integer({ min: 1, max: 3000 }), (groups, slots) => {
      return parallelismFor(effectiveSlots(slots, groups), groups) === aligned(slots, groups);
    }),
    RUNS,
  );
});

test("alignment never reverses a direction", () => {
  const slots = fc.integer({ min: 1, max: 3000 });
  fc.assert(
    fc.property(keyGroups, slots, slots, (groups, now, wanted) => {
      const [from, to] = [aligned(now, groups), aligned(wanted, groups)];
      // Seen from an aligned parallelism, and from any: what is wanted more never does less work.
      if (wanted >= now && to < from) return false;
      if (wanted <= now && (to > from || to > now)) return false;
      const load = effectiveSlots(now, groups);
      const more = parallelismFor(load * 1.001, groups);
      return now >= groups || more > from;
    }),
    RUNS,
  );
});
