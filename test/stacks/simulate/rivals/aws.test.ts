import * as fc from "fast-check";
import { PLANT_DEFAULTS, type PlantSettings } from "../../../../policies/simulator/plant";
import type { Sight } from "../../../../policies/simulator/scaler";
import { aws, CpuRule, parallelismAfter } from "../../../../stacks/simulate/rivals/aws";

/** The minutes, from 1, in which an action begins. */
function actions(percents: readonly (number | undefined)[]): [number, string][] {
  const rule = new CpuRule();
  return percents.flatMap((percent, i) => {
    const action = rule.observe(percent);
    return action === undefined ? [] : [[i + 1, action] as [number, string]];
  });
}
const minutes = <T>(count: number, percent: T) => new Array<T>(count).fill(percent);

describe("the guide's rule", () => {
  test.each<[string, (number | undefined)[], [number, string][]]>([
    ["15 datapoints equal to 75 %", minutes(15, 75), [[15, "ScaleUp"]]],
    ["14 datapoints", minutes(14, 100), []],
    ["15 datapoints just below 75 %", minutes(15, 74.9), []],
    ["a calm minute between", [...minutes(14, 90), 74, ...minutes(14, 90)], []],
    ["a minute without a datapoint", [...minutes(14, 90), undefined, ...minutes(14, 90)], []],
    ["360 datapoints below 10 %", minutes(360, 9.9), [[360, "ScaleDown"]]],
    ["359 datapoints below 10 %", minutes(359, 0), []],
    ["360 datapoints of 10 %", minutes(360, 10), []],
    ["a busy minute in six hours", [...minutes(359, 5), 12, ...minutes(359, 5)], []],
    [
      "CPU that stays high",
      minutes(31, 80),
      [
        [15, "ScaleUp"],
        [30, "ScaleUp"],
      ],
    ],
  ])("%s", (_what, percents, expected) => {
    expect(actions(percents)).toEqual(expected);
  });

  test.each([
    ["ScaleUp", 1, 2],
    ["ScaleUp", 10, 20],
    ["ScaleUp", 40, 64],
    ["ScaleDown", 64, 32],
    ["ScaleDown", 7, 4],
    ["ScaleDown", 3, 2],
    ["ScaleDown", 2, 1],
  ] as const)("%s from %d gives %d", (action, from, to) => {
    expect(parallelismAfter(action, from, { initial: 1, max: 64 })).toBe(to);
  });

  it("never falls below the Parallelism setting", () => {
    expect(parallelismAfter("ScaleDown", 6, { initial: 5, max: 64 })).toBe(5);
    expect(parallelismAfter("ScaleDown", 5, { initial: 5, max: 64 })).toBe(5);
  });

  it("stays within its bounds whatever happens", () => {
    const action = fc.constantFrom("ScaleUp" as const, "ScaleDown" as const);
    fc.assert(
      fc.property(fc.array(action), fc.integer({ min: 1, max: 64 }), (steps, initial) => {
        const bounds = { initial, max: 64 };
        const last = steps.reduce((p, step) => parallelismAfter(step, p, bounds), initial);
        expect(last).toBeGreaterThanOrEqual(initial);
        expect(last).toBeLessThanOrEqual(64);
      }),
    );
  });
});

describe("the policy", () => {
  const plant: PlantSettings = {
    ...PLANT_DEFAULTS,
    contention: 0,
    maxParallelism: 720,
    ceiling: 16,
  };
  const sight: Sight = {
    nowMs: 0,
    arrivedPerSecond: 3_000,
    processedPerSecond: 3_000,
    backlogRecords: 0,
    busyRatio: 0.75,
    running: true,
    parallelism: 8,
    taskManagers: 2,
    taskManagersAsked: 2,
    slotsPerTaskManager: 4,
  };
  const start = (firstRate: number) => aws.on(plant).start({ firstRate } as never, {} as never);

  it.each([
    // 3,000 / 0.75 / 500 = 8 slots; 3,001 needs a ninth, on a third TaskManager.
    [3_000, { taskManagers: 2, parallelism: 8 }],
    [3_001, { taskManagers: 3, parallelism: 12 }],
    [0, { taskManagers: 1, parallelism: 4 }],
  ])("begins with what %d records/s need at 75 %%", (rate, first) => {
    expect(start(rate).first).toEqual(first);
  });

  it("doubles after 15 minutes at 75 %, and not again while that is under way", () => {
    const { scaler } = start(3_000);
    for (let i = 1; i < 15; i++) expect(scaler.decide(sight)).toBeUndefined();
    expect(scaler.decide(sight)).toEqual({
      taskManagers: 4,
      parallelism: 16,
      why: "CPU at 75 % or more for 15 minutes: parallelism 8 -> 16.",
    });
    for (let i = 0; i < 20; i++) {
      expect(scaler.decide({ ...sight, taskManagersAsked: 4 })).toBeUndefined();
      expect(scaler.decide({ ...sight, running: false })).toBeUndefined();
    }
  });

  it("halves after six hours below 10 %", () => {
    const { scaler } = start(3_000);
    const idle = { ...sight, busyRatio: 0.05, parallelism: 18, taskManagers: 5 };
    const calm = { ...idle, taskManagersAsked: 5 };
    for (let i = 1; i < 360; i++) expect(scaler.decide(calm)).toBeUndefined();
    expect(scaler.decide(calm)).toEqual({
      taskManagers: 3,
      parallelism: 9,
      why: "CPU below 10 % for 360 minutes: parallelism 18 -> 9.",
    });
  });
});
