import * as path from "node:path";
import { RESTART_STEPS } from "../../infra/flink/restart-run";
import { inspectCluster } from "../../stacks/driver/tenant-probe";
import { instantFor, ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { WordStream } from "../support/word-stream";

jest.setTimeout(900_000);

describe("a provider killed in the middle of a restart", () => {
  let environment: ScratchEnvironment;
  let stream: WordStream | undefined;
  let flinkUrl = "";

  beforeAll(async () => {
    environment = await ScratchEnvironment.create({
      provider: path.join(__dirname, "..", "support", "crashing-provider"),
    });
    await environment.upPlatform();
    await environment.addTenant({ name: "acme", version: "1.14" });
    const { tenant } = await environment.up("acme", { at: instantFor(4) });
    flinkUrl = tenant.flinkUrl;
    stream = await WordStream.start(environment.folder, "acme", tenant.kafkaOnHost, 50);
  });

  afterAll(async () => {
    await stream?.abandon();
    await environment?.remove();
  });

  /** Down and up in turn, so that TaskManagers leave and come as well. */
  const table = RESTART_STEPS.map((step, i) => ({ step, parallelism: i % 2 === 0 ? 2 : 4 }));

  it.each(table)("converges after a kill at $step", async ({ step, parallelism }) => {
    environment.setVariable("FLINKTIDE_TEST_CRASH_AT", step);
    const killed = await environment.tryUp("acme", { at: instantFor(parallelism) });
    expect(killed.ok).toBe(false);
    expect((await inspectCluster(flinkUrl)).liveJobs.length).toBeLessThanOrEqual(1);

    environment.setVariable("FLINKTIDE_TEST_CRASH_AT", "");
    await environment.up("acme", { at: instantFor(parallelism) });
    expect(await inspectCluster(flinkUrl)).toMatchObject({
      taskManagers: parallelism / 2,
      liveJobs: [{ parallelism, allRunning: true }],
    });
  });

  it("has lost and doubled nothing", async () => {
    const verdict = await stream?.finish();
    expect(verdict).toMatchObject({ exact: true, lost: 0, duplicated: 0, unexpected: 0 });
  });
});
