import { decisionSchema, type Decision, type Reason } from "../../policies/decision";
import { explain, printReason } from "../../policies/explain";

const base: Decision = {
  at: "2026-11-23T00:00:00.000Z",
  window: "morning",
  floor: 2,
  ceiling: 3,
  configured: { taskManagers: 2, parallelism: { wordcount: 4 } },
  from: { taskManagers: 1, parallelism: { wordcount: 2 } },
  to: { taskManagers: 2, parallelism: { wordcount: 4 } },
  reasons: [{ kind: "window-opened", window: "morning", before: "otherwise" }],
};
const CHANGE = "TaskManagers 1 -> 2, wordcount parallelism 2 -> 4";

test.each<[string, Partial<Decision>, string]>([
  ["a window opens", {}, `${CHANGE} (window morning, 2 to 3 TaskManagers): window morning opened.`],
  [
    "nothing ran",
    { from: null, reasons: [{ kind: "first-plan" }] },
    "TaskManagers 2, wordcount parallelism 4 (window morning, 2 to 3 TaskManagers): nothing ran before.",
  ],
  [
    "a window follows another",
    { reasons: [{ kind: "window-opened", window: "morning", before: "dawn" }] },
    `${CHANGE} (window morning, 2 to 3 TaskManagers): window morning opened after dawn.`,
  ],
  [
    "a window closes",
    {
      window: "otherwise",
      reasons: [{ kind: "window-opened", window: "otherwise", before: "midday" }],
    },
    `${CHANGE} (outside the windows, 2 to 3 TaskManagers): window midday closed.`,
  ],
  [
    "the configuration changed",
    { reasons: [{ kind: "config-changed", window: "morning" }] },
    `${CHANGE} (window morning, 2 to 3 TaskManagers): the configuration of window morning changed.`,
  ],
  [
    "the configuration outside the windows changed",
    { window: "otherwise", reasons: [{ kind: "config-changed", window: "otherwise" }] },
    `${CHANGE} (outside the windows, 2 to 3 TaskManagers): the configuration outside the windows changed.`,
  ],
  [
    "a job is new and one is gone",
    {
      from: { taskManagers: 2, parallelism: { old: 1, wordcount: 4 } },
      to: { taskManagers: 2, parallelism: { wordcount: 4, fresh: 1 } },
    },
    "TaskManagers 2, wordcount parallelism 4, fresh parallelism 1 (window morning, 2 to 3 TaskManagers): window morning opened.",
  ],
])("%s", (_, change, sentence) => {
  expect(explain({ ...base, ...change })).toBe(sentence);
});

test("several reasons stand in one sentence, with their numbers", () => {
  const clamped: Reason = {
    kind: "clamped",
    what: "TaskManagers",
    wanted: 9,
    given: 3,
    limit: "the window's bounds",
  };
  expect(explain({ ...base, reasons: [...base.reasons, clamped] })).toBe(
    `${CHANGE} (window morning, 2 to 3 TaskManagers): window morning opened; TaskManagers limited from 9 to 3 by the window's bounds.`,
  );
});

test.each<[string, Reason, string]>([
  [
    "load of a job as a whole",
    {
      ...{ kind: "load", job: "wordcount", vertex: "", ratePerSecond: 12_345.6 },
      ...{
        capacityPerSecond: 8_000,
        backlogRecords: 40_000,
        lagSeconds: 5,
        foreseenLagSeconds: 24,
      },
    },
    "12,346 records/s arrive for wordcount, which processes 8,000; 40,000 wait, 5 s behind, 24 s foreseen",
  ],
  [
    "load with a vertex that is full first",
    {
      ...{ kind: "load", job: "wordcount", vertex: "count", ratePerSecond: 0.4 },
      ...{ capacityPerSecond: 1, backlogRecords: 0, lagSeconds: 0.04, foreseenLagSeconds: 7.25 },
    },
    "0 records/s arrive for wordcount (count is full first), which processes 1; 0 wait, 0 s behind, 7.3 s foreseen",
  ],
  [
    "a load foreseen from the day before",
    {
      ...{ kind: "forecast", job: "wordcount", ratePerSecond: 9_000, capacityPerSecond: 4_000 },
      ...{ agoMinutes: 1440, error: 0.064 },
    },
    "9,000 records/s are expected for wordcount as 1 d ago (off by 6 % lately), and it processes 4,000",
  ],
  [
    "less load",
    {
      ...{ kind: "less-load", job: "wordcount", ratePerSecond: 1_999.5, capacityPerSecond: 8_000 },
      ...{ slots: 5, windowSeconds: 179.6 },
    },
    "wordcount needed at most 5 slots in the last 180 s: 2,000 records/s arrive, and it could process 8,000",
  ],
  [
    "rates, where nothing else is known",
    {
      ...{ kind: "rates", job: "wordcount", producedPerSecond: 1_200, consumedPerSecond: 400 },
      backlogRecords: 6_000,
    },
    "1,200 records/s arrive for wordcount and 400 are processed; 6,000 wait",
  ],
  [
    "more of what tenants share",
    { kind: "regranted", before: 3 },
    "more than 3 TaskManagers can be had again of what tenants share",
  ],
  ["slots", { kind: "slots", total: 8, available: 1 }, "only 1 of 8 slots are free"],
  [
    "slots of others",
    { kind: "other-slots", slots: 3 },
    "jobs that are not in the plan hold 3 slots",
  ],
])("%s, as a reason", (_, reason, text) => {
  expect(printReason(reason)).toBe(text);
  expect(explain({ ...base, reasons: [reason] })).toBe(
    `${CHANGE} (window morning, 2 to 3 TaskManagers): ${text}.`,
  );
  expect(decisionSchema.parse({ ...base, reasons: [reason] }).reasons).toEqual([reason]);
});

test("a decision survives its way through stack outputs", () => {
  for (const from of [base.from, null]) {
    const stored: unknown = JSON.parse(JSON.stringify({ ...base, from }));
    expect(decisionSchema.parse(stored)).toEqual({ ...base, from });
  }
});

test.each([
  ["another field", { ...base, extra: 1 }],
  ["an unknown reason", { ...base, reasons: [{ kind: "mood" }] }],
  ["half a TaskManager", { ...base, to: { ...base.to, taskManagers: 1.5 } }],
  ["a parallelism of 0", { ...base, to: { taskManagers: 1, parallelism: { wordcount: 0 } } }],
])("a record with %s is no decision", (_, record) => {
  expect(decisionSchema.safeParse(record).success).toBe(false);
});
