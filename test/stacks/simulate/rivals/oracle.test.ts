import * as fc from "fast-check";
import { flinktidePolicy } from "../../../../policies/scaling/policy";
import type { Outcome } from "../../../../policies/simulator/outcome";
import { plantFor, type PlantSettings } from "../../../../policies/simulator/plant";
import { simulate } from "../../../../policies/simulator/simulate";
import type { Trace } from "../../../../policies/simulator/trace";
import { BUILT_IN } from "../../../../stacks/simulate/load-traces";
import { oracle } from "../../../../stacks/simulate/rivals/oracle";
import { DAY_MS, HOUR_MS } from "../../../../stacks/simulate/traces/day";
import { planned } from "../../../policies/simulator/planned";
import { traceOf } from "../../../support/traces";

const MINUTE = 60;

/** Rates by the second, for so many minutes. */
function trace(minutes: number, rate: (second: number) => number): Trace {
  const rateAt = (ms: number) => rate(ms / 1000);
  return { ...traceOf([]), endMs: minutes * MINUTE * 1000, rateAt };
}

function play(load: Trace, overrides: Partial<PlantSettings> = {}, timelinePoints = 1): Outcome {
  const plant = plantFor(load, { contention: 0, ...overrides });
  return simulate(oracle.on(plant), load, plant, { timelinePoints });
}

/** The smallest cluster that never changes and keeps the allowed lag; undefined where the ceiling does not. */
function smallestThatStays(load: Trace, plant: PlantSettings): Outcome | undefined {
  for (let taskManagers = plant.floor; taskManagers <= plant.ceiling; taskManagers++) {
    const first = { taskManagers, parallelism: taskManagers * plant.slotsPerTaskManager };
    const outcome = simulate(planned({}, { first, everySeconds: 600 }), load, plant);
    if (outcome.violationMinutes === 0) return outcome;
  }
  return undefined;
}

test("it asks for TaskManagers just in time, and gives them up once the load is over", () => {
  const load = trace(60, (s) => (s >= 20 * MINUTE && s < 40 * MINUTE ? 3_000 : 900));
  const { rescaleRecords, slotHours, violationMinutes } = play(load);
  expect(
    rescaleRecords.map(({ atMs, runningAtMs, from, to }) => [atMs, runningAtMs, from, to]),
  ).toEqual([
    [
      ...[1_185_000, 1_203_000],
      ...[
        { taskManagers: 1, parallelism: 4 },
        { taskManagers: 2, parallelism: 8 },
      ],
    ],
    [
      ...[2_400_000, 2_403_000],
      ...[
        { taskManagers: 2, parallelism: 8 },
        { taskManagers: 1, parallelism: 4 },
      ],
    ],
  ]);
  expect(slotHours).toBeCloseTo((4 * (3_600 + 15 + 20 * MINUTE + 3)) / 3_600, 9);
  expect(violationMinutes).toBe(0);
});

test.each([11, 12, 20, 35, 50, 59])(
  "a load that falls to a tenth %d seconds into a minute",
  (second) => {
    const load = trace(30, (s) => (s < 15 * MINUTE + second ? 20_000 : 2_000));
    expect(play(load).violationMinutes).toBe(0);
  },
);

test.each([30, 61, 150, 1_000.5])("a trace of %d seconds", (seconds) => {
  const load = trace(seconds / MINUTE, (s) => (s % 100 < 50 ? 4_000 : 500));
  expect(play(load).violationMinutes).toBe(0);
});

test("where no rescale keeps the allowed lag it stays as it is, at what is needed and no more", () => {
  const load = trace(60, (s) => 3_000 + 2_900 * Math.sin((s / 3_600) * 2 * Math.PI));
  const { rescales, violationMinutes, slotHours } = play(load, { allowedLagSeconds: 2 });
  expect([rescales, violationMinutes, slotHours]).toEqual([0, 0, 12]);
  expect(play(load, { allowedLagSeconds: 10 }).rescales).toBeGreaterThan(3);
});

test("machines that must start first are asked for before that", () => {
  const load = trace(40, (s) => (s < 20 * MINUTE ? 900 : 6_000));
  const plant = { readyTaskManagers: 2, nodeStartSeconds: 240 };
  const { rescaleRecords, violationMinutes } = play(load, plant);
  expect(rescaleRecords.map(({ runningAtMs, to }) => [runningAtMs, to.taskManagers])).toEqual([
    [1_203_000, 3],
  ]);
  expect(violationMinutes).toBe(0);
});

const levels = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 1_800 }), fc.double({ min: 2.3, max: 4.3, noNaN: true })),
  { minLength: 1, maxLength: 8 },
);
/** Steps, ramps, or peaks of 90 seconds, between 200 and 20,000 records a second. */
const loads: fc.Arbitrary<Trace> = fc
  .tuple(
    fc.constantFrom("step", "ramp", "peak"),
    levels,
    fc.integer({ min: 30_000, max: 1_800_000 }),
  )
  .map(([kind, points, endMs]) => {
    const sorted = points
      .map(([second, power]) => ({ second, rate: 10 ** power }))
      .sort((a, b) => a.second - b.second);
    const rate = (second: number) => {
      const last = sorted.findLast((point) => point.second <= second) ?? { second: 0, rate: 300 };
      const next = sorted.find((point) => point.second > second);
      if (kind === "peak") return second - last.second < 90 ? last.rate : 300;
      if (kind === "step" || next === undefined) return last.rate;
      const part = (second - last.second) / (next.second - last.second);
      return last.rate + part * (next.rate - last.rate);
    };
    return { ...trace(1, rate), endMs };
  });
const plants: fc.Arbitrary<Partial<PlantSettings>> = fc.oneof(
  fc.constant({}),
  fc.record({ allowedLagSeconds: fc.constantFrom(2, 4, 5, 30) }),
  fc.record({ rescaleGapSeconds: fc.constantFrom(0, 8, 20) }),
  fc.record({ readyTaskManagers: fc.constantFrom(1, 3, 6) }),
  fc.record({ taskManagerStartSeconds: fc.constantFrom(0, 40, 100) }),
  fc.record({ floor: fc.constant(3) }),
);

test("it keeps the allowed lag wherever a cluster that stays as it is can, and is never dearer than that", () => {
  const cases = fc.property(loads, plants, (load, overrides) => {
    const plant = plantFor(load, overrides);
    const staying = smallestThatStays(load, plant);
    fc.pre(staying !== undefined);
    const { violationMinutes, slotHours } = simulate(oracle.on(plant), load, plant);
    expect(violationMinutes).toBe(0);
    expect(slotHours).toBeLessThanOrEqual((staying?.slotHours ?? 0) + 1e-9);
  });
  fc.assert(cases, { numRuns: 100 });
});

test.each(BUILT_IN)(
  "$name: no lag above the allowed one, and flinktide is no cheaper without any",
  ({ create }) => {
    const whole = create();
    const day = whole.endMs - whole.startMs > 3 * DAY_MS ? 2 : 0;
    const startMs = whole.startMs + day * DAY_MS + 6 * HOUR_MS;
    const load = { ...whole, startMs, endMs: startMs + 6 * HOUR_MS };
    const plant = plantFor(load);
    const best = simulate(oracle.on(plant), load, plant);
    const ours = simulate(flinktidePolicy(), load, plant);
    expect(best.violationMinutes).toBe(0);
    expect(ours.violationMinutes > 0 || best.slotHours <= ours.slotHours).toBe(true);
  },
);
