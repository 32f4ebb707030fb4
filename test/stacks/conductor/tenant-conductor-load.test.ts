import { Bench, HELD, sizes } from "./conducted";
import { tenantOf } from "./narrated";

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
