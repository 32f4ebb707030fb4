import type { Setting, Sight } from "../../../../policies/simulator/scaler";
import { operator } from "../../../../stacks/simulate/rivals/operator";
import {
  evaluate,
  roundMetric,
  targetCapacity,
  type MetricPoint,
} from "../../../../stacks/simulate/rivals/operator-metrics";
import {
  scaleFactor,
  scaleParallelism,
  wasIneffective,
} from "../../../../stacks/simulate/rivals/operator-parallelism";
import { OPERATOR_DEFAULTS } from "../../../../stacks/simulate/rivals/operator-settings";
import { OperatorVertex } from "../../../../stacks/simulate/rivals/operator-vertex";

const MINUTE = 60_000;

test.each([
  [0.0004, 0.0004],
  [0.0005, 0.001],
  [1.0005, 1.001],
  [1.00049999, 1],
  [2.6745, 2.675],
  [-1.2345, -1.235],
  [0.0029999999999999996, 0.003],
  [123_456_789.1235, 123_456_789.124],
  [5_000_000_000.1235, 5_000_000_000.124],
  [17, 17],
  [NaN, NaN],
  [Infinity, Infinity],
])("%p is rounded to %p", (value, rounded) => expect(roundMetric(value)).toBe(rounded));

describe("targetCapacity", () => {
  const rates = { targetRate: 1000, catchUpRate: 100 };

  test.each([
    // 100 + 1000 × 300 / 1800 + 1000 / 0.7
    [0.7, true, 1695],
    // 100 + 1000 / 1
    [1, false, 1100],
    // more than 1 is 1
    [1.3, false, 1100],
    // 100 + 166.67 + 1000 / 0.4
    [0.4, true, 2767],
    [0, true, Infinity],
  ])("at %p, with restart %p: %p", (utilization, withRestart, capacity) => {
    expect(targetCapacity(rates, utilization, withRestart, OPERATOR_DEFAULTS)).toBe(capacity);
  });

  it("should leave the restart out where nothing is caught up on", () => {
    const settings = { ...OPERATOR_DEFAULTS, catchUpSeconds: 0 };
    expect(targetCapacity({ targetRate: 700, catchUpRate: 0 }, 0.7, true, settings)).toBe(1000);
  });

  it("should not be known where a rate is not", () => {
    const unknown = { targetRate: NaN, catchUpRate: 0 };
    expect(targetCapacity(unknown, 0.7, true, OPERATOR_DEFAULTS)).toBeNaN();
  });
});

/** 16 points a minute apart: `rate` records a second go in, the lag grows by `growth` a second. */
function points(rate: number, load: number, lag = 0, growth = 0): MetricPoint[] {
  return Array.from({ length: 16 }, (_, i) => ({
    ms: i * MINUTE,
    recordsIn: i * 60 * rate,
    lagRecords: lag + i * 60 * growth,
    load,
  }));
}

describe("evaluate", () => {
  it("should add what the lag grows by, and what it takes to be rid of it", () => {
    // 15 min × 60 s × 100 = 90,000 records wait: 50 a second for 30 minutes
    expect(evaluate(points(600, 0.8, 0, 100), OPERATOR_DEFAULTS)).toEqual({
      targetRate: 700,
      catchUpRate: 50,
      trueRate: 750,
      scaleUpBelow: 750,
      // 50 + 700 / 6 + 700 / 0.4
      scaleDownAbove: 1917,
      processingBacklog: false,
    });
  });

  it("should have no use that is too little while more than 5 minutes of records wait", () => {
    expect(evaluate(points(600, 0.2, 180_001), OPERATOR_DEFAULTS)).toMatchObject({
      catchUpRate: 100.001,
      scaleUpBelow: 700,
      scaleDownAbove: Infinity,
      processingBacklog: true,
    });
    expect(evaluate(points(600, 0.2, 180_000), OPERATOR_DEFAULTS)).toMatchObject({
      processingBacklog: false,
    });
  });

  it("should take a job through which nothing flows for infinitely fast and unneeded", () => {
    expect(evaluate(points(0, 0.5, 1000, 10), OPERATOR_DEFAULTS)).toMatchObject({
      targetRate: 0,
      catchUpRate: 0,
      trueRate: Infinity,
      processingBacklog: true,
    });
  });

  it("should leave points without a load out, and need two points", () => {
    const some = points(600, 0.6);
    some[3] = { ...some[3]!, load: NaN };
    expect(evaluate(some, OPERATOR_DEFAULTS)?.trueRate).toBe(1000);
    expect(evaluate(points(600, NaN), OPERATOR_DEFAULTS)?.trueRate).toBeNaN();
    expect(evaluate(some.slice(0, 1), OPERATOR_DEFAULTS)).toBeUndefined();
  });
});

const bands = { scaleUpBelow: 0, scaleDownAbove: 0, processingBacklog: false };
const evaluation = (targetRate: number, trueRate: number) => ({
  ...bands,
  ...{ targetRate, trueRate, catchUpRate: 0 },
});

test.each([
  [1000, 1000, 1.595],
  [1000, 100_000, 0.4],
  [0, Infinity, 0.4],
])("arriving %p, true rate %p: factor %p", (targetRate, trueRate, factor) => {
  expect(scaleFactor(evaluation(targetRate, trueRate), OPERATOR_DEFAULTS)).toBe(factor);
});

describe("scaleParallelism", () => {
  test.each([
    // ceil(10 × 1.01) = 11, and 720 / 12 = 60
    ["up to a divisor", 10, 1.01, 720, 200, 12],
    ["to the next power of two where the groups are one", 16, 1.01, 256, 200, 32],
    // 10 × 7 = 70; 128 is the only divisor from there, and above the bound: 64 subtasks hold as much
    ["down where no divisor is left", 10, 7, 128, 100, 64],
    // 100 × 1 = 100; 7 groups for some subtasks and 8 for others: 91 is the first with 7 at least
    ["to the fewest with as many groups each", 100, 1, 727, 200, 91],
    ["no further than the bound", 10, 1e9, 720, 180, 180],
    ["no lower than the bound", 10, 0.1, 720, 200, 4],
  ])("goes %s", (_, parallelism, factor, groups, upper, expected) => {
    expect(scaleParallelism({ parallelism, factor, groups, lower: 4, upper })).toBe(expected);
  });
});

test("a scale-up is ineffective that brings less than a tenth of what it was to bring", () => {
  const past = { ms: 0, from: 4, to: 8, trueRate: 1000, expectedRate: 2000 };
  expect(wasIneffective(past, 1099, OPERATOR_DEFAULTS)).toBe(true);
  expect(wasIneffective(past, 1100, OPERATOR_DEFAULTS)).toBe(false);
});

describe("OperatorVertex", () => {
  const up = { ...evaluation(2000, 1000), scaleUpBelow: 2000, scaleDownAbove: 5333 };
  const steady = { ...evaluation(1000, 1595), scaleUpBelow: 1000, scaleDownAbove: 2667 };
  const down = { ...evaluation(1000, 4000), scaleUpBelow: 1000, scaleDownAbove: 2667 };
  const vertex = (changes = {}) => new OperatorVertex({ ...OPERATOR_DEFAULTS, ...changes }, 720);

  it("should scale up at once", () => {
    // 2000 × 1.595 / 1000 × 10 = 31.9, and 720 / 36 = 20
    expect(vertex().decide(0, 10, up)).toBe(36);
  });

  it("should leave it within the band, though another parallelism would fit better", () => {
    const within = { ...steady, trueRate: 1200 };
    expect(vertex().propose(0, 10, within)).toEqual({ change: "required", parallelism: 15 });
    expect(vertex().decide(0, 10, within)).toBeUndefined();
  });

  it("should scale down once an hour of lower recommendations has passed", () => {
    const one = vertex();
    expect(one.decide(0, 10, down)).toBeUndefined();
    expect(one.decide(59 * MINUTE, 10, down)).toBeUndefined();
    expect(one.decide(60 * MINUTE, 10, down)).toBe(4);
    expect(one.decide(61 * MINUTE, 10, down)).toBeUndefined();
  });

  it("should begin the hour again after a recommendation to stay", () => {
    const one = vertex();
    one.decide(0, 10, down);
    one.decide(30 * MINUTE, 10, steady);
    expect(one.decide(60 * MINUTE, 10, down)).toBeUndefined();
    expect(one.decide(120 * MINUTE, 10, down)).toBe(4);
  });

  it("should go on with the hour after metrics that are missing", () => {
    const one = vertex();
    one.decide(0, 10, down);
    expect(one.decide(30 * MINUTE, 10, { ...down, trueRate: NaN })).toBeUndefined();
    expect(one.decide(60 * MINUTE, 10, down)).toBe(4);
  });

  it("should block a scale-up after an ineffective one only where it is asked to", () => {
    const blocking = vertex({ blocksIneffective: true });
    for (const one of [vertex(), blocking]) expect(one.decide(0, 10, up)).toBe(36);
    const as = { ...up, trueRate: 1001 };
    expect(blocking.decide(MINUTE, 36, as)).toBeUndefined();
    expect(vertex().decide(MINUTE, 36, as)).toBe(120);
    // What is older than a day is forgotten.
    expect(blocking.decide(25 * 60 * MINUTE, 36, as)).toBe(120);
  });
});

describe("operator", () => {
  const setting: Setting = {
    ...{ startMs: 0, slotRate: 500, slotsPerTaskManager: 4, maxParallelism: 720 },
    ...{ floor: 1, ceiling: 100, allowedLagSeconds: 10, firstRate: 7000 },
  };
  const trace = { name: "none", description: "", startMs: 0, endMs: 0, rateAt: () => 0 };
  const start = (changes: Partial<Setting> = {}) =>
    operator.start({ ...setting, ...changes }, trace);
  /** As the job with its first 20 slots shows it a minute. */
  const sight = (minute: number, rate: number, changes: Partial<Sight> = {}): Sight => ({
    nowMs: minute * MINUTE,
    ...{ arrivedPerSecond: rate, processedPerSecond: rate, backlogRecords: 0 },
    ...{ busyRatio: rate / 10_000, running: true, parallelism: 20 },
    ...{ taskManagers: 5, taskManagersAsked: 5, slotsPerTaskManager: 4, ...changes },
  });
  const minutes = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i);

  test.each([
    // 7000 / 500 / 0.7 = 20
    ["the first rate at the target", {}, { taskManagers: 5, parallelism: 20 }],
    ["a divisor of the groups", { maxParallelism: 256 }, { taskManagers: 8, parallelism: 32 }],
    ["the slots of the floor", { firstRate: 0 }, { taskManagers: 1, parallelism: 4 }],
    ["no more than the ceiling's", { ceiling: 3 }, { taskManagers: 3, parallelism: 12 }],
  ])("begins with %s", (_, changes, first) => expect(start(changes).first).toEqual(first));

  it("should decide first after 5 minutes of stabilization and a window of 15, and tell why", () => {
    const { scaler } = start();
    // Saturated; 6000 records more wait after each minute.
    const wishes = minutes(1, 20).map((minute) =>
      scaler.decide(sight(minute, 10_000, { backlogRecords: minute * 6000 })),
    );
    expect(wishes.slice(0, -1)).toEqual(Array(19).fill(undefined));
    // 120,000 / 1800 + 10,100 / 6 + 10,100 / 0.7 = 16,179; 20 × 1.6179 = 32.4, and 720 / 36 = 20
    expect(wishes.at(-1)).toEqual({
      ...{ taskManagers: 9, parallelism: 36 },
      why: "10100 records a second arrive; parallelism 20 can process 10000 a second, below the 10167 of the band: 20 -> 36.",
    });
  });

  it("should wait for its rescale, and collect afresh after it", () => {
    const { scaler } = start();
    const saturated = (minute: number, changes = {}) =>
      scaler.decide(sight(minute, 10_000, { backlogRecords: minute * 60_000, ...changes }));
    const early = minutes(1, 20).map((minute) => saturated(minute));
    expect(early.findIndex((wish) => wish !== undefined)).toBe(19);
    const parallelism = early.at(-1)!.parallelism;
    expect(minutes(21, 60).map((minute) => saturated(minute))).toEqual(Array(40).fill(undefined));
    const after = minutes(61, 81).map((minute) => saturated(minute, { parallelism }));
    expect(after.findIndex((wish) => wish !== undefined)).toBe(20);
  });

  it("should not scale down from an hour of too little load before that hour is over", () => {
    const { scaler } = start();
    const wishes = minutes(1, 80).map((minute) => scaler.decide(sight(minute, 2000)));
    // The first recommendation comes after 20 minutes, the rescale 60 later.
    expect(wishes.findIndex((wish) => wish !== undefined)).toBe(79);
    expect(wishes.at(-1)).toMatchObject({ taskManagers: 2, parallelism: 8 });
  });
});
