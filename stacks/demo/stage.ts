import * as fs from "node:fs";
import * as path from "node:path";
import { randomBytes } from "node:crypto";
import { UserError } from "../../infra/errors";
import { sleep } from "../../infra/flink/wait";
import type { Environment, Update } from "../driver/environment";
import { Sampler } from "../driver/sampler";
import { inspectCluster, tenantOutputsSchema, type TenantOutputs } from "../driver/tenant-probe";
import type { Transition } from "../report/model";
import { check } from "../workload/checker";
import { CommitWatcher } from "../workload/commit-watcher";
import { startFeeder, type Feeder } from "../workload/feeder";
import type { Verdict } from "../workload/verdict";
import { CHECKPOINT_MS, type DemoTenant, type Move } from "./tenants";

/** Time after an update in which its effect on the stream shows. */
const AFTERMATH_MS = 8_000;
const MAX_FEED_SECONDS = 900;
/** A job that fell behind on a busy machine is waited for while it goes on. */
const COUNT_LIMIT_MS = 600_000;

/** One tenant on the demo's stage: its stack, its feeder, and what is measured of it. */
export class StagedTenant {
  readonly transitions: Transition[] = [];
  private feeder!: Feeder;
  private watcher!: CommitWatcher;
  private sampler!: Sampler;
  private outputs!: TenantOutputs;

  constructor(
    private readonly environment: Environment,
    private readonly platform: string,
    readonly name: DemoTenant,
    private readonly ledgerDir: string,
  ) {}

  private get stack(): string {
    return `${this.platform}-${this.name}`;
  }

  private get brokers(): string[] {
    return [this.outputs.kafkaOnHost];
  }

  get flinkUrl(): string {
    return this.outputs.flinkUrl;
  }

  get samples() {
    return this.sampler.samples;
  }

  /** Brings the stack up and starts to feed and to measure. */
  async open(move: Move): Promise<void> {
    await this.environment.init(this.stack);
    this.outputs = outputsOf(this.stack, await this.environment.up(this.stack, { at: move.at }));
    const [topic, outputTopic] = [`${this.name}.lines`, `${this.name}.counts`];
    this.watcher = await CommitWatcher.start({ brokers: this.brokers, topic: outputTopic });
    this.sampler = new Sampler({
      tenant: this.name,
      flinkUrl: this.outputs.flinkUrl,
      brokers: this.brokers,
      inputTopic: topic,
      outputTopic,
      groupId: `${this.name}-wordcount`,
    });
    await this.sampler.start();
    const runId = `demo-${randomBytes(4).toString("hex")}`;
    fs.mkdirSync(this.ledgerDir, { recursive: true });
    this.feeder = await startFeeder({
      brokers: this.brokers,
      topic,
      ledgerFile: path.join(this.ledgerDir, `${this.name}-${runId}.jsonl`),
      linesPerSecond: move.linesPerSecond,
      maxSeconds: MAX_FEED_SECONDS,
      runId,
    });
  }

  /** Sets the clock to the move's and updates the stack; measures what it did to the stream. */
  async play(move: Move): Promise<void> {
    const before = await this.capacity();
    this.feeder.setRate(move.linesPerSecond);
    const started = Date.now();
    const update = await this.environment.up(this.stack, { at: move.at });
    this.outputs = outputsOf(this.stack, update);
    const updated = Date.now();
    await sleep(AFTERMATH_MS);
    const after = await this.capacity();
    this.transitions.push({
      at: started,
      tenant: this.name,
      label: move.label,
      taskManagers: { before: before.taskManagers, after: after.taskManagers },
      parallelism: { before: before.parallelism, after: after.parallelism },
      updateSeconds: update.seconds,
      // The update ends when the job runs at its new parallelism.
      edgeToRunningSeconds: update.seconds,
      gapSeconds: this.gapSeconds(started, updated + AFTERMATH_MS),
      lost: null,
      duplicated: null,
    });
  }

  /** Notes what an accident between `fromMs` and now did to the stream. */
  async note(label: string, fromMs: number): Promise<void> {
    const { taskManagers, parallelism } = await this.capacity();
    this.transitions.push({
      at: fromMs,
      tenant: this.name,
      label,
      taskManagers: { before: taskManagers, after: taskManagers },
      parallelism: { before: parallelism, after: parallelism },
      updateSeconds: null,
      gapSeconds: this.gapSeconds(fromMs, Date.now()),
      lost: null,
      duplicated: null,
    });
  }

  /** What the plan asks for and what runs, as one check. */
  async asPlanned(): Promise<{ name: string; ok: boolean; detail: string }> {
    const { taskManagers, parallelism, liveJobs } = await this.capacity();
    const wanted = Object.values(this.outputs.jobs)[0]?.parallelism;
    const ok =
      taskManagers === this.outputs.taskManagers && parallelism === wanted && liveJobs === 1;
    const detail = `${liveJobs} job at parallelism ${parallelism} on ${taskManagers} TaskManagers; window ${this.outputs.window}`;
    return { name: `${this.name} runs as planned`, ok, detail };
  }

  /** Stops the feeding and counts every word that was committed. */
  async close(): Promise<{ verdict: Verdict; acknowledged: number }> {
    const { ledgerFile, acknowledged } = await this.feeder.stop();
    const verdict = await check({
      brokers: this.brokers,
      inputTopic: `${this.name}.lines`,
      outputTopic: `${this.name}.counts`,
      ledgerFile,
      timeoutMs: COUNT_LIMIT_MS,
    });
    await this.quit();
    // The count covers the whole run: only where all is exact is each transition known to be.
    if (verdict.exact) {
      for (const transition of this.transitions)
        Object.assign(transition, { lost: 0, duplicated: 0 });
    }
    return { verdict, acknowledged };
  }

  /** Ends what was started here; the stack stays. */
  async quit(): Promise<void> {
    await Promise.allSettled([this.feeder?.stop(), this.sampler?.stop(), this.watcher?.stop()]);
  }

  private async capacity() {
    const { taskManagers, liveJobs } = await inspectCluster(this.outputs.flinkUrl);
    return { taskManagers, parallelism: liveJobs[0]?.parallelism ?? 0, liveJobs: liveJobs.length };
  }

  private gapSeconds(fromMs: number, toMs: number): number {
    return Math.max(0, this.watcher.longestGapMs(fromMs, toMs) - CHECKPOINT_MS) / 1000;
  }
}

function outputsOf(stack: string, update: Update): TenantOutputs {
  if (!update.ok) throw new UserError(`pulumi up of ${stack} failed:\n${update.errors.join("\n")}`);
  return tenantOutputsSchema.parse(update.outputs);
}
