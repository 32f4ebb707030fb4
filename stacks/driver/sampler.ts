import type { Admin } from "kafkajs";
import { parallelismOf } from "../../infra/flink/job-states";
import { FlinkRestClient } from "../../infra/flink/rest-client";
import type { Sample } from "../report/model";
import { kafkaClient, lagWith } from "../workload/kafka";

export interface SampledTenant {
  tenant: string;
  flinkUrl: string;
  brokers: readonly string[];
  inputTopic: string;
  outputTopic: string;
  groupId: string;
}

const PERIOD_MS = 1_000;
/** A cluster that is being changed may not answer: the sample then has a hole. */
const PATIENCE_MS = 900;

interface Offsets {
  atMs: number;
  input: number;
  output: number;
}

/** Samples a tenant once a second: rates, lag, slots, parallelism, TaskManagers. Null where nothing answered. */
export class Sampler {
  readonly samples: Sample[] = [];
  private timer: NodeJS.Timeout | undefined;
  private busy: Promise<void> | undefined;
  private last: Offsets | undefined;
  private readonly flink: FlinkRestClient;
  private readonly admin: Admin;

  constructor(private readonly of: SampledTenant) {
    this.flink = new FlinkRestClient(of.flinkUrl, { timeoutMs: PATIENCE_MS, patienceMs: 0 });
    this.admin = kafkaClient(of.brokers).admin();
  }

  async start(): Promise<void> {
    await this.admin.connect();
    this.timer = setInterval(() => {
      this.busy ??= this.sample().finally(() => (this.busy = undefined));
    }, PERIOD_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.busy;
    await this.admin.disconnect();
  }

  private async sample(): Promise<void> {
    const t = Date.now();
    const [cluster, flow] = await Promise.all([
      this.cluster().catch(() => undefined),
      this.flow(t).catch(() => undefined),
    ]);
    this.samples.push({
      t,
      inputRate: flow?.inputRate ?? null,
      outputRate: flow?.outputRate ?? null,
      lagRecords: flow?.lagRecords ?? null,
      slotsTotal: cluster?.slotsTotal ?? null,
      slotsUsed: cluster?.slotsUsed ?? null,
      parallelism: cluster?.parallelism ?? null,
      taskManagers: cluster?.taskManagers ?? null,
    });
  }

  private async cluster() {
    const overview = await this.flink.overview();
    const running = (await this.flink.jobs()).find((job) => job.state === "RUNNING");
    const job = running && (await this.flink.job(running.jid));
    return {
      taskManagers: overview.taskmanagers,
      slotsTotal: overview["slots-total"],
      slotsUsed: overview["slots-total"] - overview["slots-available"],
      parallelism: job === undefined ? 0 : parallelismOf(job),
    };
  }

  private async flow(atMs: number) {
    const { inputTopic, outputTopic, groupId } = this.of;
    const [input, output, lagRecords] = await Promise.all([
      this.end(inputTopic),
      this.end(outputTopic),
      lagWith(this.admin, inputTopic, groupId),
    ]);
    const last = this.last;
    this.last = { atMs, input, output };
    if (last === undefined) return { inputRate: null, outputRate: null, lagRecords };
    const seconds = (atMs - last.atMs) / 1000;
    return {
      inputRate: Math.max(0, input - last.input) / seconds,
      outputRate: Math.max(0, output - last.output) / seconds,
      lagRecords,
    };
  }

  private async end(topic: string): Promise<number> {
    const offsets = await this.admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, partition) => sum + Number(partition.high), 0);
  }
}
