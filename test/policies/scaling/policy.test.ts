import { flinktidePolicy } from "../../../policies/scaling/policy";
import type { Setting, Sight } from "../../../policies/simulator/scaler";
import type { Trace } from "../../../policies/simulator/trace";
import type { TenantInput } from "../../../policies/tenant";
import { settingWith, sightWith } from "../../support/sight";
import { readTenant } from "../../support/tenant-file";

const NO_TRACE: Trace = { name: "none", description: "", startMs: 0, endMs: 0, rateAt: () => 0 };
const MINUTE = 60_000;

function start(tenant?: TenantInput, setting: Partial<Setting> = {}) {
  const policy = flinktidePolicy(tenant === undefined ? undefined : readTenant(tenant));
  const { scaler, first } = policy.start(settingWith(setting), NO_TRACE);
  expect([scaler.everySeconds, scaler.mechanism]).toEqual([5, "ordered"]);
  return { first, decide: (sight: Partial<Sight>) => scaler.decide(sightWith(sight)) };
}
const job = (name: string, max: number, min = 1) => ({
  ...{ name, jar: "wordcount", entryClass: "Main", parallelism: { min, max } },
});
const OVERLOAD = { arrivedPerSecond: 12_000, processedPerSecond: 8000, busyRatio: 1 };

test("starts with what the first rate needs, in whole TaskManagers", () => {
  expect(start(undefined, { firstRate: 4000 }).first).toEqual({
    taskManagers: 3,
    parallelism: 12,
    why: "TaskManagers 3, job parallelism 12 (outside the windows, 1 to 20 TaskManagers): nothing ran before.",
  });
  expect(start(undefined, { firstRate: 0 }).first.taskManagers).toBe(1);
  expect(start(undefined, { firstRate: 0, floor: 3 }).first.taskManagers).toBe(3);
  expect(start(undefined, { firstRate: 1e6 }).first.taskManagers).toBe(20);
});

test("what it wants is a decision of the plan, and its sentence the reason", () => {
  const { decide } = start(undefined, { firstRate: 7200 });
  expect(decide({ nowMs: 5000 })).toBeUndefined();
  // A leap is let land.
  expect(decide({ nowMs: 10_000, ...OVERLOAD, backlogRecords: 20_000 })).toBeUndefined();
  const wish = decide({ nowMs: 15_000, ...OVERLOAD, backlogRecords: 20_000 });
  expect(wish?.taskManagers).toBeGreaterThan(6);
  expect(wish?.parallelism).toBeLessThanOrEqual((wish?.taskManagers ?? 0) * 4);
  expect(wish?.why).toMatch(
    /^TaskManagers 4 -> \d+, job parallelism 16 -> \d+ \(outside the windows, 1 to 20 TaskManagers\): 12,000 records\/s arrive for job, which processes 8,000; 20,000 wait, 2\.5 s behind, [\d.]+ s foreseen\.$/,
  );
});

test.each([
  ["the job is being rescaled", { running: false }],
  ["TaskManagers start", { taskManagersAsked: 5 }],
])("while %s it decides nothing", (_, sight) => {
  const { decide } = start(undefined, { firstRate: 7200 });
  expect(decide({ nowMs: 5000, ...OVERLOAD, backlogRecords: 90_000, ...sight })).toBeUndefined();
  expect(decide({ nowMs: 10_000, ...OVERLOAD, backlogRecords: 90_000 })).toBeDefined();
});

describe("a tenant with a window", () => {
  const office: TenantInput = {
    name: "office",
    jobs: [job("orders", 40)],
    windows: [{ name: "day", from: "09:00", to: "17:00", floor: 4, ceiling: 9 }],
    otherwise: { floor: 1, ceiling: 5 },
  };
  const NINE = 9 * 60 * MINUTE;
  const quiet = {
    ...{ arrivedPerSecond: 100, processedPerSecond: 100, busyRatio: 0.05 },
    ...{ parallelism: 4, taskManagers: 1, taskManagersAsked: 1 },
  };

  test("has its capacity as long before as it takes until the job runs with it", () => {
    const { first, decide } = start(office, { startMs: NINE - 5 * MINUTE, firstRate: 100 });
    expect([first.taskManagers, first.parallelism]).toEqual([1, 4]);
    expect(decide({ ...quiet, nowMs: NINE - 30_000 })).toBeUndefined();
    expect(decide({ ...quiet, nowMs: NINE - 25_000 })).toEqual({
      taskManagers: 4,
      parallelism: 4,
      why: "TaskManagers 1 -> 4, orders parallelism 4 (window day, 4 to 9 TaskManagers): window day opened.",
    });
    const ready = { ...quiet, taskManagers: 4, taskManagersAsked: 4 };
    expect(decide({ ...ready, nowMs: NINE })).toBeUndefined();
  });

  test("keeps its floor, however little arrives", () => {
    const { decide } = start(office, { startMs: NINE, firstRate: 7200 });
    const idle = { ...quiet, parallelism: 16, taskManagers: 4, taskManagersAsked: 4 };
    for (let i = 1; i < 200; i++) {
      expect(decide({ ...idle, nowMs: NINE + i * 5000 })).toBeUndefined();
    }
  });

  test("is bounded by the window that is open, or opens", () => {
    const flood = { ...OVERLOAD, arrivedPerSecond: 90_000, backlogRecords: 900_000 };
    const before = start(office, { startMs: NINE - 5 * MINUTE, firstRate: 7200 });
    expect(before.decide({ ...flood, nowMs: NINE - 4 * MINUTE })?.taskManagers).toBe(5);
    const within = start(office, { startMs: NINE, firstRate: 7200 });
    expect(within.decide({ ...flood, nowMs: NINE + MINUTE })?.taskManagers).toBe(9);
  });
});

test("other jobs of the tenant keep their slots, and the job its bounds", () => {
  const two = (max: number): TenantInput => ({
    name: "two",
    jobs: [job("orders", max), job("clicks", 9, 6)],
    otherwise: { floor: 1, ceiling: 8 },
  });
  const flood = { ...OVERLOAD, arrivedPerSecond: 90_000, backlogRecords: 900_000, nowMs: 5000 };
  const { first, decide } = start(two(100), { firstRate: 7200 });
  expect([first.taskManagers, first.parallelism]).toEqual([6, 18]);
  expect(decide(flood)).toMatchObject({ taskManagers: 8, parallelism: 26 });
  expect(start(two(20), { firstRate: 7200 }).decide(flood)).toMatchObject({
    taskManagers: 7,
    parallelism: 20,
  });
});
