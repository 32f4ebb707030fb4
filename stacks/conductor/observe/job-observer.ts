import { allRunning, parallelismOf } from "../../../infra/flink/job-states";
import type { FlinkRestClient } from "../../../infra/flink/rest-client";
import type { JobDetail } from "../../../infra/flink/rest-schema";
import { sleep } from "../../../infra/flink/wait";
import type { JobObservation } from "../../../policies/scaling/observation";
import type { JobSpec } from "../../../policies/tenant";
import { busyOf, partitionsOf } from "./job-figures";
import { JobTopics } from "./job-topics";
import type { KafkaOffsets } from "./kafka-offsets";
import { MeanRate } from "./mean-rate";
import { backlogOf, partitionKey, Places, sumOf, type Offsets } from "./offsets";
import { throughCollectors, Upstream, type Collectors } from "./upstream";
import { VertexMetrics, type VertexFigures } from "./vertex-metrics";

export type ObservableJob = Pick<JobSpec, "name" | "sourceParallelism" | "reads">;

export interface Asked {
  flink: FlinkRestClient;
  kafka: KafkaOffsets;
  /** Milliseconds, and never goes back. */
  clock: () => number;
  /** How long Flink takes to fetch its metrics, in milliseconds. */
  fetchMs: number;
  /** What fills topics of this Kafka from databases. */
  collectors: Collectors;
}

export interface MeasuredJob {
  /** Undefined where it was never seen with a parallelism. */
  observation: JobObservation | undefined;
  /** Records in its topics, from their beginning; undefined where not known. */
  arrived: number | undefined;
  /** Records that its sources have given on. */
  taken: number | undefined;
  /** Sentences: what is not known, and why. */
  problems: string[];
}

interface Timed {
  offsets: Offsets | undefined;
  atMs: number;
}

/** Measures one job, over its restarts and rescales: it stays the same job when Flink gives it another id. */
export class JobObserver {
  private readonly metrics: VertexMetrics;
  private readonly topics: JobTopics;
  private readonly upstream: Upstream;
  private readonly places = new Places();
  private readonly produced = new MeanRate();
  private readonly consumed = new MeanRate();
  private parallelism = 0;
  private spoken = "";

  constructor(
    private readonly job: ObservableJob,
    private readonly asked: Asked,
  ) {
    this.metrics = new VertexMetrics(asked.flink);
    this.topics = new JobTopics(job.reads, asked.kafka);
    this.upstream = new Upstream(asked.collectors);
  }

  /** `live`: Flink has it, and it has not ended. Throws FlinkRestError where Flink doesn't answer. */
  async observe(jobId: string, live: boolean, nowMs: number): Promise<MeasuredJob> {
    const problems: string[] = [];
    // This makes Flink fetch its metrics: what is read of them later is as of now.
    const detail = live ? await this.asked.flink.job(jobId) : undefined;
    const fetchedMs = this.asked.clock();
    this.parallelism = (detail && parallelismOf(detail)) || this.parallelism;
    const running = detail !== undefined && allRunning(detail);
    const early = this.ends(problems);
    const figures = running ? await this.figures(detail, early, problems) : undefined;
    const known = await early;
    const ends = known.offsets === undefined ? await this.ends(problems) : known;
    if (this.topics.problem !== undefined) problems.push(this.topics.problem);
    const places: Timed = {
      offsets: ends.offsets && (await this.placesIn(ends.offsets, figures, problems)),
      atMs: running ? fetchedMs : ends.atMs,
    };
    const standing = await this.upstream.look(this.topics.names);
    problems.push(...standing.unknown);
    const flow = throughCollectors(this.flow(ends, places, problems), standing);
    const observation = this.parallelism > 0 && {
      ...{ atMs: nowMs, running, parallelism: this.parallelism, ...flow },
      ...(figures && busyOf(detail?.vertices ?? [], figures.busy, problems)),
      ...partitionsOf(detail, this.job.sourceParallelism, ends.offsets),
    };
    return {
      observation: observation || undefined,
      arrived: ends.offsets && sumOf(ends.offsets),
      taken: places.offsets && sumOf(places.offsets),
      problems: [...new Set(problems)],
    };
  }

  private flow(ends: Timed, places: Timed, problems: string[]) {
    const producedPerSecond = this.produced.push(ends.offsets, ends.atMs);
    const consumedPerSecond = this.consumed.push(places.offsets, places.atMs);
    if (this.produced.wentBack) problems.push("its topics end before where they ended");
    if (this.consumed.wentBack) problems.push("it reads again what it had taken");
    return {
      ...(producedPerSecond !== undefined && { producedPerSecond }),
      ...(consumedPerSecond !== undefined && { consumedPerSecond }),
      ...(ends.offsets &&
        places.offsets && { backlogRecords: backlogOf(ends.offsets, places.offsets) }),
    };
  }

  private async figures(detail: JobDetail, ends: Promise<Timed>, problems: string[]) {
    let figures = await this.fetched(detail);
    // Where nothing moves although records wait, Flink may only have been slow to fetch.
    const { offsets } = await ends;
    const waits = offsets && backlogOf(offsets, this.topics.placesOf(figures.places)) > 0;
    if (waits && this.spoken === spokenIn(figures)) figures = await this.fetched(detail);
    this.spoken = spokenIn(figures);
    // They come with the first metrics that Flink fetches of a job.
    if (figures.places.length === 0) this.metrics.forget();
    await this.topics.learn(figures.places).catch((error: unknown) => {
      problems.push(noAnswer(error));
    });
    return figures;
  }

  /** Waits until Flink has its metrics. */
  private async fetched(detail: JobDetail): Promise<VertexFigures> {
    await sleep(this.asked.fetchMs);
    return this.metrics.read(detail);
  }

  private async ends(problems: string[]): Promise<Timed> {
    const topics = this.topics.names;
    let offsets: Offsets | undefined;
    if (topics.length > 0) {
      try {
        offsets = await this.asked.kafka.ends(topics);
      } catch (error) {
        problems.push(noAnswer(error));
      }
    }
    const atMs = this.asked.clock();
    const missing = topics.filter((topic) => offsets && !offsets.has(partitionKey(topic, 0)));
    if (missing.length > 0) {
      problems.push(`Kafka can't tell where ${missing.join(", ")} ends`);
      return { offsets: undefined, atMs };
    }
    return { offsets, atMs };
  }

  private async placesIn(
    ends: Offsets,
    figures: VertexFigures | undefined,
    problems: string[],
  ): Promise<Offsets | undefined> {
    if (figures === undefined) return this.places.held(ends);
    let told = this.topics.placesOf(figures.places);
    const { group } = this.job.reads ?? {};
    if (group !== undefined && [...ends.keys()].some((key) => !told.has(key))) {
      told = new Map([...(await this.committed(group, problems)), ...told]);
    }
    const found = this.places.told(ends, told);
    // There may be partitions that were not there when their names were asked for.
    if (found.places === undefined) this.metrics.forget();
    problems.push(...found.problems);
    return found.places;
  }

  private async committed(group: string, problems: string[]): Promise<Offsets> {
    try {
      return await this.asked.kafka.committed(group, this.topics.names);
    } catch (error) {
      problems.push(noAnswer(error));
      return new Map();
    }
  }
}

function spokenIn({ places }: VertexFigures): string {
  return places.map(({ metric, next }) => `${metric}=${next}`).join(" ");
}

function noAnswer(error: unknown): string {
  return `Kafka does not answer: ${(error as Error).message}`;
}
