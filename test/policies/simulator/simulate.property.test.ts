import * as fc from "fast-check";
import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Policy, Wish } from "../../../policies/simulator/scaler";
import { simulate } from "../../../policies/simulator/simulate";
import { traceOf } from "../../support/traces";
import { planned } from "./planned";
import { plantWith } from "./plant";

const wishes: fc.Arbitrary<Wish> = fc.record({
  taskManagers: fc.integer({ min: 0, max: 14 }),
  parallelism: fc.integer({ min: 0, max: 30 }),
});

/** Any wishes at any seconds. */
const policies: fc.Arbitrary<Policy> = fc
  .record({
    first: wishes,
    mechanism: fc.constantFrom("ordered" as const, "reactive" as const),
    everySeconds: fc.constantFrom(1, 3, 10, 60),
    listed: fc.dictionary(fc.integer({ min: 1, max: 150 }).map(String), wishes),
  })
  .map(({ listed, ...options }) => planned(listed, options));

const plants: fc.Arbitrary<PlantSettings> = fc
  .record({
    taskManagerStartSeconds: fc.integer({ min: 0, max: 20 }),
    readyTaskManagers: fc.constantFrom(0, 3, Infinity),
    nodeStartSeconds: fc.integer({ min: 0, max: 30 }),
    rescaleGapSeconds: fc.double({ min: 0, max: 8, noNaN: true }),
    warmUpSeconds: fc.double({ min: 0, max: 12, noNaN: true }),
    checkpointSeconds: fc.integer({ min: 1, max: 20 }),
    contention: fc.double({ min: 0, max: 0.05, noNaN: true }),
    floor: fc.integer({ min: 1, max: 3 }),
  })
  .map(plantWith);

const rates = fc.array(
  fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_000, noNaN: true }), fc.constant(200)),
  { minLength: 1, maxLength: 150 },
);

test("every record that came is processed or waits, whatever a policy does", () => {
  const cases = fc.property(policies, plants, rates, (policy, plant, perSecond) => {
    const { records } = simulate(policy, traceOf(perSecond), plant);
    const sum = perSecond.reduce((a, b) => a + b, 0);
    const { arrived, processed, waiting } = records;
    expect(Math.abs(arrived - sum)).toBeLessThan(1e-3);
    expect(Math.abs(arrived - processed - waiting)).toBeLessThan(1e-3);
    expect(Math.min(processed, waiting)).toBeGreaterThanOrEqual(-1e-3);
  });
  fc.assert(cases, { numRuns: 3_000 });
});

test("what is counted lies within what the cluster allows", () => {
  const cases = fc.property(policies, plants, rates, (policy, plant, perSecond) => {
    const outcome = simulate(policy, traceOf(perSecond), plant);
    const seconds = perSecond.length;
    const perTaskManager = (plant.slotsPerTaskManager * seconds) / 3_600;
    expect(outcome.slotHours).toBeGreaterThanOrEqual(plant.floor * perTaskManager - 1e-9);
    expect(outcome.slotHours).toBeLessThanOrEqual(plant.ceiling * perTaskManager + 1e-9);
    expect(outcome.stoppedSeconds).toBeLessThanOrEqual(
      outcome.rescales * plant.rescaleGapSeconds + 1e-9,
    );
    expect(outcome.worstLagSeconds).toBeLessThanOrEqual(seconds);
    expect(outcome.meanLagSeconds).toBeLessThanOrEqual(outcome.worstLagSeconds);
    expect(outcome.violationMinutes > 0).toBe(outcome.worstLagSeconds > plant.allowedLagSeconds);
  });
  fc.assert(cases, { numRuns: 3_000 });
});

test("a timeline has no more points than asked for, and the same totals; nothing else depends on it", () => {
  const points = fc.integer({ min: 1, max: 200 });
  const cases = fc.property(policies, plants, rates, points, (policy, plant, perSecond, most) => {
    const trace = traceOf(perSecond);
    const drawn = simulate(policy, trace, plant, { timelinePoints: most });
    const { timeline, rescaleRecords, ...figures } = drawn;
    expect(timeline.length).toBeLessThanOrEqual(most);
    expect(timeline.at(-1)?.atMs).toBe(trace.endMs);
    const arrived = timeline.reduce((sum, { atMs, arrivedPerSecond }, i) => {
      return sum + (arrivedPerSecond * (atMs - (timeline[i - 1]?.atMs ?? 0))) / 1000;
    }, 0);
    expect(arrived).toBeCloseTo(figures.records.arrived, 3);
    expect(Math.max(...timeline.map((p) => p.lagSeconds))).toBe(figures.worstLagSeconds);
    // The last one may not have ended, and restarts that lie on each other are one.
    expect(rescaleRecords.length).toBeLessThanOrEqual(figures.rescales);
    expect(simulate(policy, trace, plant)).toEqual({
      ...figures,
      ...{ timeline: [], rescaleRecords: [] },
    });
  });
  fc.assert(cases, { numRuns: 1_000 });
});
