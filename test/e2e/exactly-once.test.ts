import * as fs from "node:fs";
import * as path from "node:path";
import { crashContainer } from "../../stacks/driver/cleanup";
import { awaitOneRunningJob } from "../../stacks/driver/tenant-probe";
import { instantFor, ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { wantsAllCases } from "../support/runs";
import { eventually } from "../support/containers";
import { WordStream } from "../support/word-stream";

jest.setTimeout(900_000);

/** Parallelism after each of the 20 rescales, of which the everyday run makes the first 8; a TaskManager has two slots, so they come and go too. */
const WALK = [2, 4, 3, 6, 5, 8, 4, 1, 2, 7, 6, 2, 4, 8, 3, 1, 5, 6, 4, 2].slice(
  0,
  wantsAllCases() ? undefined : 8,
);
/** Rescales after which TaskManager 1 is killed. */
const KILLS = new Set([4, 9, 14]);
/** The rescale whose update is killed. */
const KILLED_UPDATE = 6;
const LINES_PER_SECOND = 100;
const RECOVERY_MS = 120_000;

describe("rescales under load with TaskManager kills and a killed update", () => {
  let environment: ScratchEnvironment;
  let stream: WordStream | undefined;

  beforeAll(async () => {
    environment = await ScratchEnvironment.create();
    await environment.upPlatform();
  });

  afterAll(async () => {
    await stream?.abandon();
    await environment?.remove();
  });

  async function begin(
    tenant: string,
    guarantee: "exactly-once" | "at-least-once",
  ): Promise<string> {
    await environment.addTenant({ name: tenant, version: "1.14", guarantee });
    const { tenant: outputs } = await environment.up(tenant, { at: instantFor(1) });
    const { folder } = environment;
    stream = await WordStream.start(folder, tenant, outputs.kafkaOnHost, LINES_PER_SECOND);
    return outputs.flinkUrl;
  }

  async function kill(tenant: string, flinkUrl: string): Promise<void> {
    await crashContainer(environment.container(tenant, "taskmanager-1"));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await awaitOneRunningJob(flinkUrl, RECOVERY_MS)).toBeDefined();
  }

  /** Ends pulumi as a power cut would, while its provider is in the middle of the restart. */
  async function killUpdate(tenant: string, at: string): Promise<void> {
    let pulumi = 0;
    const update = environment.tryUp(tenant, { at, onStart: (pid) => (pulumi = pid) });
    const parts = ["journal", environment.name, tenant, "wordcount.json"];
    const journal = path.join(environment.folder, ...parts);
    await eventually("a restart that has begun", async () =>
      fs.readFileSync(journal, "utf8").includes('"transition"') ? true : undefined,
    );
    process.kill(pulumi, "SIGKILL");
    expect((await update).ok).toBe(false);
    expect(await environment.breakLock(tenant)).toMatchObject({ pid: pulumi });
  }

  it("loses nothing and counts nothing twice", async () => {
    const flinkUrl = await begin("acme", "exactly-once");
    for (const [i, parallelism] of WALK.entries()) {
      if (i === KILLED_UPDATE) await killUpdate("acme", instantFor(parallelism));
      await environment.up("acme", { at: instantFor(parallelism) });
      if (KILLS.has(i)) await kill("acme", flinkUrl);
    }
    const verdict = await stream?.finish();
    expect(verdict).toMatchObject({ exact: true, lost: 0, duplicated: 0, unexpected: 0 });
  });

  it("reports differences when the job runs without exactly-once", async () => {
    const flinkUrl = await begin("control", "at-least-once");
    for (const parallelism of [4, 2]) {
      await environment.up("control", { at: instantFor(parallelism) });
      await kill("control", flinkUrl);
    }
    const verdict = await stream?.finish();
    expect(verdict?.exact).toBe(false);
    expect((verdict?.lost ?? 0) + (verdict?.duplicated ?? 0)).toBeGreaterThan(0);
  });
});
