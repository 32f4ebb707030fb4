import { randomBytes } from "node:crypto";
import { hostAt } from "../../infra/flink/host-at";
import { allRunning, parallelismOf } from "../../infra/flink/job-states";
import type { JobTarget } from "../../infra/flink/job-target";
import type { Journal, JournalStore } from "../../infra/flink/journal";
import { journalAt } from "../../infra/flink/journal-at";
import { FlinkRestClient } from "../../infra/flink/rest-client";
import { converge } from "../../infra/flink/restart";
import { LIMITS, type RestartRun, type RestartStep } from "../../infra/flink/restart-run";
import { specOf } from "../../infra/flink/submit-job";
import { waitFor } from "../../infra/flink/wait";

/** One job on a running cluster, rescaled in two ways: by the product's state machine, and by the bare calls. */
export class RescaleBench {
  private readonly client: FlinkRestClient;
  private readonly journal: JournalStore;

  constructor(private readonly target: JobTarget) {
    this.client = new FlinkRestClient(target.restUrl);
    this.journal = journalAt(target.journal);
  }

  /** Ms from the request to all vertices RUNNING, through journal, slot check and drain. */
  async byProduct(parallelism: number): Promise<number> {
    const times = new Map<RestartStep, number>();
    const run: RestartRun = {
      target: { ...this.target, parallelism },
      client: this.client,
      host: hostAt(this.target.host),
      journal: this.journal,
      limits: LIMITS,
      onStep: (step) => void times.set(step, performance.now()),
    };
    await this.journal.exclusively(async () => converge(run, await this.loadJournal()));
    const [from, to] =
      this.target.rescale === "in-place"
        ? [times.get("rescale-requested"), times.get("rescaled")]
        : [times.get("stop-journaled"), times.get("running")];
    if (from === undefined || to === undefined) throw new Error("the job was not rescaled");
    return to - from;
  }

  /** Ms for the same by the two calls that Flink's documentation names, and nothing else. */
  async byBareCalls(parallelism: number): Promise<number> {
    return this.target.rescale === "in-place"
      ? this.bareInPlace(parallelism)
      : this.bareSavepoint(parallelism);
  }

  private async bareInPlace(parallelism: number): Promise<number> {
    const journal = await this.loadJournal();
    const jobId = journal.jobIds.at(-1) ?? "";
    const job = await this.client.job(jobId);
    const wanted = await this.client.requirements(jobId);
    for (const vertex of job?.vertices ?? []) {
      const upperBound = vertex.name.startsWith("Source") ? 1 : parallelism;
      wanted[vertex.id] = { parallelism: { lowerBound: 1, upperBound } };
    }
    const started = performance.now();
    await this.client.setRequirements(jobId, wanted);
    await this.untilRunning(jobId, parallelism);
    const took = performance.now() - started;
    await this.note(journal, jobId, parallelism);
    return took;
  }

  private async bareSavepoint(parallelism: number): Promise<number> {
    const journal = await this.loadJournal();
    const old = journal.jobIds.at(-1) ?? "";
    const jarId = (await this.jarId()) ?? "";
    const folder = `file://${this.target.savepointFolder}/${this.target.name}-${journal.lineage}`;
    const jobId = randomBytes(16).toString("hex");
    const started = performance.now();
    const trigger = await this.client.stop(old, folder);
    const savepointPath = await waitFor(async () => {
      const status = await this.client.savepointStatus(old, trigger);
      return status?.operation?.location ?? undefined;
    }, LIMITS.savepointMs);
    await waitFor(
      async () => (await this.client.job(old))?.state === "FINISHED" || undefined,
      LIMITS.savepointMs,
    );
    const args = this.target.args.map((arg) => arg.replaceAll("{lineage}", journal.lineage));
    const { entryClass } = this.target;
    await this.client.run(jarId, { jobId, entryClass, args, parallelism, savepointPath });
    await this.untilRunning(jobId, parallelism);
    const took = performance.now() - started;
    await this.note(journal, jobId, parallelism);
    return took;
  }

  private async jarId(): Promise<string | undefined> {
    return this.client.ensureJar(
      this.target.jar,
      `${this.target.jarSha256.slice(0, 16)}-${this.target.jar.split("/").at(-1)}`,
    );
  }

  private async untilRunning(jobId: string, parallelism: number): Promise<void> {
    const running = await waitFor(async () => {
      const job = await this.client.job(jobId);
      return job && allRunning(job) && parallelismOf(job) === parallelism ? true : undefined;
    }, LIMITS.runningMs);
    if (running === undefined) throw new Error("the job does not run");
  }

  private async loadJournal(): Promise<Journal> {
    const journal = await this.journal.load();
    if (journal === undefined) throw new Error("the job has no journal");
    return journal;
  }

  /** The product goes on from what the bare calls left. */
  private async note(journal: Journal, jobId: string, parallelism: number): Promise<void> {
    const ids = journal.jobIds.includes(jobId) ? journal.jobIds : [...journal.jobIds, jobId];
    const spec = specOf({ ...this.target, parallelism });
    await this.journal.save({ ...journal, jobIds: ids.slice(-5), spec });
  }
}
