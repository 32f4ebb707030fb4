import { peakRate, plantFor, PLANT_DEFAULTS } from "../../../policies/simulator/plant";
import type { Trace } from "../../../policies/simulator/trace";
import { traceOf } from "../../support/traces";

const steady = (rate: number): Trace => ({ ...traceOf([]), endMs: 600_000, rateAt: () => rate });

describe("the peak of a trace", () => {
  it("is the mean of its busiest minute", () => {
    // 4 of 6 samples lie in the 40 seconds at 900.
    const rateAt = (ms: number) => (ms >= 80_000 && ms < 120_000 ? 900 : 300);
    expect(peakRate({ ...steady(0), rateAt })).toBe(700);
  });

  it("asks for no rate after the end", () => {
    const asked: number[] = [];
    const rateAt = (ms: number) => (asked.push(ms), 1);
    expect(peakRate({ ...steady(0), endMs: 70_000, rateAt })).toBe(1);
    expect(Math.max(...asked)).toBe(70_000);
  });

  it("is 0 for a trace without a record, or without time", () => {
    expect(peakRate(steady(0))).toBe(0);
    expect(peakRate(traceOf([]))).toBe(0);
  });
});

test("the defaults are those of the documentation", () => {
  expect(PLANT_DEFAULTS).toMatchObject({
    ...{ slotRate: 500, slotsPerTaskManager: 4, floor: 1, allowedLagSeconds: 10 },
    ...{ taskManagerStartSeconds: 15, readyTaskManagers: Infinity, nodeStartSeconds: 240 },
    ...{ rescaleGapSeconds: 3, warmUpSeconds: 10, warmUpShare: 0.8, checkpointSeconds: 10 },
  });
});

test.each([
  [0, 720, 2],
  [2_000, 720, 2],
  [2_001, 720, 4],
  [20_000, 720, 20],
  [22_500, 720, 24],
  // One slot more than 1440 / 32: the next step is 1440 / 31, rounded up to 47.
  [22_501, 1_440, 24],
  [630_000, 20_160, 630],
  [630_001, 27_720, 660],
])("for a peak of %d: %d key groups, and a ceiling of %d TaskManagers", (peak, groups, ceiling) => {
  const plant = plantFor(steady(peak), { contention: 0 });
  expect([plant.maxParallelism, plant.ceiling]).toEqual([groups, ceiling]);
});

test("the ceiling is never below the floor, and counts the contention", () => {
  expect(plantFor(steady(100), { floor: 7 }).ceiling).toBe(7);
  const plant = plantFor(steady(40_000), { contention: 0.01 });
  expect(plant.ceiling).toBeGreaterThan(100);
});

test("what is given stays as it is", () => {
  const given = { ...PLANT_DEFAULTS, slotRate: 50, maxParallelism: 128, ceiling: 3, floor: 2 };
  expect(plantFor(steady(20_000), given)).toEqual(given);
});
