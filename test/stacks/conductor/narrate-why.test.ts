import type { Tenant } from "../../../policies/tenant";
import type { Entry } from "../../../stacks/conductor/journal-entry";
import { why } from "../../../stacks/conductor/narrate/why";
import type { Orders } from "../../../stacks/conductor/orders";
import type { TenantView } from "../../../stacks/conductor/tenant-view";
import { act, at, done, jobOf, MORNING, MORNING_TEXT, ms, tenantOf, viewOf } from "./narrated";

const morning: Entry[] = [act("a", "07:59:30"), done("a", "07:59:39")];
const acme = tenantOf();

interface Case {
  view?: TenantView;
  entries?: Entry[];
  orders?: Orders;
  now?: string;
  tenant?: Tenant;
}
const lines = ({
  entries = morning,
  orders = { paused: false },
  now = "10:00:02",
  ...rest
}: Case) =>
  why(rest.view, entries, orders, new Date(at(now)), "tenant" in rest ? rest.tenant : acme).split(
    "\n",
  );

const HAS = "acme has 2 TaskManagers with 4 of 4 slots in use, since 07:59:39 (2 h ago).";
const BECAUSE = `Because: ${MORNING_TEXT}.`;
const ALLOWS = "Window morning allows 2 to 3 TaskManagers.";
const RUNS =
  "wordcount is RUNNING at parallelism 4; 1,420 records/s arrive, 1,418 are processed, 4,130 wait, 2.9 s behind (10 s allowed).";
const NEXT =
  "Window midday opens at 11:30 (in 1 h 30 m): 3 to 4 TaskManagers; capacity for it is prepared from 11:29:30 on.";

test("all is well", () => {
  expect(lines({ view: viewOf() })).toEqual([HAS, BECAUSE, ALLOWS, RUNS, NEXT]);
});

test("everything that keeps it back", () => {
  const view = viewOf({
    jobs: [jobOf({ held: "the last decision is too recent, 40 s to go" })],
    paused: true,
    hold: { taskManagers: 3, until: at("18:00:00") },
    alerts: ["the quota caps acme for 12 minutes"],
    problem: "Flink does not answer.",
  });
  const orders = { paused: true, hold: { taskManagers: 3, until: at("18:00:00") } };
  expect(lines({ view, orders })).toEqual([
    HAS,
    BECAUSE,
    "While it is held, it has 2 to 3 TaskManagers.",
    RUNS,
    "wordcount stays as it is: the last decision is too recent, 40 s to go.",
    "It is paused: nothing is changed until somebody resumes it.",
    "It is to be held at 3 TaskManagers until 2026-11-23 18:00 (in 8 h).",
    "Problem: Flink does not answer.",
    "Alert: the quota caps acme for 12 minutes.",
    NEXT,
  ]);
});

test("what runs is not what is wanted, and little is measured", () => {
  const gone = jobOf({ state: "GONE", parallelism: null });
  const unseen = {
    ...jobOf({ job: "joins", state: null, producedPerSecond: null, consumedPerSecond: null }),
    ...{ parallelism: null, backlogRecords: null, lagSeconds: null, wantedParallelism: null },
  };
  const half = jobOf({
    job: "sums",
    consumedPerSecond: null,
    lagSeconds: null,
    wantedParallelism: 6,
  });
  const view = viewOf({ taskManagers: 1, slotsTotal: null, jobs: [gone, unseen, half] });
  expect(lines({ view }).slice(0, -1)).toEqual([
    "acme has 1 TaskManager, 2 wanted, since 07:59:39 (2 h ago).",
    BECAUSE,
    ALLOWS,
    "wordcount is gone: Flink has no such job, 4 wanted; 1,420 records/s arrive, 1,418 are processed, 4,130 wait, 2.9 s behind (10 s allowed).",
    "Flink does not say what joins does; its rates are not measured, its lag is not known (10 s allowed).",
    "sums is RUNNING at parallelism 4, 6 wanted; 1,420 records/s arrive, an unknown number are processed, 4,130 wait, its lag is not known (10 s allowed).",
  ]);
});

test("nothing is known of the cluster, and nothing was decided", () => {
  const unknown = { taskManagers: null, wantedTaskManagers: null, slotsTotal: null };
  const view = viewOf({
    ...unknown,
    decision: null,
    explanation: null,
    jobs: [],
    window: "otherwise",
  });
  expect(lines({ view, entries: [] })).toEqual([
    "acme has a number of TaskManagers that is not known.",
    "Outside the windows it has 2 to 3 TaskManagers.",
    NEXT,
  ]);
});

test("a decision whose update has not ended well, under way", () => {
  const view = viewOf({ doing: "updating for 5 s", explanation: null });
  const entries = [
    act("a", "09:59:57"),
    done("b", "09:59:58"),
    done("a", "09:59:58", { ok: false }),
  ];
  const decided =
    "acme has 2 TaskManagers with 4 of 4 slots in use, as decided at 07:59:30 (2 h 1 m ago).";
  expect(lines({ view, entries, now: "10:00:10" }).slice(0, 2)).toEqual([decided, BECAUSE]);
  expect(lines({ view, entries }).at(-2)).toBe("Now: updating for 5 s.");
});

test("what was healed since", () => {
  const heal = { cause: "heal", found: "TaskManager 2 is missing" } as const;
  const once = [...morning, act("b", "09:00:00", heal), done("b", "09:00:07")];
  const told = "then, last at 2026-11-23 09:00: TaskManager 2 is missing.";
  expect(lines({ view: viewOf(), entries: once })[2]).toBe(`Healed once since ${told}`);
  const early = act("0", "07:00:00", heal);
  const twice = [early, ...morning, act("c", "08:30:00", heal), ...once.slice(2)];
  expect(lines({ view: viewOf(), entries: twice })[2]).toBe(`Healed 2 times since ${told}`);
});

const died =
  "The update of 2026-11-23 09:57:31 has no result: its conductor died; the next one goes on from what it finds.";

test("the conductor died at an update, and its status is old", () => {
  const entries = [...morning, act("b", "09:57:31")];
  const view = viewOf({ doing: "updating for 5 s" });
  const told = lines({ view, entries, now: "10:05:03" });
  expect(told[0]).toBe("What is told here is 5 m 3 s old: the conductor does not run, or hangs.");
  expect(told.at(-2)).toBe(died);
  const inTime = lines({ view, entries, now: "10:00:30" });
  expect(inTime[0]).toBe(HAS.replace("2 h ago", "2 h 1 m ago"));
});

test("an update without a result is past once another one began after it", () => {
  const entries = [act("0", "07:00:00"), ...morning];
  expect(lines({ view: viewOf(), entries })).toEqual([HAS, BECAUSE, ALLOWS, RUNS, NEXT]);
});

test("without a view, the journal and the windows", () => {
  expect(lines({ entries: [] })).toEqual([
    "No conductor tells of it now.",
    "Its journal has no decision.",
    NEXT,
  ]);
  expect(lines({ orders: { paused: true } })).toEqual([
    "No conductor tells of it now.",
    `The last decision, of 2026-11-23 07:59:30: ${MORNING_TEXT}.`,
    "It is paused: nothing is changed until somebody resumes it.",
    NEXT,
  ]);
});

test.each([
  [
    "07:00:00",
    "Window morning opens at 08:00 (in 1 h): 2 to 3 TaskManagers; capacity for it is prepared from 07:59:30 on.",
  ],
  [
    "07:59:30",
    "Window morning opens at 08:00 (in 30 s): 2 to 3 TaskManagers; capacity for it is being prepared.",
  ],
  ["13:00:00", "Window midday closes at 14:00 (in 1 h): 1 to 2 TaskManagers."],
  [
    "20:00:00",
    "Window morning opens at 2026-11-24 08:00 (in 12 h): 2 to 3 TaskManagers; capacity for it is prepared from 2026-11-24 07:59:30 on.",
  ],
])("the next edge at %s", (now, told) => expect(lines({ entries: [], now }).at(-1)).toBe(told));

test("the lead is what was measured, as the decision has it, or what the tenant's file says", () => {
  const measured = viewOf({ decision: { ...MORNING, under: { leadMs: 45_000 } } });
  expect(lines({ view: measured }).at(-1)).toMatch(/ from 11:29:15 on\.$/);
  expect(lines({ view: measured, tenant: tenantOf({ lead: "5m" }) }).at(-1)).toMatch(
    / from 11:25 on\.$/,
  );
});

test("a tenant without windows, and none at all", () => {
  const tenant = tenantOf({ windows: [] });
  expect(lines({ entries: [], tenant }).at(-1)).toBe("The clock brings no change.");
  const view = viewOf({ nextEdgeMs: ms("11:29:30") });
  expect(lines({ view, tenant: undefined }).at(-1)).toMatch(
    /^The clock changes it next at (2026-11-2\d )?\d\d:\d\d:30 \(in 1 h 29 m\)\.$/,
  );
  const last = lines({ view: viewOf({ nextEdgeMs: null }), tenant: undefined }).at(-1);
  expect(last).toBe(RUNS);
});
