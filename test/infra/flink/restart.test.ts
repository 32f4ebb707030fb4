import { RESTART_STEPS, type RestartStep } from "../../../infra/flink/restart-run";
import { RestartBench } from "../../support/restart-bench";

let bench: RestartBench;
beforeEach(async () => {
  bench = await RestartBench.start();
});
afterEach(() => bench.close());

describe("a first start", () => {
  it("runs the program at its parallelism with the lineage in its arguments", async () => {
    const journal = await bench.converge();
    expect(bench.cluster.only).toMatchObject({
      id: journal.jobIds[0],
      parallelism: 2,
      args: ["--prefix", `acme-${journal.lineage}`],
    });
    expect(bench.cluster.only.startedFrom).toBeUndefined();
  });

  it("passes the steps of a submission only", async () => {
    const steps: RestartStep[] = [];
    await bench.converge((step) => void steps.push(step));
    expect(steps).toEqual(["drained", "submit-journaled", "submitted", "running"]);
  });

  it("waits for TaskManagers that register late", async () => {
    bench.cluster.addTaskManager("tm-2", { registersAfter: 3 });
    bench.want({ parallelism: 4 });
    await bench.converge();
    expect(bench.cluster.only.placement).toHaveLength(4);
  });

  it("counts the slots of wide sources, too", async () => {
    bench.want({ sourceParallelism: 5 });
    await expect(bench.converge()).rejects.toThrow("needs 5 slots, 4 are free");
  });
});

describe("a rescale through a savepoint", () => {
  beforeEach(() => bench.converge());

  it("passes all steps in order and starts from the savepoint", async () => {
    const steps: RestartStep[] = [];
    bench.want({ parallelism: 4 });
    await bench.converge((step) => void steps.push(step));
    expect(steps).toEqual(RESTART_STEPS);
    expect(bench.cluster.only.startedFrom).toBe(bench.cluster.files.at(-1)?.path);
  });

  it("keeps the lineage and sends every change once", async () => {
    const { lineage } = (await bench.journal.load())!;
    bench.jobManager.calls.length = 0;
    bench.want({ parallelism: 4 });
    await bench.converge();
    expect((await bench.journal.load())?.lineage).toBe(lineage);
    expect(bench.jobManager.changes()).toEqual([
      expect.stringMatching(/^POST \/jobs\/\w+\/stop$/),
      expect.stringMatching(/^POST \/jars\/.+\/run$/),
    ]);
    const { body } = bench.jobManager.calls.find((c) => c.path.endsWith("/stop"))!;
    const folder = `file:///savepoints/wordcount-${lineage}`;
    expect(body).toEqual({ drain: false, targetDirectory: folder });
  });

  it("changes nothing where nothing changed", async () => {
    bench.jobManager.calls.length = 0;
    await bench.converge();
    expect(bench.jobManager.changes()).toEqual([]);
  });

  it.each([
    ["Caused by: java.io.IOException: disk full", "java.io.IOException: disk full"],
    ["java.lang.Exception: no cause\n\tat x", "java.lang.Exception: no cause"],
  ])("leaves the old job running where the savepoint fails: %s", async (trace, why) => {
    bench.jobManager.savepointFault = trace;
    bench.want({ parallelism: 4 });
    await expect(bench.converge()).rejects.toThrow(`failed: ${why}. The old job keeps running`);
    expect(bench.cluster.only.parallelism).toBe(2);
    expect((await bench.journal.load())?.transition).toBeUndefined();
  });

  it("leaves the old job running where Flink refuses the stop", async () => {
    const body = { errors: ["no savepoint directory"] };
    bench.jobManager.inject(/stop$/, { status: 400, body });
    bench.want({ parallelism: 4 });
    await expect(bench.converge()).rejects.toThrow("no savepoint directory. The old job");
    expect(bench.cluster.only.parallelism).toBe(2);
  });

  it("leaves the old job running where the savepoint takes too long", async () => {
    bench.jobManager.stops = "by-hand";
    bench.want({ parallelism: 4 });
    await expect(bench.converge()).rejects.toThrow("it took too long");
    expect(bench.cluster.only.parallelism).toBe(2);
  });

  it("goes on from the savepoint where the answer to the stop was lost", async () => {
    bench.jobManager.inject(/stop$/, "lose-answer");
    bench.want({ parallelism: 4 });
    await expect(bench.converge()).rejects.toMatchObject({ kind: "unreachable" });
    await bench.converge();
    expect(bench.cluster.violations).toEqual([]);
    expect(bench.cluster.only.startedFrom).toBe(bench.cluster.files.at(-1)?.path);
    expect(bench.jobManager.changes(/stop$/)).toHaveLength(1);
  });

  it("goes on from the newest checkpoint where the JobManager forgets the job while it stops", async () => {
    bench.jobManager.stops = "by-hand";
    const newest = bench.cluster.checkpoint();
    bench.want({ parallelism: 4 });
    await bench
      .converge((step) => {
        if (step === "stop-requested") bench.jobManager.restart();
      })
      .catch(() => bench.converge());
    expect(bench.cluster.only.startedFrom).toBe(newest);
    expect(bench.cluster.violations).toEqual([]);
  });

  it("cancels a job that can't run, and goes on from its newest checkpoint", async () => {
    const newest = bench.cluster.checkpoint();
    bench.cluster.only.state = "RESTARTING";
    bench.want({ parallelism: 4 });
    await bench.converge();
    expect(bench.cluster.only.startedFrom).toBe(newest);
    expect(bench.jobManager.changes(/mode=cancel$/)).toHaveLength(1);
  });

  it("starts nothing beside a job that does not come to its end", async () => {
    bench.cluster.only.state = "CANCELLING";
    await expect(bench.converge()).rejects.toThrow("no other is started beside it");
    expect(bench.cluster.violations).toEqual([]);
  });

  it("stops nothing where slots are missing, and says who holds them", async () => {
    bench.cluster.startStranger("feedbeef01", 1);
    bench.want({ parallelism: 4 });
    await expect(bench.converge()).rejects.toThrow(
      "The job needs 4 slots, 3 are free for it; wordcount (feedbeef) holds 1. Nothing was stopped.",
    );
    expect(bench.jobManager.changes(/stop$/)).toEqual([]);
  });

  it("leaves no TaskManager where any will do", async () => {
    bench.want({ parallelism: 1, taskManagers: { atLeast: 1 } });
    await bench.converge();
    expect(bench.cluster.only.parallelism).toBe(1);
    expect(bench.cluster.stopped).toEqual([]);
    expect(bench.cluster.violations).toEqual([]);
  });

  it("takes an accepted run whose answer was lost for what it is", async () => {
    bench.jobManager.inject(/run$/, "lose-answer");
    bench.want({ parallelism: 4 });
    await bench.converge();
    expect(bench.cluster.only.parallelism).toBe(4);
    expect(bench.jobManager.changes(/run$/)).toHaveLength(2);
  });
});

describe("a new program", () => {
  beforeEach(() => bench.converge());

  it("that throws in main leaves the old job alone", async () => {
    bench.jobManager.programFault = "Caused by: java.lang.IllegalArgumentException: no topic";
    bench.want({ args: ["--new"] });
    await expect(bench.converge()).rejects.toThrow("no topic. The old job keeps running");
    expect(bench.cluster.only.args).not.toContain("--new");
    expect(bench.jobManager.changes(/stop$/)).toEqual([]);
  });

  it.each([
    ["arguments", { args: ["--new"] }],
    ["entry class", { entryClass: "Other" }],
    ["jar", { jarSha256: "b".repeat(64) }],
  ])("of other %s goes on from a savepoint", async (_what, change) => {
    bench.want(change);
    await bench.converge();
    expect(bench.cluster.only.startedFrom).toBe(bench.cluster.files.at(-1)?.path);
    expect(bench.cluster.violations).toEqual([]);
  });

  it("that fails right after its submission says why; the next run goes on from the savepoint", async () => {
    bench.cluster.failNewJobs = "java.lang.Exception: broken operator";
    bench.want({ args: ["--new"] });
    await expect(bench.converge()).rejects.toThrow("is FAILED at parallelism 2: java.lang");
    bench.cluster.failNewJobs = undefined;
    await bench.converge();
    expect(bench.cluster.only.startedFrom).toBe(bench.cluster.files.at(-1)?.path);
  });
});

describe("a job that is lost", () => {
  beforeEach(() => bench.converge());

  it("goes on from its newest checkpoint after it has FAILED", async () => {
    const newest = bench.cluster.checkpoint();
    bench.cluster.fail(bench.cluster.only, "boom");
    await bench.converge();
    expect(bench.cluster.only.startedFrom).toBe(newest);
  });

  it("starts afresh under a new lineage where it never completed a checkpoint", async () => {
    const { lineage } = (await bench.journal.load())!;
    bench.jobManager.restart();
    const journal = await bench.converge();
    expect(journal.lineage).not.toBe(lineage);
    expect(journal.jobIds).toEqual([bench.cluster.only.id]);
  });

  it("is not started without the state that it is known to have", async () => {
    bench.want({ parallelism: 4 });
    await bench.converge();
    bench.jobManager.restart();
    bench.cluster.files.length = 0;
    await expect(bench.converge()).rejects.toThrow("Cannot find checkpoint or savepoint");
    expect(bench.cluster.live()).toEqual([]);
  });
});

describe("TaskManagers that leave", () => {
  beforeEach(async () => {
    bench.want({ parallelism: 4 });
    await bench.converge();
  });

  it("are stopped when they are idle, before the job is submitted", async () => {
    bench.want({ parallelism: 2, taskManagers: ["tm-1"] });
    await bench.converge();
    expect(bench.cluster.stopped).toEqual(["tm-2"]);
    expect(bench.cluster.only.placement).toEqual(["tm-1", "tm-1"]);
    expect(bench.cluster.violations).toEqual([]);
  });

  it("give their job away though nothing else changed", async () => {
    bench.want({ parallelism: 2 });
    await bench.converge();
    expect(bench.cluster.only.placement).toEqual(["tm-2", "tm-2"]);
    bench.want({ taskManagers: ["tm-1"] });
    await bench.converge();
    expect(bench.cluster.only.placement).toEqual(["tm-1", "tm-1"]);
    expect(bench.cluster.violations).toEqual([]);
  });

  it("stay while another job is on them, and the update fails if this one lands there", async () => {
    bench.want({ parallelism: 2 });
    await bench.converge();
    bench.cluster.taskManagers.set("tm-3", { slots: 2, registersAfter: 0, running: true });
    bench.cluster.startStranger("feedbeef01", 1);
    bench.want({ taskManagers: ["tm-1"] });
    await expect(bench.converge()).rejects.toThrow(/holds slots on .*tm-3.*Nothing was removed/);
    expect(bench.cluster.stopped).toEqual([]);
    bench.cluster.jobs.delete("feedbeef01");
    await bench.converge();
    expect(bench.cluster.only.placement).toEqual(["tm-1", "tm-1"]);
  });

  it("that do not go make the update fail, with the job running", async () => {
    bench.cluster.stubborn.add("tm-2");
    bench.want({ parallelism: 2, taskManagers: ["tm-1"] });
    await expect(bench.converge()).rejects.toThrow("holds slots on tm-2");
    expect(bench.cluster.only.parallelism).toBe(2);
  });
});

describe("a rescale in place", () => {
  beforeEach(async () => {
    bench.want({ rescale: "in-place" });
    await bench.converge();
    bench.jobManager.calls.length = 0;
  });

  it("asks for the new parallelism once, sources stay at theirs", async () => {
    bench.want({ parallelism: 4 });
    const journal = await bench.converge();
    // A checkpoint first, so that little is replayed; a Flink that takes no such request rescales all the same.
    expect(bench.jobManager.changes()).toEqual([
      `POST /jobs/${bench.cluster.only.id}/checkpoints`,
      `PUT /jobs/${bench.cluster.only.id}/resource-requirements`,
    ]);
    expect(bench.jobManager.calls.find((c) => c.method === "PUT")?.body).toEqual({
      source: { parallelism: { lowerBound: 1, upperBound: 1 } },
      sink: { parallelism: { lowerBound: 1, upperBound: 4 } },
    });
    expect(journal).toMatchObject({ spec: { parallelism: 4 }, jobIds: [bench.cluster.only.id] });
  });

  it("asks for nothing where slots are missing", async () => {
    bench.want({ parallelism: 5 });
    await expect(bench.converge()).rejects.toThrow("needs 5 slots, 4 are free");
    expect(bench.jobManager.changes()).toEqual([]);
  });

  it("moves a job off a leaving TaskManager through a savepoint", async () => {
    bench.want({ taskManagers: ["tm-1"] });
    await bench.converge();
    expect(bench.cluster.only.placement).toEqual(["tm-1", "tm-1"]);
    expect(bench.cluster.stopped).toEqual(["tm-2"]);
  });

  it("restarts for a new program", async () => {
    bench.want({ args: ["--new"] });
    await bench.converge();
    expect(bench.cluster.only.startedFrom).toBe(bench.cluster.files.at(-1)?.path);
  });
});

describe("retire", () => {
  it("stops the job and names the savepoint", async () => {
    await bench.converge();
    expect(await bench.retire()).toBe(bench.cluster.files.at(-1)?.path);
    expect(bench.cluster.live()).toEqual([]);
  });

  it("names the newest snapshot of a job that is gone", async () => {
    await bench.converge();
    const newest = bench.cluster.checkpoint();
    bench.jobManager.restart();
    expect(await bench.retire()).toBe(newest);
  });

  it("leaves the job running where the savepoint fails", async () => {
    await bench.converge();
    bench.jobManager.savepointFault = "java.io.IOException: disk full";
    await expect(bench.retire()).rejects.toThrow("disk full");
    expect(bench.cluster.live()).toHaveLength(1);
  });
});
