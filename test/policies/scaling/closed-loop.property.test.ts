import * as fc from "fast-check";
import { flinktidePolicy } from "../../../policies/scaling/policy";
import { parallelismForRate } from "../../../policies/simulator/capacity";
import { plantFor, type PlantSettings } from "../../../policies/simulator/plant";
import type { Policy } from "../../../policies/simulator/scaler";
import { simulate } from "../../../policies/simulator/simulate";
import type { Trace } from "../../../policies/simulator/trace";
import { runsOf } from "../../support/runs";

/** The engine on the simulated cluster, through the one plan. A run takes some milliseconds. */
jest.setTimeout(300_000);
const MINUTE = 60_000;
const SEED = 20_261_121;

const trace = (minutes: number, rateAt: (ms: number) => number): Trace => ({
  ...{ name: "made-up", description: "", startMs: 0, endMs: minutes * MINUTE, rateAt },
});
const plants = fc.record({
  slotRate: fc.integer({ min: 10, max: 2000 }),
  slotsPerTaskManager: fc.integer({ min: 1, max: 8 }),
});
/** The product's policy, told another rate and another capacity of a slot than there are. */
function misled(rateFactor: number, slotRateFactor: number): Policy {
  const policy = flinktidePolicy();
  return {
    ...policy,
    start: ({ firstRate, slotRate, ...setting }, given) =>
      policy.start(
        { ...setting, firstRate: firstRate * rateFactor, slotRate: slotRate * slotRateFactor },
        given,
      ),
  };
}
function rescalesOf(policy: Policy, given: Trace, plant: PlantSettings) {
  const { rescaleRecords, timeline } = simulate(policy, given, plant, { timelinePoints: 1 });
  return { rescales: rescaleRecords, last: timeline.at(-1)?.parallelism ?? 0 };
}

test("a constant load is rescaled at most once after it has settled, and never back and forth", () => {
  const cases = fc.record({
    /** Slots' work. */
    load: fc.double({ min: 0.2, max: 80, noNaN: true }),
    plant: plants,
    contention: fc.constantFrom(0, 0.0002, 0.002),
    maxParallelism: fc.option(fc.integer({ min: 129, max: 1600 }), { nil: undefined }),
    startsFor: fc.double({ min: 0.1, max: 4, noNaN: true }),
    told: fc.constantFrom(1, 1, 0.7, 1.4),
  });
  fc.assert(
    fc.property(cases, ({ load, plant, contention, maxParallelism, startsFor, told }) => {
      const given = trace(40, () => load * plant.slotRate);
      const groups = maxParallelism === undefined ? {} : { maxParallelism };
      const settings = plantFor(given, { ...plant, contention, ...groups });
      const { rescales } = rescalesOf(misled(startsFor, told), given, settings);
      const late = rescales
        .filter(({ atMs, from, to }) => atMs > 15 * MINUTE && from.parallelism !== to.parallelism)
        .map(({ from, to }) => (to.parallelism > from.parallelism ? "up" : "down"));
      // Where a slot does not do what was told, or more with fewer others, that is measured in the meantime: until
      // then one may follow the other, all the same way.
      if (told === 1 && contention < 0.001 && late.length > 1)
        throw new Error(`${late.length} rescales`);
      if (new Set(late).size > 1) throw new Error(late.join(", "));
    }),
    { numRuns: runsOf(10_000), seed: SEED },
  );
});

test("ten times the load is reached in two rescales, to within 10 % of the parallelism needed", () => {
  const cases = fc.record({
    /** Slots' work before the step. */
    load: fc.double({ min: 0.3, max: 18, noNaN: true }),
    plant: plants,
    phaseMs: fc.integer({ min: 0, max: 4999 }),
  });
  fc.assert(
    fc.property(cases, ({ load, plant, phaseMs }) => {
      const base = load * plant.slotRate;
      const stepMs = 20 * MINUTE + phaseMs;
      const given = trace(35, (ms) => (ms < stepMs ? base : 10 * base));
      const settings = plantFor(given, plant);
      const { rescales, last } = rescalesOf(flinktidePolicy(), given, settings);
      const after = rescales.filter(({ runningAtMs }) => runningAtMs > stepMs);
      const need = parallelismForRate(10 * base, settings);
      const slots = plant.slotsPerTaskManager;
      // With the headroom of 5 %, key groups and whole TaskManagers may leave no choice nearer than this.
      const sized = Math.ceil(parallelismForRate(10.6 * base, settings) / slots) * slots;
      const within = last >= 0.9 * need && last <= Math.max(1.1 * need, sized);
      if (after.length > 2 || !within) throw new Error(JSON.stringify({ need, last, after }));
    }),
    { numRuns: 400, seed: SEED },
  );
});
