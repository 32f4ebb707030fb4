import { Gate } from "../../../stacks/conductor/gate";
import { Bench, HELD, hold, MINUTE, SECOND, STALE } from "./conducted";
import { ms } from "./narrated";

test("an update is journaled before it begins and once it has ended, under one id, with the lease's token", async () => {
  const bench = new Bench();
  await bench.cycle();
  expect(bench.events).toEqual(["act", "update", "done"]);
  const [[act], [done], [request]] = [
    bench.journaled("act"),
    bench.journaled("done"),
    bench.stack.requests,
  ];
  expect(act).toMatchObject({ cause: "decision", fence: 7, decision: request?.handed.decision });
  expect(done).toMatchObject({ id: act?.id, ok: true, seconds: 6, changes: { update: 1 } });
  expect(request).toMatchObject({ stack: "dev-acme", tenant: "acme", afterCrash: false });
  expect(request?.text).toBe("config: {}\n");
  expect(request?.handed.fence).toBe(7);
  expect(bench.stack.fence).toBe(7);
  expect(bench.seconds).toEqual([6]);
});

describe("without the lease nothing is done", () => {
  test("where it is not held", async () => {
    const bench = new Bench();
    bench.lease.isHeld = false;
    const view = await bench.cycle();
    expect(bench.events).toEqual([]);
    expect(view.problem).toBe("not updated: the lease is not held");
  });

  test("where it is lost while the lock is looked at, not even a stale lock is broken", async () => {
    for (const lock of [{ kind: "free" as const }, STALE, HELD]) {
      const bench = new Bench();
      bench.lock = lock;
      bench.onLook = () => (bench.lease.isHeld = false);
      await bench.cycle();
      expect(bench.events).toEqual([]);
      expect(bench.lock).toBe(lock);
    }
  });

  test.each([
    ["lost", { isHeld: false, fence: 7 }],
    ["lost and taken anew", { isHeld: true, fence: 9 }],
  ])("where it is %s while the update waits for its turn", async (_, lease) => {
    const gate = new Gate(1);
    const bench = new Bench({ gate });
    let open = () => undefined as void;
    void gate.through(() => new Promise<void>((resolve) => (open = resolve)));
    const cycled = bench.conductor.cycle(bench.entry);
    await cycled;
    expect(bench.events).toEqual(["act"]);
    bench.lease = lease;
    open();
    await bench.conductor.updates.running?.work;
    expect(bench.events).toEqual(["act", "done"]);
    expect(bench.journaled("done")[0]).toMatchObject({
      ...{ ok: false, errors: ["the lease was lost before the update began"] },
    });
    const { counts, failures } = bench.conductor.updates;
    expect([counts.updates, counts.failedUpdates, failures]).toEqual([0, 0, 0]);
  });
});

test("an update under an older token than another conductor's is refused, and what that one left is read", async () => {
  const bench = new Bench();
  await bench.cycle();
  bench.stack.actElsewhere(9);
  bench.orders = hold(2, "12:00:00");
  await bench.cycle();
  expect(bench.journaled("done")[1]?.errors[0]).toMatch(
    /^This decision was taken under lease 7, but a conductor with lease 9 has acted since\./,
  );
  expect([bench.stack.decision?.to.taskManagers, bench.stack.fence]).toEqual([1, 9]);
  bench.lease.fence = 11;
  await bench.cycle(3);
  expect([bench.stack.decision?.to.taskManagers, bench.stack.fence]).toEqual([2, 11]);
  expect(bench.stack.reads).toBe(2);
});

test("one update at a time, however long it takes", async () => {
  const bench = new Bench();
  bench.stack.hang();
  await bench.cycle();
  await bench.until(ms("08:00:10"));
  expect(bench.stack.requests).toHaveLength(1);
  const view = await bench.cycle();
  expect(view.doing).toMatch(/^updating for 3610 s: TaskManagers 1, /);
  bench.stack.finish();
  await bench.conductor.updates.running?.work;
  await bench.until(ms("11:30:00"));
  expect(bench.stack.requests).toHaveLength(2);
  expect(bench.stack.mostAtOnce).toBe(1);
  expect(bench.stack.decision?.window).toBe("midday");
});

describe("a lock that somebody holds", () => {
  test("is noted once for each reason in a row, and looked at again with each cycle", async () => {
    const bench = new Bench();
    let looks = 0;
    bench.onLook = () => (looks += 1);
    bench.lock = HELD;
    const view = await bench.cycle(3);
    expect(view.problem).toBe(`not updated: ${HELD.sentence}`);
    bench.lock = { ...HELD, sentence: "The stack is locked by process 12 on h." };
    await bench.cycle(2);
    bench.lock = HELD;
    await bench.cycle();
    expect(looks).toBe(6);
    expect(bench.events).toEqual(["skipped", "skipped", "skipped"]);
    expect(bench.journaled("skipped").map(({ reason }) => reason)).toEqual([
      "The stack is locked by process 9 on h.",
      "The stack is locked by process 12 on h.",
      "The stack is locked by process 9 on h.",
    ]);
    expect(bench.conductor.updates.counts).toMatchObject({ skipped: 6, updates: 0 });
  });

  test("once it is free, what the other update left is read before anything is done", async () => {
    const bench = new Bench();
    bench.lock = HELD;
    await bench.cycle(2);
    expect(bench.stack.reads).toBe(1);
    bench.stack.upByHand();
    bench.lock = { kind: "free" };
    const view = await bench.cycle();
    expect(view.problem).toContain("what it left is looked at first");
    await bench.cycle(3);
    // What was brought up by hand is what should run.
    expect([bench.stack.reads, bench.stack.requests.length]).toEqual([2, 0]);
  });

  test("a stale one is broken, said, and the update after it clears up", async () => {
    const bench = new Bench();
    bench.lock = STALE;
    await bench.cycle();
    expect(bench.events).toEqual(["lock-broken"]);
    expect(bench.entries[0]).toMatchObject({ host: "h", pid: 9, proof: "Process 9 is gone." });
    expect(bench.lock.kind).toBe("free");
    await bench.cycle();
    expect(bench.events).toEqual(["lock-broken", "act", "update", "done"]);
    expect(bench.stack.reads).toBe(2);
    expect(bench.stack.requests.map(({ afterCrash }) => afterCrash)).toEqual([true]);
  });

  test("where pulumi itself finds the lock, it is no failure, and tried again after 10 s", async () => {
    const bench = new Bench();
    bench.stack.ends = ["locked"];
    await bench.cycle();
    const { counts, failures, lastError } = bench.conductor.updates;
    expect([counts.skipped, counts.updates, failures, lastError]).toEqual([1, 0, 0, undefined]);
    await bench.cycle();
    expect(bench.stack.requests).toHaveLength(1);
    await bench.cycle();
    expect(bench.stack.requests).toHaveLength(2);
  });
});

describe("an update that fails", () => {
  test("is tried again after 10, 20, 40 ... at most 300 s", async () => {
    const bench = new Bench();
    bench.stack.ends = Array.from({ length: 9 }, () => ({ error: "no" }));
    const at: number[] = [];
    for (let cycles = 0; at.length < 9; cycles++) {
      const before = bench.stack.requests.length;
      const began = bench.clock.monotonic();
      await bench.cycle();
      if (bench.stack.requests.length > before) at.push(began);
    }
    const pauses = at.slice(1).map((ms, i) => (ms - (at[i] ?? 0)) / SECOND);
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
    const view = await bench.cycle();
    expect(view.problem).toBe("not updated: tried again in 295 s");
    expect(view.counts).toMatchObject({ updates: 9, failedUpdates: 9 });
  });

  test("twice in a row raises an alert, and one that ends well resolves it", async () => {
    const bench = new Bench();
    bench.stack.ends = [{ error: "no slots" }, { error: "no slots left" }];
    await bench.cycle(3);
    expect(bench.sent).toEqual([]);
    await bench.cycle(1);
    expect(bench.sent).toEqual([{ alert: "update-failed", state: "firing" }]);
    expect(bench.journaled("alert")[0]?.sentence).toBe(
      "2 updates in a row failed; the last said: no slots left.",
    );
    await bench.cycle(20);
    expect(bench.sent.at(-1)).toEqual({ alert: "update-failed", state: "resolved" });
    expect(bench.conductor.updates).toMatchObject({ failures: 0, lastError: undefined });
  });

  test.each([
    ["was killed", "killed", true],
    ["found a container", { error: 'name "/x" is already in use by container "1"' }, true],
    ["died before", { error: "the stack has 1 pending operations" }, true],
    ["failed otherwise", { error: "no slots" }, false],
    ["could not be made", "throws", false],
  ] as const)("%s: the next one clears up: %s", async (_, end, clears) => {
    const bench = new Bench();
    bench.stack.ends = [end, { error: "no" }];
    await bench.cycle(10);
    const { requests } = bench.stack;
    expect(requests.map(({ afterCrash }) => afterCrash)).toEqual([false, clears, clears]);
    expect(bench.conductor.updates.failures).toBe(0);
    await bench.until(ms("08:00:00"));
    expect(requests.at(-1)).toMatchObject({ afterCrash: false });
    expect(requests).toHaveLength(4);
  });

  test("is brought to an end even where the plan has gone back to what the stack says", async () => {
    const bench = new Bench();
    await bench.cycle();
    bench.orders = { paused: false, hold: { taskManagers: 4, until: "2026-11-23T00:00:00.000Z" } };
    bench.stack.ends = ["killed"];
    await bench.cycle();
    bench.orders = { paused: false };
    expect(bench.stack.decision?.to.taskManagers).toBe(1);
    await bench.cycle(3);
    expect(bench.decisions.map(({ to }) => to.taskManagers)).toEqual([1, 4, 1]);
    expect(bench.journaled("act").at(-1)).toMatchObject({
      ...{ cause: "heal", found: "the last update failed" },
    });
    expect(bench.stack.requests.at(-1)?.afterCrash).toBe(true);
    await bench.cycle(20);
    expect(bench.stack.requests).toHaveLength(3);
  });

  test("makes nothing of its error where the end can't be noted, and the next one goes on", async () => {
    let broken = false;
    const bench = new Bench();
    const { append } = bench["deps"].journal;
    bench["deps"].journal.append = async (entry) => {
      if (broken && entry.kind === "done") throw new Error("disk full");
      return append(entry);
    };
    bench.restart();
    broken = true;
    await bench.cycle();
    expect(bench.conductor.updates.running).toBeUndefined();
    const view = await bench.cycle();
    expect(view.problem).toBe("the end of the update can't be noted: disk full");
    // What it left is read anew.
    expect(bench.stack.reads).toBe(2);
    expect(bench.stack.requests).toHaveLength(1);
  });

  test("does not begin where it can't be journaled", async () => {
    const bench = new Bench({
      deps: { journal: { append: async () => Promise.reject(new Error("disk full")) } },
    });
    const view = await bench.cycle();
    expect(view.problem).toBe("not updated: disk full");
    expect(bench.stack.requests).toEqual([]);
  });
});

test("an update whose conductor died is followed by one that clears up, once", async () => {
  const bench = new Bench();
  await bench.cycle();
  bench.restart(true);
  await bench.cycle(10);
  expect(bench.stack.requests.map(({ afterCrash }) => afterCrash)).toEqual([false, true]);
  expect(bench.journaled("act")[1]?.found).toBe("an update did not come to its end");
});

test("a stack that settles on another decision is journaled with it", async () => {
  const bench = new Bench();
  await bench.until(ms("07:59:30"));
  bench.stack.hang();
  await bench.cycle();
  // The update takes until the next window: its own plan goes on from what it is handed.
  bench.clock.pass(4 * 60 * MINUTE);
  bench.stack.finish();
  await bench.conductor.updates.running?.work;
  expect(bench.stack.decision?.window).toBe("midday");
  expect(bench.journaled("done").at(-1)?.settledOn?.window).toBe("midday");
  expect(bench.journaled("done")[0]?.settledOn).toBeUndefined();
});

test("only updates that change capacity are rescales, and tell how long one takes", async () => {
  const bench = new Bench();
  await bench.cycle();
  const { updates } = bench.conductor;
  expect([updates.counts.rescales, updates.durations]).toEqual([0, []]);
  bench.stack.seconds = 8;
  bench.orders = { paused: false, hold: { taskManagers: 1, until: "2026-11-23T12:00:00.000Z" } };
  await bench.cycle();
  expect([updates.counts.rescales, updates.durations]).toEqual([0, []]);
  for (const taskManagers of [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) {
    bench.orders = { paused: false, hold: { taskManagers, until: "2026-11-23T12:00:00.000Z" } };
    bench.stack.seconds += 1;
    await bench.cycle();
  }
  expect(updates.counts.rescales).toBe(11);
  expect(updates.durations).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});
