import * as guards from "../../../policies/scaling/guards";

test.each([
  [60, undefined],
  [60.01, { guard: "stale-metrics", detail: "the newest metrics are 60 s old, more than 60 s" }],
  [7200, { guard: "stale-metrics", detail: "the newest metrics are 7200 s old, more than 60 s" }],
])("metrics of %d s ago, where 60 s are allowed", (age, hold) => {
  expect(guards.staleMetrics(age, 60)).toEqual(hold);
});

test.each<[string[], guards.Hold | undefined]>([
  [[], undefined],
  [["backlogRecords"], { guard: "missing-metrics", detail: "not measured: backlogRecords" }],
  [["a", "b"], { guard: "missing-metrics", detail: "not measured: a, b" }],
])("what is missing: %j", (missing, hold) => {
  expect(guards.missingMetrics(missing)).toEqual(hold);
});

test.each([
  [0, undefined],
  [1, undefined],
  [1.01, { guard: "backlog", detail: "1.0 s of records still wait" }],
  [7.26, { guard: "backlog", detail: "7.3 s of records still wait" }],
])("a tenth of the allowed 10 s may wait while capacity goes down: %d s", (lag, hold) => {
  expect(guards.backlogLeft(lag, 10)).toEqual(hold);
});

test.each([
  [0, "60 s to go"],
  [59.4, "1 s to go"],
  [60, undefined],
  [Infinity, undefined],
])("%d s into a cooldown of 60 s", (since, rest) => {
  const hold = guards.cooldown(since, 60);
  expect(hold?.guard).toBe(rest === undefined ? undefined : "cooldown");
  expect(hold?.detail.split(", ")[1]).toBe(rest);
});

test.each([
  [7, undefined],
  [8, { guard: "scale-down-window", detail: "8 slots were needed within the last 180 s" }],
  [9, { guard: "scale-down-window", detail: "9 slots were needed within the last 180 s" }],
])("8 slots run, and %d were needed lately", (most, hold) => {
  expect(guards.scaleDownByMaximum(most, 8, 180)).toEqual(hold);
});

test.each([
  [1, 1.2, 2],
  [10, 1.2, 12],
  [10, 1.25, 12],
  [4, 3, 12],
  [7, 1, 8],
])("%d slots, at most %d times as many at once: %d", (current, factor, most) => {
  expect(guards.largestStep(current, factor)).toBe(most);
});

test.each([
  ["a tenth is just enough", 1000, 100, undefined],
  ["less than a tenth", 1000, 99.6, "the last one brought 100 records/s of 1000"],
  ["less than before", 1000, -20, "the last one brought -20 records/s of 1000"],
  ["nothing was expected", 0, -20, undefined],
])("the effect of a scale-up: %s", (_, expectedGain, gain, detail) => {
  const hold = detail === undefined ? undefined : { guard: "ineffective-scale-up", detail };
  expect(guards.ineffectiveScaleUp({ expectedGain, gain }, 0.1)).toEqual(hold);
});

test.each([
  [288, undefined],
  [
    287.9,
    { guard: "restart-cost", detail: "288 slot-seconds stood idle so far, a rescale costs 288" },
  ],
  [40, { guard: "restart-cost", detail: "40 slot-seconds stood idle so far, a rescale costs 288" }],
])("%d slot-seconds idle, where a stop costs 288", (idle, hold) => {
  expect(guards.restartCost(idle, 288)).toEqual(hold);
});

describe("a rescale that costs more backlog than it saves", () => {
  /** 3 s without a record, then twice the spare capacity. */
  const detour = {
    ...{ backlog: 9000, rate: 1000, gapSeconds: 3 },
    ...{ spareIfStaying: 500, spareIfGoing: 1000 },
  };
  test.each<[string, Partial<guards.Detour>, string | undefined]>([
    // Staying: 9000 / 500 = 18 s. Going: (9000 + 3 × 1000) / 1000 = 12 s.
    ["is quicker", {}, undefined],
    // Both take 6 s.
    ["is as quick", { backlog: 3000 }, "the backlog is gone in 6 s, a rescale would take 6 s"],
    ["is slower", { backlog: 1000 }, "the backlog is gone in 2 s, a rescale would take 4 s"],
    ["is the only way, as staying never recovers", { spareIfStaying: 0 }, undefined],
    [
      "would never recover",
      { spareIfGoing: 0 },
      "the backlog is gone in 18 s, a rescale would take Infinity s",
    ],
  ])("%s", (_, change, detail) => {
    const hold = detail === undefined ? undefined : { guard: "restart-cost", detail };
    expect(guards.worthStopping({ ...detour, ...change })).toEqual(hold);
  });
});

describe("the brake on oscillation", () => {
  const HOUR = 3_600_000;
  const turns = (count: number) => Array.from({ length: count }, (_, i) => i * 60_000);

  test.each([
    [0, 1],
    [3, 1],
    [4, 2],
    [5, 4],
    [6, 8],
    [7, 8],
    [16, 8],
  ])("after %d turns within the hour: %d times the window", (count, factor) => {
    expect(guards.oscillationBrake(turns(count), HOUR - 1)).toBe(factor);
  });

  test("a turn counts for an hour", () => {
    expect(guards.oscillationBrake([0, 1, 2, 3], HOUR - 1)).toBe(2);
    expect(guards.oscillationBrake([0, 1, 2, 3], HOUR)).toBe(1);
  });
});
