import { cutsOf, summaryOf, viewOf, wantedIds, type Known } from "../../../stacks/conductor/view";
import { tenantViewSchema } from "../../../stacks/conductor/tenant-view";
import { planFor } from "../../../policies/plan";
import { observationWith } from "../../support/observation";
import { entryOf } from "./conducted";
import { MORNING, ms, tenantOf } from "./narrated";

const tenant = tenantOf();
const plan = planFor(tenant, new Date(ms("09:00:00")), { decision: MORNING });
const seenWith = (changes: object, state: "RUNNING" | "GONE" | null = "RUNNING") => ({
  atMs: 0,
  cluster: { taskManagers: [], slotsTotal: 4, slotsAvailable: 1 },
  jobs: {
    wordcount: {
      ...{ state, jobId: "1", arrived: undefined, taken: undefined },
      observation: { ...observationWith(), ...changes },
    },
  },
  ...{ liveJobs: 1, problems: [] },
});

test.each([
  ["at the present rate", { backlogRecords: 5000, consumedPerSecond: 2500 }, 2],
  ["nothing waits", { backlogRecords: 0, producedPerSecond: 0, consumedPerSecond: 0 }, 0],
  ["nothing moves", { backlogRecords: 7, producedPerSecond: 0, consumedPerSecond: 0 }, null],
  ["what waits is not known", { backlogRecords: undefined }, null],
  [
    "no rate is known",
    { ...{ producedPerSecond: undefined, consumedPerSecond: undefined }, backlogRecords: 7 },
    null,
  ],
])("lag where %s", (_, changes, lag) => {
  expect(summaryOf(tenant.jobs, seenWith(changes)).jobs[0]?.lagSeconds).toBe(lag);
});

test("where nothing was seen, nothing is known", () => {
  const nothing = { parallelism: null, producedPerSecond: null, consumedPerSecond: null };
  expect(summaryOf(tenant.jobs, undefined)).toEqual({
    ...{ taskManagers: null, slotsTotal: null, slotsAvailable: null },
    jobs: [{ job: "wordcount", state: null, ...nothing, backlogRecords: null, lagSeconds: null }],
  });
});

describe("a view", () => {
  const known: Known = {
    ...{ entry: entryOf(tenant), plan, orders: { paused: false }, seen: seenWith({}, "GONE") },
    ...{ atMs: 5, decision: MORNING, held: () => "cooldown", doing: undefined, alerts: ["x"] },
    ...{ problem: undefined, lastUpdateSeconds: undefined },
    counts: {
      ...{
        cycles: 1,
        decisions: 0,
        updates: 0,
        failedUpdates: 0,
        rescales: 0,
        heals: 0,
        skipped: 0,
      },
    },
  };

  test("says what is wanted beside what is seen", () => {
    const view = viewOf(known);
    expect(tenantViewSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      ...{ wantedTaskManagers: 2, taskManagers: 0, slotsTotal: 4, doing: "idle", problem: null },
      ...{ window: "morning", floor: 2, ceiling: 3, lastUpdateSeconds: null, alerts: ["x"] },
      jobs: [{ state: "GONE", wantedParallelism: 4, allowedLagSeconds: 10, held: "cooldown" }],
    });
    expect(view.explanation).toMatch(/^TaskManagers 1 -> 2, /);
  });

  test("before the first update nothing is decided", () => {
    expect(viewOf({ ...known, decision: undefined })).toMatchObject({
      ...{ decision: null, explanation: null, wantedTaskManagers: null },
      jobs: [{ wantedParallelism: null }],
    });
  });

  test.each([
    [undefined, false, "idle"],
    [undefined, true, "paused"],
    ["updating for 3 s", true, "updating for 3 s"],
  ])("%s, paused %s: %s", (doing, paused, told) => {
    expect(viewOf({ ...known, doing, orders: { paused } }).doing).toBe(told);
  });
});

test("what a grant cuts", () => {
  const smaller = { ...plan, taskManagers: 1 };
  const grant = { taskManagers: 1, limit: "the platform" };
  expect(cutsOf(plan, smaller, grant)).toEqual([
    { kind: "clamped", what: "TaskManagers", wanted: 2, given: 1, limit: "the platform" },
  ]);
  expect(cutsOf(plan, plan, grant)).toEqual([]);
});

test("names of the TaskManagers that are asked for", () => {
  expect(wantedIds(MORNING, (index) => `tm-${index}`)).toEqual(["tm-0", "tm-1"]);
});
