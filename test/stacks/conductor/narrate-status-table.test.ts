import { statusTable } from "../../../stacks/conductor/narrate/status-table";
import { at, jobOf, ms, statusOf, viewOf } from "./narrated";

const table = (view = statusOf(), now = "10:00:02", color = false) =>
  statusTable(view, new Date(at(now)), color);

const busy = viewOf({
  tenant: "globex",
  window: "otherwise",
  ...{ floor: 1, ceiling: 2, taskManagers: 1, wantedTaskManagers: 2, slotsTotal: null },
  nextEdgeMs: null,
  jobs: [
    jobOf({ wantedParallelism: 6, lagSeconds: 12.34 }),
    jobOf({ job: "joins", state: "FAILED", lagSeconds: null }),
    jobOf({ job: "sums", state: null, parallelism: null }),
  ],
  doing: "updating for 5 s: TaskManagers 1 -> 2, wordcount parallelism 4 -> 6",
  problem: "Flink does not answer",
  alerts: ["The job joins failed twice."],
});
const still = viewOf({
  ...{ tenant: "initech", taskManagers: null, wantedTaskManagers: null, jobs: [] },
  ...{ doing: "paused", paused: true, hold: { taskManagers: 3, until: at("18:00:00") } },
  nextEdgeMs: ms("10:00:01"),
});

test("the table, character by character", () => {
  expect(table(statusOf({ tenants: [viewOf(), busy, still] }))).toBe(
    `
The conductor of dev, process 4711 on h1, leads (fence 3); 2 s old, a cycle took 0.2 s.

┌─────────┬───────────┬──────────────┬───────┬────────────────────┬───────────────┬──────────────────────────────────────┬─────────────┐
│ tenant  │ window    │ TaskManagers │ slots │ parallelism        │ lag           │ doing                                │ next edge   │
├─────────┼───────────┼──────────────┼───────┼────────────────────┼───────────────┼──────────────────────────────────────┼─────────────┤
│ acme    │ morning   │ 2/2 (2..3)   │ 4/4   │ wordcount 4        │ 2.9 s of 10 s │ idle                                 │ in 1 h 29 m │
│ globex  │ otherwise │ 1/2 (1..2)   │ –     │ wordcount 4 → 6    │ 12 s of 10 s  │ updating for 5 s: TaskManagers 1 ->  │ –           │
│         │           │              │       │ joins 4 FAILED     │ –             │ 2, wordcount parallelism 4 -> 6      │             │
│         │           │              │       │ sums – → 4 unknown │ 2.9 s of 10 s │                                      │             │
│ initech │ morning   │ –/– (2..3)   │ 4/4   │ –                  │ –             │ paused, held at 3                    │ now         │
└─────────┴───────────┴──────────────┴───────┴────────────────────┴───────────────┴──────────────────────────────────────┴─────────────┘

!! globex: Flink does not answer.
!! globex: The job joins failed twice.`.trimStart(),
  );
});

test("a status of more than 30 s is said to be old; one of 30 s is not", () => {
  expect(table(statusOf(), "10:00:30").split("\n")[0]).toBe(
    "The conductor of dev, process 4711 on h1, leads (fence 3); 30 s old, a cycle took 0.2 s.",
  );
  expect(table(statusOf(), "10:00:31").split("\n")[0]).toBe(
    "!! This is 31 s old: the conductor does not run, or hangs (process 4711 on h1). To start one: npm run conductor -- --env dev",
  );
});

test("a standby says so, and so does an environment without tenants", () => {
  expect(table(statusOf({ leading: false, tenants: [] }), "09:59:59")).toBe(
    "The conductor of dev, process 4711 on h1, stands by for another one; 0 s old, a cycle took 0.2 s.\n\nIt has no tenants.",
  );
});

test("colours come only when asked for, and mark what is wrong", () => {
  const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
  const status = statusOf({ tenants: [busy] });
  expect(table(status)).not.toContain("\u001b");
  const colored = table(status, "10:00:02", true);
  for (const text of ["12 s of 10 s", "FAILED", "unknown", "!!"]) {
    expect(colored).toContain(red(text));
  }
  expect(table(statusOf(), "10:00:02", true)).not.toContain("\u001b[31m");
});
