import { TERMINAL_STATES } from "../../../infra/flink/job-states";
import { FlinkRestError, type FlinkRestClient } from "../../../infra/flink/rest-client";
import type { JobOverview, JobState } from "../../../infra/flink/rest-schema";
import type { JobObservation } from "../../../policies/scaling/observation";
import type { FlinkConnections } from "./flink-connections";
import { Heartbeats } from "./heartbeats";
import { JobObserver, type Asked, type MeasuredJob, type ObservableJob } from "./job-observer";
import type { KafkaOffsets } from "./kafka-offsets";
import type { Collectors } from "./upstream";

export interface ObservedJob {
  /** Null where Flink did not answer, `GONE` where it has no such job. */
  state: JobState | "GONE" | null;
  jobId: string;
  /** Undefined where Flink did not answer, or it was never seen how much runs. */
  observation: JobObservation | undefined;
  /** Records in its topics, from their beginning; undefined where not known. */
  arrived: number | undefined;
  /** Records that its sources have given on; undefined where not known. */
  taken: number | undefined;
}

export interface ObservedTaskManager {
  id: string;
  slots: number;
  freeSlots: number;
  heartbeatAgeMs: number;
}

export interface ObservedCluster {
  taskManagers: ObservedTaskManager[];
  slotsTotal: number;
  slotsAvailable: number;
}

/** What was seen of a tenant at an instant. What is not known is left out, and `problems` says why. */
export interface TenantObservation {
  atMs: number;
  /** Undefined where the JobManager did not answer. */
  cluster: ObservedCluster | undefined;
  /** By job name. */
  jobs: Record<string, ObservedJob>;
  /** Jobs on the cluster that have not ended; undefined where the JobManager did not answer. */
  liveJobs: number | undefined;
  /** Sentences. */
  problems: string[];
}

export interface TenantObserverOptions {
  flinkUrl: string;
  kafka: KafkaOffsets;
  /** How they read, by the tenant's settings. */
  jobs: readonly ObservableJob[];
  /** Shared by all tenants. */
  connections: FlinkConnections;
  /** What fills topics from databases. @default nothing does */
  collectors?: Collectors;
  /** Milliseconds, and never goes back. @default performance.now */
  clock?: () => number;
  /** How long Flink takes to fetch its metrics, in milliseconds. @default 300 */
  fetchMs?: number;
}

const NONE: Collectors = { feeds: [], figures: { of: async () => undefined } };

/** Watches one tenant through Flink's REST API and Kafka's offsets. Rates are means since the observation before. */
export class TenantObserver {
  private readonly flink: FlinkRestClient;
  private readonly asked: Asked;
  private readonly heartbeats = new Heartbeats();
  private readonly observers = new Map<string, JobObserver>();

  constructor(private readonly options: TenantObserverOptions) {
    const { flinkUrl, kafka, connections } = options;
    const { clock = () => performance.now(), fetchMs = 300, collectors = NONE } = options;
    this.flink = connections.client(flinkUrl);
    this.asked = { flink: this.flink, kafka, clock, fetchMs, collectors };
  }

  /**
   * Does not throw for a cluster in trouble. `jobIds`: by job name, the ids by which they should run. `nowMs`: since the
   * epoch, by the clock that the observation is to be dated by.
   */
  async observe(
    jobIds: Readonly<Record<string, string>>,
    nowMs: number,
  ): Promise<TenantObservation> {
    const problems: string[] = [];
    const ask = async <T>(what: string, question: Promise<T>): Promise<T | undefined> => {
      try {
        return await question;
      } catch (error) {
        if (!(error instanceof FlinkRestError)) throw error;
        problems.push(`${what}: ${error.message}`);
        return undefined;
      }
    };
    const listed = await ask("Flink does not tell of its jobs", this.flink.jobs());
    const [cluster, ...jobs] = await Promise.all([
      listed && ask("Flink does not tell of its TaskManagers", this.cluster(nowMs)),
      ...Object.entries(jobIds).map(async ([name, jobId]) => {
        if (listed === undefined) return [name, unseen(jobId, null)] as const;
        const state = stateOf(listed, jobId);
        const live = state !== "GONE" && !TERMINAL_STATES.has(state);
        const measured = await ask(
          `job ${name} is not measured`,
          this.observerOf(name).observe(jobId, live, nowMs),
        );
        problems.push(...(measured?.problems ?? []).map((problem) => `job ${name}: ${problem}`));
        return [name, measured ? seen(jobId, state, measured) : unseen(jobId, state)] as const;
      }),
    ]);
    const liveJobs = listed?.filter(({ state }) => !TERMINAL_STATES.has(state)).length;
    return { atMs: nowMs, cluster, jobs: Object.fromEntries(jobs), liveJobs, problems };
  }

  private async cluster(nowMs: number): Promise<ObservedCluster> {
    const found = await this.flink.taskManagers();
    const beats = found.map((tm) => ({ id: tm.id, beat: tm.timeSinceLastHeartbeat }));
    const ages = this.heartbeats.ages(beats, nowMs, this.asked.clock());
    const taskManagers = found.map(({ id, slotsNumber: slots, freeSlots }) => {
      return { id, slots, freeSlots, heartbeatAgeMs: ages.get(id) ?? 0 };
    });
    return {
      taskManagers,
      slotsTotal: taskManagers.reduce((sum, { slots }) => sum + slots, 0),
      slotsAvailable: taskManagers.reduce((sum, { freeSlots }) => sum + freeSlots, 0),
    };
  }

  private observerOf(name: string): JobObserver {
    let observer = this.observers.get(name);
    if (observer === undefined) {
      const job = this.options.jobs.find((known) => known.name === name);
      observer = new JobObserver(job ?? { name, sourceParallelism: 1 }, this.asked);
      this.observers.set(name, observer);
    }
    return observer;
  }
}

function stateOf(listed: readonly JobOverview[], jobId: string): JobState | "GONE" {
  return listed.find(({ jid }) => jid === jobId)?.state ?? "GONE";
}

function unseen(jobId: string, state: ObservedJob["state"]): ObservedJob {
  return { state, jobId, observation: undefined, arrived: undefined, taken: undefined };
}

function seen(jobId: string, state: ObservedJob["state"], measured: MeasuredJob): ObservedJob {
  const { observation, arrived, taken } = measured;
  return { state, jobId, observation, arrived, taken };
}
