import { windowAt } from "../../../policies/plan";
import { tenantViewSchema } from "../../../stacks/conductor/tenant-view";
import { Bench, FakeClock, hold, MINUTE, sizes } from "./conducted";
import { ms, tenantOf } from "./narrated";

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
      ["2026-11-23T03:29:30.000Z", "midday"],
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

  test("a hold lasts over the edges of windows, which need no update under it", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = hold(3, "12:00:00");
    await bench.until(ms("12:00:10"));
    expect(sizes(bench)).toEqual([1, 3, 3]);
    expect(bench.decisions.at(-1)).toMatchObject({ window: "midday", under: {} });
    const sentences = bench.journaled("conductor").map(({ sentence }) => sentence);
    expect(sentences).toEqual([
      expect.stringMatching(/^No update is needed: TaskManagers 3, .*window morning opened/),
      expect.stringMatching(/^No update is needed: TaskManagers 3, .*window midday opened/),
    ]);
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

  test("what was done by hand during a pause is read when it ends", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = { paused: true };
    await bench.until(ms("09:00:00"));
    bench.stack.upByHand();
    await bench.until(ms("15:00:00"));
    expect([bench.stack.decision?.window, bench.stack.reads]).toEqual(["morning", 2]);
    bench.orders = { paused: false };
    await bench.cycle(2);
    expect([bench.stack.decision?.window, bench.stack.reads]).toEqual(["otherwise", 3]);
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
