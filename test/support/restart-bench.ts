import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { jobTargetSchema, type JobTarget } from "../../infra/flink/job-target";
import { JournalFile, type Journal } from "../../infra/flink/journal";
import { FlinkRestClient } from "../../infra/flink/rest-client";
import { converge, retire } from "../../infra/flink/restart";
import type { Limits, RestartRun } from "../../infra/flink/restart-run";
import { newLineage } from "../../infra/flink/submit-job";
import type { FakeCluster } from "./fake-cluster";
import { FakeJobManager } from "./fake-job-manager";

export const SHORT_LIMITS: Limits = {
  slotsMs: 200,
  settleMs: 200,
  savepointMs: 200,
  checkpointMs: 500,
  drainMs: 200,
  runningMs: 200,
};

/** A fake cluster and a journal in a folder of its own, on which restarts are run as the provider runs them. */
export class RestartBench {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-restart-"));
  readonly journal = new JournalFile(path.join(this.folder, "wordcount.json"));
  target: JobTarget;

  private constructor(readonly jobManager: FakeJobManager) {
    const jar = path.join(this.folder, "wordcount.jar");
    fs.writeFileSync(jar, "jar");
    this.target = jobTargetSchema.parse({
      ...{ restUrl: jobManager.url, name: "wordcount", jar, jarSha256: "a".repeat(64) },
      ...{ entryClass: "Main", args: ["--prefix", "acme-{lineage}"], parallelism: 2 },
      ...{ rescale: "savepoint", sourceParallelism: 1, taskManagers: ["tm-1", "tm-2"] },
      ...{ savepointFolder: "/savepoints", checkpointFolder: "/checkpoints" },
      ...{ journal: this.journal.file, host: { kind: "docker", jobManager: "jm" }, cluster: "c1" },
    });
  }

  /** Two TaskManagers of two slots, no job. */
  static async start(): Promise<RestartBench> {
    const jobManager = await FakeJobManager.start();
    jobManager.cluster.addTaskManager("tm-1");
    jobManager.cluster.addTaskManager("tm-2");
    return new RestartBench(jobManager);
  }

  get cluster(): FakeCluster {
    return this.jobManager.cluster;
  }

  want(change: Partial<JobTarget>): void {
    this.target = { ...this.target, ...change };
  }

  run(onStep: RestartRun["onStep"] = () => undefined): RestartRun {
    const client = new FlinkRestClient(this.target.restUrl, { timeoutMs: 500, patienceMs: 300 });
    const { target, cluster: host, journal } = this;
    return { target, client, host, journal, limits: SHORT_LIMITS, onStep };
  }

  /** From the journal on disk, as a new process does it. */
  async converge(onStep?: RestartRun["onStep"]): Promise<Journal> {
    const journal = (await this.journal.load()) ?? { lineage: newLineage(), jobIds: [] };
    return converge(this.run(onStep), journal);
  }

  async retire(onStep?: RestartRun["onStep"]): Promise<string | undefined> {
    const journal = await this.journal.load();
    return journal && retire(this.run(onStep), journal);
  }

  async close(): Promise<void> {
    await this.jobManager.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
