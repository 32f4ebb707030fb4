import { Bench, hold } from "./conducted";
import { tenantOf } from "./narrated";

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

  test("TaskManagers that the decision does not know: the stack is read again, at most once a minute", async () => {
    const bench = new Bench();
    await bench.cycle(20);
    const tenant = tenantOf({ otherwise: { floor: 3, ceiling: 3 } });
    bench.stack.upByHand(tenant);
    await bench.cycle();
    expect([bench.stack.reads, bench.decisions.length]).toEqual([2, 2]);
    expect(bench.decisions[1]?.to.taskManagers).toBe(1);
    // One that stays registered although it has left.
    bench.cluster.others.push("tm-9");
    await bench.cycle(36);
    expect([bench.stack.reads, bench.decisions.length]).toEqual([5, 2]);
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
