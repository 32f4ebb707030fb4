import { flinktidePolicy } from "../../../policies/scaling/policy";
import type { Sight } from "../../../policies/simulator/scaler";
import { plantFor } from "../../../policies/simulator/plant";
import { simulate } from "../../../policies/simulator/simulate";
import { traceOf } from "../../support/traces";
import { planned } from "./planned";
import { plantWith } from "./plant";

const times = (count: number, value: number) => new Array<number>(count).fill(value);
const stays = planned({});
const plant = plantWith();

describe("lag", () => {
  // 200 records a second are processed. In the burst the lag grows by 0.6 s a second, to 18 s, and by as much again
  // for 45 s until the burst is worked off; then by 3 s a second it falls from 45 s to 0 within 15 s.
  const burst = traceOf([...times(60, 100), ...times(30, 500), ...times(90, 50)]);

  it("is what a first-in, first-out queue has", () => {
    const outcome = simulate(stays, burst, plant);
    expect(outcome.worstLagSeconds).toBeCloseTo(45, 6);
    expect(outcome.meanLagSeconds).toBeCloseTo((279 + 1_431 + 315) / 180, 6);
    expect(outcome.violationMinutes).toBeCloseTo((14 + 45 + 11) / 60, 9);
    expect(outcome.records).toEqual({ arrived: 25_500, processed: 25_500, waiting: 0 });
  });

  it("violates nothing where it is exactly what is allowed", () => {
    const violation = (allowedLagSeconds: number) =>
      simulate(stays, burst, plantWith({ allowedLagSeconds })).violationMinutes;
    expect(violation(45.001)).toBe(0);
    expect(violation(44.9)).toBeCloseTo(1 / 60, 9);
    // Half as fast as it comes: the record that came 3.5 s on is processed 7 s on.
    const exact = traceOf([0, ...times(4, 400), ...times(4, 0)]);
    const minutes = (allowedLagSeconds: number) =>
      simulate(stays, exact, plantWith({ allowedLagSeconds })).violationMinutes;
    expect([minutes(3.5), minutes(3.4)]).toEqual([0, 1 / 60]);
  });

  it("grows with a stop and with a replay", () => {
    const steady = traceOf(times(60, 100));
    const more = { 20: { taskManagers: 2, parallelism: 4 } };
    const ordered = simulate(planned(more), steady, plant);
    expect([ordered.worstLagSeconds, ordered.stoppedSeconds, ordered.rescales]).toEqual([3, 3, 1]);
    const reactive = simulate(planned(more, { mechanism: "reactive" }), steady, plant);
    // The checkpoint at 20 s, four seconds on, then three of a stop.
    expect([reactive.worstLagSeconds, reactive.stoppedSeconds]).toEqual([7, 3]);
    expect(reactive.records).toEqual({ arrived: 6_000, processed: 6_000, waiting: 0 });
  });
});

describe("slot-hours", () => {
  const day = traceOf(times(3_600, 100));

  it("are those of TaskManagers that stay", () => {
    const first = { taskManagers: 3, parallelism: 6 };
    expect(simulate(planned({}, { first }), day, plant).slotHours).toBe(6);
  });

  it("count a TaskManager from the request for it, and until the job runs on the others", () => {
    const wishes = {
      600: { taskManagers: 4, parallelism: 8 },
      1_800: { taskManagers: 1, parallelism: 2 },
    };
    const seconds = 600 + 4 * (1_800 - 600) + 4 * 3 + (3_600 - 1_803);
    const { slotHours, hours } = simulate(planned(wishes), day, plant);
    expect([slotHours, hours]).toEqual([(2 * seconds) / 3_600, 1]);
  });
});

describe("what a scaler sees", () => {
  function sightsOf(everySeconds: number, rates: number[], wishes = {}) {
    const sights: Sight[] = [];
    const onSight = (sight: Sight) => sights.push(sight);
    simulate(planned(wishes, { everySeconds, onSight }), traceOf(rates), plant);
    return sights;
  }

  it("is its monitoring since the instant before", () => {
    const sights = sightsOf(10, [...times(10, 50), ...times(10, 250), ...times(10, 0)]);
    expect(sights).toEqual([
      {
        ...{ nowMs: 10_000, arrivedPerSecond: 50, processedPerSecond: 50, backlogRecords: 0 },
        ...{ busyRatio: 0.25, running: true, parallelism: 2, slotsPerTaskManager: 2 },
        ...{ taskManagers: 1, taskManagersAsked: 1 },
      },
      expect.objectContaining({
        ...{ nowMs: 20_000, arrivedPerSecond: 250, processedPerSecond: 200 },
        ...{ backlogRecords: 500, busyRatio: 1 },
      }),
    ]);
  });

  it("says that the job stands still, and nothing of how busy it is meanwhile", () => {
    const wishes = { 2: { taskManagers: 2, parallelism: 4 } };
    const sights = sightsOf(2, times(16, 100), wishes);
    const row = ({ running, busyRatio, taskManagers, taskManagersAsked }: Sight) => [
      ...[running, taskManagers, taskManagersAsked, busyRatio],
    ];
    expect(sights.map(row)).toEqual([
      [true, 1, 1, 0.5],
      [true, 1, 2, 0.5],
      [true, 1, 2, 0.5],
      // Stopped from 7 to 10, warm at 14.
      [false, 2, 2, 0.5],
      [true, 2, 2, undefined],
      [true, 2, 2, 1],
      [true, 2, 2, 0.75],
    ]);
  });
});

describe("the timeline", () => {
  const rates = [...times(30, 100), ...times(30, 300), ...times(40, 0)];
  const wishes = { 20: { taskManagers: 3, parallelism: 6, why: "more" } };

  it("has means of equal parts, the largest lag, and what is paid for", () => {
    const { timeline } = simulate(planned(wishes), traceOf(rates), plant, { timelinePoints: 5 });
    expect(timeline.map((p) => [p.atMs, p.arrivedPerSecond, p.slots, p.parallelism])).toEqual([
      [20_000, 100, 2, 2],
      [40_000, 200, 6, 6],
      [60_000, 300, 6, 6],
      [80_000, 0, 6, 6],
      [100_000, 0, 6, 6],
    ]);
    expect(timeline.map((p) => p.capacityPerSecond)).toEqual([200, 500, 600, 600, 600]);
    expect(timeline[1]?.lagSeconds).toBe(3);
  });

  it("has a last part that is shorter, and never more points than asked for", () => {
    const lengths = (seconds: number, timelinePoints: number) => {
      const trace = traceOf(times(seconds, 1));
      const ends = simulate(stays, trace, plant, { timelinePoints }).timeline.map((p) => p.atMs);
      return ends.map((end, i) => (end - (ends[i - 1] ?? 0)) / 1000);
    };
    expect(lengths(10, 4)).toEqual([3, 3, 3, 1]);
    expect(lengths(3, 100)).toEqual([1, 1, 1]);
    expect(lengths(7, 1)).toEqual([7]);
    expect(lengths(10, 0)).toEqual([]);
  });

  it("comes with the rescales, in milliseconds since the epoch", () => {
    const startMs = 1_000_000;
    const late = { ...traceOf([]), startMs, endMs: startMs + 100_000, rateAt: () => 100 };
    const run = (timelinePoints: number) =>
      simulate(planned(wishes), late, plant, { timelinePoints });
    expect(run(5).rescaleRecords).toEqual([
      {
        atMs: 1_020_000,
        runningAtMs: 1_028_000,
        from: { taskManagers: 1, parallelism: 2 },
        to: { taskManagers: 3, parallelism: 6 },
        why: "more",
      },
    ]);
    expect(run(0)).toMatchObject({ rescales: 1, rescaleRecords: [], timeline: [] });
  });
});

describe("traces at the edge", () => {
  it.each([
    ["without a record", traceOf(times(100, 0))],
    ["shorter than a decision", traceOf(times(9, 100))],
    ["of one second", traceOf([100])],
  ])("%s", (_, trace) => {
    const first = { taskManagers: 2, parallelism: 4 };
    // Before the first records there is nothing to decide on.
    const wishes = { 0: { taskManagers: 9, parallelism: 9 } };
    const outcome = simulate(planned(wishes, { first, everySeconds: 10 }), trace, plant);
    const seconds = trace.endMs / 1000;
    const arrived = trace.rateAt(0) * seconds;
    expect(outcome).toEqual({
      ...{ policy: "planned", trace: "listed", hours: seconds / 3_600 },
      ...{ slotHours: (4 * seconds) / 3_600, violationMinutes: 0, worstLagSeconds: 0 },
      ...{ meanLagSeconds: 0, rescales: 0, stoppedSeconds: 0, timeline: [], rescaleRecords: [] },
      records: { arrived, processed: arrived, waiting: 0 },
    });
  });

  it("without a whole second: nothing happens", () => {
    const trace = { ...traceOf([100]), endMs: 999 };
    expect(simulate(stays, trace, plant, { timelinePoints: 3 })).toMatchObject({
      ...{ hours: 0, slotHours: 0, meanLagSeconds: 0, timeline: [] },
      records: { arrived: 0, processed: 0, waiting: 0 },
    });
  });

  it("of a part of a second more: that part is left out", () => {
    const whole = traceOf(times(50, 300));
    const longer = { ...whole, endMs: 50_700, rateAt: () => 300 };
    expect(simulate(stays, longer, plant)).toEqual(simulate(stays, whole, plant));
  });

  it("that begins within a second: rates are asked for at its own seconds", () => {
    const asked: number[] = [];
    const rateAt = (ms: number) => (asked.push(ms), 0);
    simulate(stays, { ...traceOf([]), startMs: 250, endMs: 3_250, rateAt }, plant);
    const ofSeconds = asked.filter((ms) => ms % 1000 === 750 && ms < 3_250);
    expect([...new Set(ofSeconds)]).toEqual([750, 1_750, 2_750]);
  });
});

test("a policy is told no more than its user would know", () => {
  const told: unknown[] = [];
  const policy = planned({});
  const trace = traceOf([70, 80]);
  const start: typeof policy.start = (setting, given) => {
    told.push(setting, given);
    return policy.start(setting, given);
  };
  simulate({ ...policy, start }, trace, plant);
  expect(told).toEqual([
    {
      ...{ startMs: 0, slotRate: 100, slotsPerTaskManager: 2, maxParallelism: 720 },
      ...{ floor: 1, ceiling: 10, allowedLagSeconds: 10, firstRate: 70 },
    },
    trace,
  ]);
});

test("the engine's own policy moves with the load, and leaves nothing waiting", () => {
  const rateAt = (ms: number) => 4_000 - 3_000 * Math.cos((ms / 7_200_000) * 2 * Math.PI);
  const trace = { ...traceOf([]), endMs: 7_200_000, rateAt };
  const outcome = simulate(flinktidePolicy(), trace, plantFor(trace), { timelinePoints: 120 });
  expect(outcome.violationMinutes).toBe(0);
  expect(outcome.records.waiting).toBeLessThan(1_000);
  const slots = outcome.timeline.map((point) => point.slots);
  expect(Math.max(...slots)).toBeGreaterThanOrEqual(14);
  expect(Math.min(...slots)).toBeLessThanOrEqual(4);
});
