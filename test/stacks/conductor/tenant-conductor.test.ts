import { windowAt } from "../../../policies/plan";
import { CapacityBook } from "../../../stacks/conductor/capacity-book";
import { tenantViewSchema } from "../../../stacks/conductor/tenant-view";
import { Bench, FakeClock, HELD, MINUTE, SECOND } from "./conducted";
import { ms, tenantOf } from "./narrated";

const hold = (taskManagers: number, until: string) => ({
  ...{ paused: false, hold: { taskManagers, until: new Date(ms(until)).toISOString() } },
});
const sizes = (bench: Bench) => bench.decisions.map(({ to }) => to.taskManagers);

describe("idle", () => {
  test("nothing is asked of the stack but once what it says", async () => {
    const bench = new Bench();
    await bench.cycle();
    const { reads, requests } = bench.stack;
    expect([reads, requests.length]).toEqual([1, 1]);
    await bench.cycle(200);
    expect([bench.stack.reads, requests.length]).toEqual([1, 1]);
    expect(bench.cluster.observed).toBe(200);
  });

  test("after a restart the stack is read once, and nothing is updated", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.restart();
    await bench.cycle(50);
    expect([bench.stack.reads, bench.stack.requests.length]).toEqual([2, 1]);
  });

  test("while the stack can't be read nothing is done, and it is asked again", async () => {
    const bench = new Bench();
    bench.stack.readable = false;
    const view = await bench.cycle(3);
    expect(view.problem).toBe("the stack can't be read: no backend");
    expect([bench.stack.reads, bench.events]).toEqual([3, []]);
    bench.stack.readable = true;
    await bench.cycle();
    expect(bench.events).toEqual(["act", "update", "done"]);
  });

  test("the view is what its contract says", async () => {
    const bench = new Bench();
    await bench.cycle();
    const view = await bench.cycle();
    expect(tenantViewSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      ...{ tenant: "acme", stack: "dev-acme", window: "otherwise", floor: 1, ceiling: 2 },
      ...{ wantedTaskManagers: 1, taskManagers: 1, slotsTotal: 2, slotsAvailable: 0 },
      ...{ doing: "idle", paused: false, hold: null, alerts: [], problem: null },
      ...{ atMs: ms("07:00:05"), nextEdgeMs: ms("07:59:30"), lastUpdateSeconds: 6 },
      counts: { cycles: 2, decisions: 1, updates: 1, failedUpdates: 0, rescales: 0, heals: 0 },
      explanation: bench.stack.decision && expect.stringContaining("nothing ran before"),
    });
    expect(view.jobs).toMatchObject([
      { job: "wordcount", state: "RUNNING", wantedParallelism: 1, allowedLagSeconds: 10 },
    ]);
  });
});

describe("windows", () => {
  test("each edge of a day leads to one update, which begins a lead before what it raises", async () => {
    const bench = new Bench({ clock: new FakeClock(ms("06:00:00")) });
    await bench.until(ms("15:00:00"));
    const told = bench.decisions.map(({ at, window }) => [at, window]);
    expect(told).toEqual([
      ["2026-11-22T22:00:00.000Z", "otherwise"],
      // Nothing was measured yet: 30 s before eight o'clock.
      ["2026-11-22T23:59:30.000Z", "morning"],
      // An update took 6 s, so the shortest lead is enough.
      ["2026-11-23T03:29:45.000Z", "midday"],
      ["2026-11-23T06:00:00.000Z", "otherwise"],
    ]);
    expect(bench.stack.reads).toBe(1);
  });

  test("edges that were missed are one decision, to what is right now", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.clock.pass(5 * 60 * MINUTE);
    await bench.cycle(20);
    expect(bench.decisions.map(({ window }) => window)).toEqual(["otherwise", "midday"]);
  });

  test("a longer lead than was measured before is kept until its window is open", async () => {
    const bench = new Bench();
    bench.stack.seconds = 100;
    await bench.until(ms("08:00:00"));
    await bench.until(ms("11:28:00"));
    // 125 s: morning is over two minutes early, by an update that took 6 s only.
    bench.stack.seconds = 6;
    for (let i = 0; i < 12; i++) bench.conductor.updates.durations.shift();
    await bench.until(ms("11:29:00"));
    const windows = bench.decisions.map(({ window }) => window);
    expect(windows).toEqual(["otherwise", "morning", "midday"]);
    expect(bench.decisions.at(-1)?.under).toEqual({ leadMs: 125_000 });
  });
});

describe("orders", () => {
  test("a hold sets the size at once, above the window's ceiling, and ends by itself", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = hold(4, "07:30:00");
    const view = await bench.cycle();
    expect(view.hold).toEqual(bench.orders.hold);
    await bench.until(ms("07:30:20"));
    expect(sizes(bench)).toEqual([1, 4, 1]);
    expect(bench.decisions[1]).toMatchObject({ floor: 4, ceiling: 4 });
    expect(bench.decisions[1]?.reasons).toEqual([{ kind: "held", ...bench.orders.hold }]);
    expect(bench.decisions[2]).toMatchObject({ at: "2026-11-22T23:30:00.000Z" });
    expect(bench.decisions[2]?.reasons).toEqual([{ kind: "hold-ended", taskManagers: 4 }]);
  });

  test("a hold that is taken back ends with the next cycle; a hold is within the quota", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = hold(9, "12:00:00");
    await bench.cycle();
    bench.orders = { paused: false };
    await bench.cycle(5);
    expect(sizes(bench)).toEqual([1, 4, 1]);
  });

  test("a hold lasts over the edges of windows", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = hold(3, "12:00:00");
    await bench.until(ms("12:00:10"));
    expect(sizes(bench)).toEqual([1, 3, 3, 3, 3]);
    expect(bench.decisions.at(-1)?.window).toBe("midday");
  });

  test("a paused tenant is watched, but nothing is done; then it goes to what is right", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = { paused: true };
    bench.cluster.missing.add("tm-1");
    bench.cluster.states = { wordcount: "FAILED" };
    const view = await bench.until(ms("09:00:00"));
    expect([sizes(bench), bench.restarted, view.doing]).toEqual([[1], [], "paused"]);
    expect(view.taskManagers).toBe(0);
    // What ails meanwhile is told.
    expect(bench.sent).toEqual([{ alert: "job-not-running:wordcount", state: "firing" }]);
    bench.cluster.missing.clear();
    bench.cluster.states = {};
    bench.orders = { paused: false };
    await bench.cycle(10);
    expect(bench.decisions.map(({ window }) => window)).toEqual(["otherwise", "morning"]);
    expect(bench.conductor.medic.givenUp).toEqual([]);
  });

  test("orders that can't be read are a pause", async () => {
    const bench = new Bench({
      deps: { orders: () => Promise.reject(new Error("The orders are torn.")) },
    });
    const view = await bench.cycle(2);
    expect([view.paused, view.problem, bench.events]).toEqual([true, "The orders are torn.", []]);
  });

  test("a dry run decides and reports, and touches nothing", async () => {
    const bench = new Bench({ deps: { dryRun: true } });
    bench.stack.upByHand();
    bench.cluster.missing.add("tm-1");
    bench.cluster.states = { wordcount: "FAILED" };
    const view = await bench.until(ms("09:00:00"));
    expect([bench.events, bench.restarted, bench.sent, bench.cluster.cancelled]).toEqual([
      ...[[], [], [], []],
    ]);
    expect(bench.stack.requests).toEqual([]);
    expect(view.window).toBe("morning");
    expect(bench.conductor.intent?.decision.to.taskManagers).toBe(2);
  });
});

const FULL = {
  producedPerSecond: 3000,
  consumedPerSecond: 1500,
  backlogRecords: 40_000,
  busyRatio: 1,
};

describe("load", () => {
  test("raises the jobs within the window; what was advised is followed once", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.cluster.load = FULL;
    while (bench.decisions.length < 2) await bench.cycle();
    expect(bench.decisions[1]?.to.taskManagers).toBe(2);
    expect(bench.decisions[1]?.reasons[0]?.kind).toMatch(/^(load|rates)$/);
    bench.cluster.load = {};
    await bench.cycle(5);
    expect(bench.decisions).toHaveLength(2);
  });

  test("advice outlives what is in its way, and is followed as soon as that is gone", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.lock = HELD;
    bench.cluster.load = FULL;
    while (bench.journaled("skipped").length === 0) await bench.cycle();
    bench.cluster.load = { producedPerSecond: undefined };
    await bench.cycle(15);
    bench.lock = { kind: "free" };
    await bench.cycle(2);
    expect(sizes(bench)).toEqual([1, 2]);
  });

  test("advice that could not be followed for two minutes is forgotten", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.lock = HELD;
    bench.cluster.load = FULL;
    while (bench.journaled("skipped").length === 0) await bench.cycle();
    bench.cluster.load = { producedPerSecond: undefined };
    await bench.cycle(25);
    bench.lock = { kind: "free" };
    await bench.cycle(5);
    expect(sizes(bench)).toEqual([1]);
  });

  test("what is not measured lowers nothing, and is told after two minutes", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.cluster.load = FULL;
    while (bench.decisions.length < 2) await bench.cycle();
    bench.cluster.load = { consumedPerSecond: undefined };
    const view = await bench.cycle(300);
    expect(sizes(bench)).toEqual([1, 2]);
    expect(bench.sent).toEqual([{ alert: "metrics-missing:wordcount", state: "firing" }]);
    expect(view.jobs[0]).toMatchObject({ consumedPerSecond: null, lagSeconds: 0 });
    expect(view.jobs[0]?.held).toMatch(/consumedPerSecond|missing/);
  });

  test("the load of before this process is asked for once, and again where a job's settings changed", async () => {
    const asked: string[] = [];
    const bench = new Bench({
      deps: { history: async (job) => (asked.push(job), [{ atMs: 0, rate: 1 }]) },
    });
    bench.stack.ends = [{ error: "no" }];
    await bench.cycle(10);
    expect(asked).toEqual(["wordcount"]);
    bench.adopt(tenantOf({ otherwise: { floor: 2, ceiling: 2 } }));
    await bench.cycle();
    expect(asked).toEqual(["wordcount"]);
    bench.adopt(tenantOf({ scaling: { headroom: 0.2 } }));
    await bench.cycle();
    expect(asked).toEqual(["wordcount", "wordcount"]);
  });
});

describe("a cluster that is ill", () => {
  test("a TaskManager that is not registered is restarted, without an update", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.cluster.missing.add("tm-1");
    await bench.cycle(6);
    expect(bench.restarted).toEqual(["tm-1"]);
    expect(bench.journaled("restarted")).toHaveLength(1);
    expect(bench.stack.requests).toHaveLength(1);
  });

  test("also while an update is waited for that fails again and again", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = hold(2, "12:00:00");
    bench.stack.ends = Array.from({ length: 9 }, () => ({ error: "no slots" }));
    await bench.cycle(2);
    bench.cluster.missing.add("tm-1");
    await bench.cycle(30);
    expect(bench.restarted).toContain("tm-1");
  });

  test("a job that is gone is brought back by an update of the decision that stands", async () => {
    const bench = new Bench();
    await bench.cycle();
    const before = bench.stack.decision;
    bench.cluster.states = { wordcount: "GONE" };
    while (bench.stack.requests.length < 2) await bench.cycle();
    const act = bench.journaled("act").at(-1);
    expect(act).toMatchObject({ cause: "heal", decision: before });
    expect(act?.found).toMatch(/^Flink has had no job wordcount for /);
    expect(act?.observation.jobs[0]?.state).toBe("GONE");
    // Read again first: somebody else might have brought it back.
    expect(bench.stack.reads).toBe(2);
    bench.cluster.states = {};
    const view = await bench.cycle(50);
    expect(view.counts).toMatchObject({ heals: 1, rescales: 0, updates: 2 });
  });

  test("is left alone where somebody has updated the stack meanwhile", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.cluster.states = { wordcount: "GONE" };
    await bench.cycle();
    bench.stack.upByHand();
    bench.cluster.watcher = () => {
      throw new Error("the same addresses need no other watcher");
    };
    while (bench.stack.reads < 2) await bench.cycle();
    expect(bench.stack.requests).toHaveLength(1);
    bench.cluster.states = {};
    await bench.cycle(20);
    expect(bench.stack.requests).toHaveLength(1);
  });

  test("a JobManager that does not answer is told after a minute, and an update looks at the real world", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.cluster.silent = true;
    const view = await bench.cycle(14);
    expect(view.problem).toBe("Flink does not answer");
    expect(view).toMatchObject({ taskManagers: null, slotsTotal: null });
    expect(bench.journaled("act").at(-1)?.found).toBe("the JobManager has not answered for 60 s");
    expect(bench.stack.requests.at(-1)?.afterCrash).toBe(true);
    expect(bench.sent).toEqual([{ alert: "cluster-unreachable", state: "firing" }]);
    // Not again at once.
    await bench.cycle(40);
    expect(bench.stack.requests).toHaveLength(2);
    await bench.cycle(30);
    expect(bench.stack.requests).toHaveLength(3);
    expect(bench.journaled("act").at(-1)?.found).toMatch(/not answered for 36\d s/);
  });

  test("what an update stops is no fault", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = hold(2, "12:00:00");
    bench.stack.hang();
    bench.cluster.states = { wordcount: "RESTARTING" };
    await bench.cycle(100);
    expect([bench.sent, bench.restarted, bench.stack.requests.length]).toEqual([[], [], 2]);
  });
});

describe("capacity that tenants share", () => {
  /** Two tenants on so many slots, their wishes one after the other. */
  const two = (slots: number) => {
    const clock = new FakeClock();
    const capacity = new CapacityBook(slots);
    const at = (name: string) => new Bench({ tenant: tenantOf({ name }), clock, capacity });
    const [a, b] = [at("acme"), at("globex")];
    capacity.keepOnly(new Set(["acme", "globex"]));
    return { a, b, clock, capacity };
  };
  /** One round of both. */
  const round = async (a: Bench, b: Bench) => {
    await a.conductor.cycle(a.entry);
    await b.conductor.cycle(b.entry);
    for (const one of [a, b]) await one.conductor.updates.running?.work;
    a.clock.pass(5 * SECOND);
  };

  test("nobody grows before all have said what they hold", async () => {
    const { a, b } = two(4);
    b.stack.upByHand();
    await a.conductor.cycle(a.entry);
    expect(a.stack.requests).toEqual([]);
    await b.conductor.cycle(b.entry);
    await a.conductor.cycle(a.entry);
    expect(a.stack.requests).toHaveLength(1);
  });

  test("is never given twice within a round, and a cut is named, told, and undone once there is more", async () => {
    const { a, b } = two(6);
    await round(a, b);
    await round(a, b);
    a.orders = hold(2, "12:00:00");
    b.orders = hold(2, "12:00:00");
    await round(a, b);
    await round(a, b);
    expect([a.stack.decision, b.stack.decision].map((d) => d?.to.taskManagers)).toEqual([2, 1]);
    expect(b.conductor.cuts).toMatchObject([
      { kind: "clamped", what: "TaskManagers", wanted: 2, given: 1 },
    ]);
    for (let i = 0; i < 16 * 12; i++) await round(a, b);
    expect(b.sent).toEqual([{ alert: "capped", state: "firing" }]);
    expect(b.journaled("alert")[0]?.sentence).toMatch(
      /TaskManagers limited from 2 to 1 by the platform's 6 slots, of which acme holds 4/,
    );
    expect(b.conductor.cuts).toHaveLength(1);
    a.orders = { paused: false };
    for (let i = 0; i < 10; i++) await round(a, b);
    expect([a.stack.decision, b.stack.decision].map((d) => d?.to.taskManagers)).toEqual([1, 2]);
    expect(b.sent.at(-1)).toEqual({ alert: "capped", state: "resolved" });
  });

  test("what is given up is free once the update has ended, not before", async () => {
    const { a, b } = two(6);
    a.orders = hold(2, "12:00:00");
    for (let i = 0; i < 3; i++) await round(a, b);
    b.orders = hold(2, "12:00:00");
    a.orders = { paused: false };
    a.stack.hang();
    await a.conductor.cycle(a.entry);
    await b.conductor.cycle(b.entry);
    expect([sizes(a), sizes(b)]).toEqual([
      [2, 1],
      [1, 1],
    ]);
    a.stack.finish();
    await a.conductor.updates.running?.work;
    await round(a, b);
    expect(sizes(b)).toEqual([1, 1, 2]);
  });
});

test("another conductor that acted in between: its decision is read before anything is done", async () => {
  const bench = new Bench();
  await bench.cycle();
  const other = bench.conductor;
  bench.restart();
  bench.orders = hold(2, "12:00:00");
  bench.lease.fence = 9;
  await bench.cycle();
  bench.conductor = other;
  bench.lease.fence = 11;
  other.lookAgain();
  await bench.cycle(10);
  expect(sizes(bench)).toEqual([1, 2]);
});

test("a file that changes is adopted with the next cycle", async () => {
  const bench = new Bench();
  await bench.cycle();
  const tenant = tenantOf({ otherwise: { floor: 2, ceiling: 3 } });
  bench.adopt(tenant);
  const view = await bench.cycle();
  expect([view.floor, view.ceiling]).toEqual([2, 3]);
  expect(sizes(bench)).toEqual([1, 2]);
  expect(bench.decisions[1]?.reasons).toEqual([{ kind: "config-changed", window: "otherwise" }]);
  expect(windowAt(tenant, bench.clock.now()).bounds.floor).toBe(2);
});

test("alerts that fired before a restart are resolved by the conductor after it", async () => {
  const sentence = "2 updates in a row failed.";
  const bench = new Bench({ deps: { firing: [{ alert: "update-failed", sentence }] } });
  await bench.cycle(1);
  const view = await bench.cycle(1);
  expect(view.alerts).toEqual([sentence]);
  await bench.cycle(20);
  expect(bench.sent).toEqual([{ alert: "update-failed", state: "resolved" }]);
});
