import { FlinkRestClient } from "../../infra/flink/rest-client";
import { sleep } from "../../infra/flink/wait";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { FLINK_NAMES, selectorOf } from "../../infra/kubernetes/names";
import { livePods } from "../../infra/kubernetes/pods";
import type { Leavers } from "./breaker";

const PERIOD_MS = 250;
/** For the same host's clock, as two processes read it. */
const CLOCK_MS = 1_000;

/** What was last seen of a TaskManager. */
export interface Seen {
  /** Whether a slot of it was in use. */
  inUse: boolean;
  /** Unix time, ms. */
  atMs: number;
}

/** A TaskManager that has gone. */
export interface Leaver extends Seen {
  leftMs: number;
}

/** The TaskManagers of which no pod is left that stays, of those that were seen. */
export function gone(
  seen: ReadonlyMap<string, Seen>,
  staying: ReadonlySet<string>,
): [string, Seen][] {
  return [...seen].filter(([id]) => !staying.has(id));
}

/** A job as its JobManager knows it; Unix times, ms. */
export interface JobStory {
  startMs: number;
  /** When tasks of it failed. */
  failuresMs: readonly number[];
}

/**
 * Of those that have gone, those on which something ran: a slot was in use when they were last seen, and a task failed
 * since. Without a failure the slot was given back after that look, which a JobManager that is busy with the restart
 * may answer seconds before the TaskManager goes: Flink can't lose what runs on one without a failure. A JobManager
 * that knows no job from before that look has been restarted itself, and clears nobody.
 */
export function lostSomething(leavers: readonly Leaver[], jobs: readonly JobStory[]): number {
  const failed = (atMs: number) =>
    !jobs.some(({ startMs }) => startMs <= atMs) ||
    jobs.some(({ failuresMs }) => failuresMs.some((ms) => ms >= atMs - CLOCK_MS));
  return leavers.filter(({ inUse, atMs }) => inUse && failed(atMs)).length;
}

/** Notes every TaskManager that goes from a namespace, and whether something ran on it. */
export class LeaverWatch {
  private readonly seen = new Map<string, Seen>();
  private readonly left = new Map<string, Leaver>();
  private readonly flink: FlinkRestClient;
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(private readonly namespace: string) {
    const url = `kubernetes://${namespace}/${FLINK_NAMES.jobManager}:8081`;
    this.flink = new FlinkRestClient(url, { patienceMs: 0 });
    this.loop = this.watch();
  }

  async since(sinceMs: number): Promise<Leavers> {
    const left = [...this.left.values()].filter(({ leftMs }) => leftMs >= sinceMs);
    const withSlots = left.some(({ inUse }) => inUse)
      ? lostSomething(left, await this.stories())
      : 0;
    return { gone: left.length, withSlots };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  /** Of all jobs that the JobManager knows; also of those that have ended. */
  private async stories(): Promise<JobStory[]> {
    const jobs = await this.flink.jobs();
    return Promise.all(
      jobs.map(async ({ jid, "start-time": startMs }) => ({
        ...{ startMs, failuresMs: await this.flink.failures(jid) },
      })),
    );
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      await this.look().catch(() => undefined);
      await sleep(PERIOD_MS);
    }
  }

  /** Slots first, so that they are older than the pods: one that has gone since was looked at right before. */
  private async look(): Promise<void> {
    const atMs = Date.now();
    const registered = await this.flink.taskManagers().catch(() => []);
    for (const { id, freeSlots, slotsNumber } of registered) {
      // One that goes in order is registered for a moment longer.
      if (!this.left.has(id)) this.seen.set(id, { inUse: freeSlots < slotsNumber, atMs });
    }
    const pods = await livePods(await kubernetesApi(), selectorOf("taskmanager"), this.namespace);
    const staying = new Set(pods.map(({ metadata }) => metadata.name));
    for (const [id, seen] of gone(this.seen, staying)) {
      this.seen.delete(id);
      this.left.set(id, { ...seen, leftMs: Date.now() });
    }
  }
}
