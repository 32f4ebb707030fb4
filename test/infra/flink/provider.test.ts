import * as fs from "node:fs";
import * as path from "node:path";
import { DockerClusterHost } from "../../../infra/flink/cluster-host";
import { JournalFile } from "../../../infra/flink/journal";
import { FlinkProvider } from "../../../infra/flink/provider/flink-provider";
import { RestartBench } from "../../support/restart-bench";

const URN = "urn:pulumi:dev-acme::flinktide::flink:index:Job::wordcount";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const provider = new FlinkProvider();

let bench: RestartBench;
let said: string;
beforeEach(async () => {
  bench = await RestartBench.start();
  said = "";
  const { cluster } = bench;
  jest
    .spyOn(DockerClusterHost.prototype, "snapshots")
    .mockImplementation((folders) => cluster.snapshots(folders));
  jest
    .spyOn(DockerClusterHost.prototype, "stopTaskManager")
    .mockImplementation((id) => cluster.stopTaskManager(id));
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await bench.close();
});

const create = async () => (await provider.create(URN, bench.target)) as { id: string; outs: Outs };
/** The state as version 0.1.0 wrote it. */
function released({ host, ...outs }: Outs) {
  const { kind: _, ...docker } = host;
  return { ...outs, docker };
}
interface Outs {
  host: { kind: string; jobManager: string };
  jobId: string;
  lineage: string;
  state: string;
}

describe("the schema", () => {
  it("lists both resources with their properties", () => {
    const { resources } = JSON.parse(provider.schema) as { resources: Record<string, Properties> };
    expect(Object.keys(resources)).toEqual(
      expect.arrayContaining(["flink:index:Job", "flink:index:Topic"]),
    );
    const job = resources["flink:index:Job"]!;
    const own = Object.keys(job.properties).filter((key) => !(key in job.inputProperties));
    expect(own).toEqual(["jobId", "state", "lineage", "snapshot"]);
  });

  it("has no other resource", async () => {
    const urn = URN.replace("index:Job", "index:Nothing");
    await expect(provider.check(urn, {}, {})).rejects.toThrow("no resource flink:index:Nothing");
  });
});
interface Properties {
  inputProperties: object;
  properties: object;
}

describe("check", () => {
  const failures = async (change: object) =>
    (await provider.check(URN, {}, { ...bench.target, ...change })).failures;

  it("accepts what is right", async () => {
    expect(await failures({})).toEqual([]);
  });

  it.each([
    [{ parallelism: 0 }, "parallelism"],
    [{ restUrl: "nowhere" }, "restUrl"],
    [{ jarSha256: "short" }, "jarSha256"],
    [{ rescale: "magic" }, "rescale"],
    [{ savepointFolder: "relative" }, "savepointFolder"],
    [{ jar: "/no/such.jar" }, "jar"],
    [{ host: { kind: "docker" } }, "host.jobManager"],
  ])("refuses %j against its property, with a fix", async (change, property) => {
    expect(await failures(change)).toEqual([
      { property, reason: expect.stringContaining("Fix: ") },
    ]);
  });

  it("says nothing about values that are still unknown", async () => {
    expect(await failures({ cluster: UNKNOWN, parallelism: -1 })).toEqual([]);
    expect(await failures({ jar: UNKNOWN })).toEqual([]);
  });
});

describe("diff", () => {
  const diff = (outs: object, change: object = {}) =>
    provider.diff("id", URN, outs, { ...bench.target, ...change });

  it("finds no change where nothing changed and the job runs, and touches nothing", async () => {
    const { outs } = await create();
    bench.jobManager.calls.length = 0;
    expect(await diff(outs)).toEqual({ changes: false });
    expect(bench.jobManager.changes()).toEqual([]);
  });

  it.each([
    [{ parallelism: 4 }, []],
    [{ args: ["x"] }, []],
    [{ cluster: "c2" }, []],
    [{ taskManagers: ["tm-1"] }, []],
    [{ journal: "/elsewhere.json" }, ["journal"]],
  ])("%j is a change", async (change, replaces) => {
    const { outs } = await create();
    expect(await diff(outs, change)).toMatchObject({ changes: true, replaces });
  });

  it("tells jars apart by their content, not by where a machine keeps them", async () => {
    const { outs } = await create();
    expect(await diff(outs, { jar: "/elsewhere/job.jar" })).toEqual({ changes: false });
    expect(await diff(outs, { jarSha256: "0".repeat(64) })).toMatchObject({ changes: true });
  });

  it("a state of the released version, which names only a container, is none", async () => {
    const { outs } = await create();
    expect(await diff(released(outs))).toEqual({ changes: false });
    expect(await diff(released(outs), { parallelism: 4 })).toEqual({
      ...{ changes: true, replaces: [], deleteBeforeReplace: true },
    });
  });

  it("unknown values are a change", async () => {
    expect(await diff({}, { cluster: UNKNOWN })).toEqual({ changes: true });
  });

  it.each<[string, () => Promise<void> | void]>([
    ["FAILED", () => bench.cluster.fail(bench.cluster.only, "boom")],
    ["gone", () => bench.jobManager.restart()],
    ["out of reach", () => bench.jobManager.close()],
    [
      "in an unfinished restart",
      async () => {
        const journal = (await bench.journal.load())!;
        await bench.journal.save({ ...journal, transition: { step: "stopping" } });
      },
    ],
  ])("a job that is %s is a change", async (_what, happen) => {
    const { outs } = await create();
    await happen();
    expect(await diff(outs)).toEqual({ changes: true });
  });
});

describe("create, read and update", () => {
  it("give the job's id, lineage and state", async () => {
    const { id, outs } = await create();
    expect(outs).toEqual({
      ...bench.target,
      jobId: bench.cluster.only.id,
      lineage: outs.lineage,
      state: "RUNNING",
    });
    expect(id).toBe(`wordcount-${outs.lineage}`);
    expect(await provider.read(id, URN, outs)).toEqual({ id, props: outs, inputs: bench.target });
  });

  it("read brings a state of the released version up to date", async () => {
    const { id, outs } = await create();
    expect(await provider.read(id, URN, released(outs))).toEqual({
      ...{ id, props: outs, inputs: bench.target },
    });
  });

  it("read tells of a job that FAILED or is gone", async () => {
    const { id, outs } = await create();
    bench.cluster.fail(bench.cluster.only, "boom");
    expect((await provider.read(id, URN, outs)).props).toMatchObject({ state: "FAILED" });
    bench.jobManager.restart();
    expect((await provider.read(id, URN, outs)).props).toMatchObject({ state: "GONE" });
  });

  it("update goes on from the savepoint under the same lineage", async () => {
    const { outs } = await create();
    bench.want({ parallelism: 4 });
    const updated = await provider.update("id", URN, outs, bench.target);
    expect(updated.outs).toMatchObject({
      parallelism: 4,
      lineage: outs.lineage,
      snapshot: bench.cluster.files.at(-1)?.path,
    });
    expect(updated.outs.jobId).not.toBe(outs.jobId);
  });

  it("create takes up what an interrupted create left", async () => {
    const { outs } = await create();
    expect((await create()).outs.jobId).toBe(outs.jobId);
  });

  it("a call that Flink refuses is told to the user", async () => {
    bench.jobManager.inject(/upload$/, { status: 413, body: { errors: ["too large"] } });
    await expect(create()).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(/\(rejected\).*too large.*Fix: /),
    });
  });
});

describe("delete", () => {
  it("keeps the final savepoint and says where; a job made anew starts afresh", async () => {
    const { outs } = await create();
    await provider.delete("id", URN, outs);
    const final = bench.cluster.files.at(-1)!.path;
    expect(bench.cluster.live()).toEqual([]);
    const archive = path.join(bench.folder, `wordcount.${outs.lineage}.retired.json`);
    expect(said).toContain(`its state stays in ${final} (recorded in ${archive})`);
    expect((await new JournalFile(archive).load())?.transition).toEqual({
      step: "stopped",
      snapshot: final,
    });
    const again = await create();
    expect(again.outs.lineage).not.toBe(outs.lineage);
    expect(bench.cluster.only.startedFrom).toBeUndefined();
  });

  it("takes a state of the released version", async () => {
    const { outs } = await create();
    await provider.delete("id", URN, released(outs));
    expect(bench.cluster.live()).toEqual([]);
  });

  it("does nothing where there is no journal", async () => {
    const { outs } = await create();
    fs.rmSync(bench.journal.file);
    await provider.delete("id", URN, outs);
    expect(bench.jobManager.changes(/stop$/)).toEqual([]);
  });

  it("keeps job and journal where the savepoint fails", async () => {
    const { outs } = await create();
    bench.jobManager.savepointFault = "java.io.IOException: disk full";
    await expect(provider.delete("id", URN, outs)).rejects.toThrow("disk full");
    expect(bench.cluster.only.id).toBe(outs.jobId);
    expect((await bench.journal.load())?.jobIds).toEqual([outs.jobId]);
  });
});
