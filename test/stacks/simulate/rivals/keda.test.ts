import type { Trace } from "../../../../policies/simulator/trace";
import {
  businessRate,
  committedLag,
  isBusinessHour,
  keda,
  lagThreshold,
} from "../../../../stacks/simulate/rivals/keda";
import { settingWith, sightWith } from "../../../support/sight";

const MONDAY = Date.UTC(2026, 10, 16);
const HOUR = 3_600_000;

function trace(rateAt: Trace["rateAt"], hours = 7 * 24): Trace {
  return { name: "t", description: "", startMs: MONDAY, endMs: MONDAY + hours * HOUR, rateAt };
}

describe("the cron trigger", () => {
  it.each([
    ["2026-11-16T07:59:59.999Z", false],
    ["2026-11-16T08:00:00Z", true],
    ["2026-11-20T17:59:59.999Z", true],
    ["2026-11-20T18:00:00Z", false],
    ["2026-11-21T12:00:00Z", false],
    ["2026-11-22T12:00:00Z", false],
    ["1969-12-31T12:00:00Z", true],
    ["1969-12-28T12:00:00Z", false],
  ])("should at %s be open: %p", (at, open) => {
    expect(isBusinessHour(Date.parse(at))).toBe(open);
  });

  it("should be sized for the mean rate of business hours", () => {
    const busy = trace((ms) => (isBusinessHour(ms) ? 12_000 : 100));
    expect(businessRate(busy)).toBe(12_000);
    expect(businessRate(trace((ms) => (ms < MONDAY + 24 * HOUR ? 10_000 : 5_000)))).toBe(6_000);
    expect(businessRate(trace(() => 9_000, 8))).toBe(0);
  });
});

describe("the Kafka trigger", () => {
  it("should allow each TaskManager what it has not committed at 80 %", () => {
    expect(lagThreshold(settingWith())).toBe(8_000);
    expect(lagThreshold(settingWith({ slotRate: 0.001 }))).toBe(1);
  });

  it("should see what was processed since the last checkpoint as lag, too", () => {
    expect(committedLag(sightWith({ backlogRecords: 500.5 }))).toBe(20_500);
    expect(committedLag(sightWith({ backlogRecords: 500.5, running: false }))).toBe(500);
  });
});

describe("the policy keda", () => {
  const quiet = trace(() => 0);
  // 12000 / (0.8 × 2000) = 7.5
  const busy = trace((ms) => (isBusinessHour(ms) ? 12_000 : 100));
  const night = { nowMs: MONDAY + 3 * HOUR, processedPerSecond: 0 };
  const morning = { nowMs: MONDAY + 8 * HOUR, processedPerSecond: 0 };

  function decide(on: Trace, ...sights: Parameters<typeof sightWith>) {
    return keda.start(settingWith(), on).scaler.decide(sightWith(...sights));
  }

  it("should run one TaskManager for each threshold of lag", () => {
    // 52000 / 8000 = 6.5
    expect(decide(quiet, { ...night, backlogRecords: 52_000 })).toEqual({
      taskManagers: 7,
      parallelism: 28,
      why: "lag 52000 records, 8000 for each TaskManager, at least 0 by the clock: 4 -> 7 TaskManagers.",
    });
  });

  it("should run at least what the clock says, and what the lag says where that is more", () => {
    expect(decide(busy, morning)?.taskManagers).toBe(8);
    expect(decide(busy, { ...morning, backlogRecords: 60_000 })?.taskManagers).toBe(8);
    expect(
      decide(busy, { ...morning, taskManagersAsked: 8, backlogRecords: 76_000 }),
    ).toMatchObject({ taskManagers: 10 });
  });

  it("should miss the clock's count by up to a tenth: 7 of 8 is more than that, 10 of 11 is not", () => {
    const eleven = trace((ms) => (isBusinessHour(ms) ? 17_000 : 0));
    expect(decide(busy, { ...morning, taskManagersAsked: 7 })?.taskManagers).toBe(8);
    expect(decide(eleven, { ...morning, taskManagersAsked: 10 })).toBeUndefined();
  });

  it("should stay at its floor and below its ceiling", () => {
    const scaler = keda.start(settingWith({ floor: 3 }), quiet).scaler;
    const last = Array.from({ length: 22 }, (_, i) =>
      scaler.decide(sightWith({ ...night, nowMs: night.nowMs + i * 15_000 })),
    );
    expect(last.find((wish) => wish !== undefined)?.taskManagers).toBe(3);
    const flood = { ...night, taskManagersAsked: 15, backlogRecords: 1e9 };
    expect(decide(quiet, flood)?.taskManagers).toBe(20);
  });
});
