import type { Admin } from "kafkajs";
import { allRunning, parallelismOf } from "../../infra/flink/job-states";
import { FlinkRestClient } from "../../infra/flink/rest-client";
import type { JobDetail, Metric } from "../../infra/flink/rest-schema";
import { sleep } from "../../infra/flink/wait";
import { kafkaClient } from "../workload/kafka";
import type { Observation } from "./sight";

/** Flink fetches its metrics when it is asked for them, and answers with those it fetched before. */
const FETCH_MS = 300;
const POSITION = /\.KafkaSourceReader\.topic\..+\.currentOffset$/;
const BUSY = "busyTimeMsPerSecond";

interface ObservedJob {
  id: string;
  vertices: JobDetail["vertices"];
  /** The vertex that reads the topic, and what its places in the partitions are called. */
  source: { id: string; positions: string[] } | undefined;
}

/** Observes one tenant's job as a conductor can: through Flink's REST API and Kafka's offsets. */
export class Observer {
  private readonly flink: FlinkRestClient;
  private readonly admin: Admin;
  private job: ObservedJob | undefined;
  private parallelism = 0;
  private taken: number | undefined;

  constructor(
    flinkUrl: string,
    brokers: readonly string[],
    private readonly topic: string,
  ) {
    this.flink = new FlinkRestClient(flinkUrl, { timeoutMs: 2_000, patienceMs: 0 });
    this.admin = kafkaClient(brokers).admin();
  }

  async open(): Promise<void> {
    await this.admin.connect();
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }

  /** Throws where Flink or Kafka does not answer. */
  async observe(): Promise<Observation> {
    const [overview, running] = await Promise.all([this.flink.overview(), this.findJob()]);
    const figures = running === undefined ? undefined : await this.figures(running);
    const arrived = await this.arrived();
    this.taken = figures?.taken ?? this.taken;
    return {
      atMs: Date.now(),
      arrived,
      taken: this.taken,
      busyRatio: figures?.busyRatio,
      running: running !== undefined,
      parallelism: this.parallelism,
      taskManagers: overview.taskmanagers,
    };
  }

  /** The job, where all of it runs. */
  private async findJob(): Promise<ObservedJob | undefined> {
    const found = (await this.flink.jobs()).find(({ state }) => state === "RUNNING");
    const detail = found && (await this.flink.job(found.jid));
    if (detail === undefined || !allRunning(detail)) return undefined;
    this.parallelism = parallelismOf(detail);
    if (this.job?.id !== detail.jid || this.job.source === undefined) {
      this.job = await this.learn(detail);
    }
    return { ...this.job, vertices: detail.vertices };
  }

  private async learn({ jid, vertices }: JobDetail): Promise<ObservedJob> {
    for (const { id } of vertices) {
      const names = await this.flink.metricNames(jid, id);
      const positions = names.filter((name) => POSITION.test(name));
      if (positions.length > 0) return { id: jid, vertices, source: { id, positions } };
    }
    return { id: jid, vertices, source: undefined };
  }

  private async figures(job: ObservedJob) {
    await this.read(job);
    await sleep(FETCH_MS);
    return this.read(job);
  }

  private async read({ id, vertices, source }: ObservedJob) {
    const none: Record<string, Metric> = {};
    const [offsets = none, ...busy] = await Promise.all([
      source === undefined ? none : this.flink.metrics(id, source.id, source.positions),
      ...vertices.map((vertex) => this.flink.metrics(id, vertex.id, [BUSY])),
    ]);
    // The offset is that of the last record; before the first one it is negative.
    const places = Object.values(offsets).map(({ max }) => max + 1);
    const ratios = busy.flatMap((metrics) => metrics[BUSY]?.avg ?? []).filter(Number.isFinite);
    const known = places.length > 0 && places.every((place) => place > 0);
    return {
      taken: known ? places.reduce((a, b) => a + b, 0) : undefined,
      busyRatio: ratios.length > 0 ? Math.min(1, Math.max(...ratios) / 1000) : undefined,
    };
  }

  private async arrived(): Promise<number> {
    const ends = await this.admin.fetchTopicOffsets(this.topic);
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  }
}
