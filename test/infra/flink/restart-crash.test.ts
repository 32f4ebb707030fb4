import * as fc from "fast-check";
import { RESTART_STEPS, type RestartStep } from "../../../infra/flink/restart-run";
import { RestartBench } from "../../support/restart-bench";

class Crash extends Error {}

const crashAt = (step: RestartStep | undefined) => (reached: RestartStep) => {
  if (reached === step) throw new Crash(reached);
};

let bench: RestartBench;
beforeEach(async () => {
  bench = await RestartBench.start();
});
afterEach(() => bench.close());

/** A job that has counted, then a rescale to 4 that dies at the step. */
async function rescaleThatDies(step: RestartStep): Promise<void> {
  await bench.converge();
  bench.cluster.checkpoint();
  bench.want({ parallelism: 4 });
  await expect(bench.converge(crashAt(step))).rejects.toThrow(Crash);
}

function expectOneWholeJob(parallelism: number): void {
  expect(bench.cluster.violations).toEqual([]);
  expect(bench.cluster.only.parallelism).toBe(parallelism);
  expect(bench.cluster.only.placement).toHaveLength(parallelism);
}

describe.each(["at-once", "when-asked"] as const)("stops are carried out %s", (stops) => {
  describe.each(RESTART_STEPS)("after a crash at %s", (step) => {
    beforeEach(async () => {
      bench.jobManager.stops = stops;
      await rescaleThatDies(step);
    });

    it("the next run ends with one job, its state and its parallelism", async () => {
      const runs = bench.jobManager.changes(/run$/).length;
      const journal = await bench.converge();
      expectOneWholeJob(4);
      expect(bench.cluster.only.startedFrom).toBe(bench.cluster.files.at(-1)?.path);
      expect(journal.transition).toBeUndefined();
      expect(await bench.journal.load()).toEqual(journal);
      const submitted = step === "submitted" || step === "running";
      expect(bench.jobManager.changes(/run$/)).toHaveLength(submitted ? runs : runs + 1);
    });

    it("the next run goes back where the wish was taken back", async () => {
      bench.want({ parallelism: 2 });
      await bench.converge();
      expectOneWholeJob(2);
    });

    it("the JobManager may have forgotten everything", async () => {
      bench.jobManager.restart();
      await bench.converge();
      expectOneWholeJob(4);
    });

    it("retire ends with no job, and names the newest snapshot", async () => {
      const snapshot = await bench.retire();
      expect(bench.cluster.live()).toEqual([]);
      expect(snapshot).toBe(bench.cluster.files.at(-1)?.path);
    });
  });
});

it.each(["drained", "submit-journaled", "submitted", "running"] as const)(
  "a first start that dies at %s is finished",
  async (step) => {
    await expect(bench.converge(crashAt(step))).rejects.toThrow(Crash);
    await bench.converge();
    expectOneWholeJob(2);
  },
);

describe("a run request that is still on its way when the next update comes", () => {
  beforeEach(async () => {
    await bench.converge();
    bench.cluster.checkpoint();
    bench.jobManager.inject(/run$/, "deliver-late");
    bench.want({ parallelism: 4 });
    await expect(bench.converge()).rejects.toThrow("could not be submitted");
  });

  it("starts no second job when it arrives after the next one", async () => {
    await bench.converge();
    bench.jobManager.deliverLate();
    expectOneWholeJob(4);
  });

  it("is found when it arrives first", async () => {
    bench.jobManager.deliverLate();
    await bench.converge();
    expectOneWholeJob(4);
  });

  it("is taken for what it is when it arrives while another parallelism is being submitted", async () => {
    bench.want({ parallelism: 3 });
    await bench.converge((step) => {
      if (step === "submit-journaled") bench.jobManager.deliverLate();
    });
    expectOneWholeJob(3);
    expect((await bench.journal.load())?.spec?.parallelism).toBe(3);
  });
});

it("an id that Flink has used up is given up for a new one", async () => {
  await rescaleThatDies("submitted");
  bench.cluster.checkpoint();
  bench.jobManager.restart();
  const answer = { errors: ["Job has already been submitted."] };
  bench.jobManager.inject(/run$/, { status: 500, body: answer });
  await bench.converge();
  expectOneWholeJob(4);
  expect(new Set((await bench.journal.load())?.jobIds).size).toBe(3);
});

it("a snapshot of a job that died during its submission is not forgotten by later ones", async () => {
  await rescaleThatDies("submitted");
  const newest = bench.cluster.checkpoint();
  bench.cluster.fail(bench.cluster.only, "boom");
  for (let i = 0; i < 7; i++) {
    await expect(bench.converge(crashAt("submitted"))).rejects.toThrow(Crash);
    bench.cluster.fail(bench.cluster.only, "boom");
  }
  await bench.converge();
  expectOneWholeJob(4);
  expect(bench.cluster.only.startedFrom).toBe(newest);
});

it("a rescale in place that dies before it is written down can be taken back", async () => {
  bench.want({ rescale: "in-place" });
  await bench.converge();
  const before = await bench.journal.load();
  bench.want({ parallelism: 4 });
  await bench.converge();
  await bench.journal.save(before!);
  bench.want({ parallelism: 2 });
  await bench.converge();
  expectOneWholeJob(2);
});

const event = fc.oneof(
  fc.record({
    kind: fc.constant("update" as const),
    parallelism: fc.integer({ min: 1, max: 4 }),
    crash: fc.option(fc.constantFrom(...RESTART_STEPS), { nil: undefined }),
    args: fc.constantFrom("a", "b"),
  }),
  fc.constant({ kind: "checkpoint" as const }),
  fc.constant({ kind: "restart" as const }),
  fc.constant({ kind: "fail" as const }),
  fc.constant({ kind: "late-run" as const }),
  fc.constant({ kind: "deliver" as const }),
);

type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

async function happen(world: RestartBench, what: Event): Promise<void> {
  const [job] = world.cluster.live();
  if (what.kind === "checkpoint" && job) world.cluster.checkpoint(job);
  if (what.kind === "fail" && job) world.cluster.fail(job, "boom");
  if (what.kind === "restart") world.jobManager.restart();
  if (what.kind === "late-run") world.jobManager.inject(/run$/, "deliver-late");
  if (what.kind === "deliver") world.jobManager.deliverLate();
  if (what.kind !== "update") return;
  world.want({ parallelism: what.parallelism, args: [what.args] });
  await world.converge(crashAt(what.crash)).catch((error: Error) => {
    if (!(error instanceof Crash) && error.name !== "UserError") throw error;
  });
}

it.each(["savepoint", "in-place"] as const)(
  "no sequence of crashes, restarts and rescales loses state or starts a second job (%s)",
  async (rescale) => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 8 }), async (events) => {
        const world = await RestartBench.start();
        world.want({ rescale });
        try {
          for (const what of events) await happen(world, what);
          world.want({ parallelism: 3 });
          world.jobManager.heal();
          await world.converge();
          world.jobManager.deliverLate();
          expect(world.cluster.violations).toEqual([]);
          expect(world.cluster.only.parallelism).toBe(3);
        } finally {
          await world.close();
        }
      }),
      { numRuns: 40 },
    );
  },
  60_000,
);
