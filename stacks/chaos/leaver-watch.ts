import { FlinkRestClient } from "../../infra/flink/rest-client";
import { sleep } from "../../infra/flink/wait";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { FLINK_NAMES, selectorOf } from "../../infra/kubernetes/names";
import { livePods } from "../../infra/kubernetes/pods";
import type { Leavers } from "./breaker";

const PERIOD_MS = 250;

/** What was last seen of a TaskManager: whether a slot of it was in use. */
export type Seen = ReadonlyMap<string, boolean>;

/** The TaskManagers of which no pod is left that stays, of those that were seen. */
export function gone(
  seen: Seen,
  staying: ReadonlySet<string>,
): { id: string; withSlots: boolean }[] {
  return [...seen].filter(([id]) => !staying.has(id)).map(([id, withSlots]) => ({ id, withSlots }));
}

/** Notes every TaskManager that goes from a namespace, and whether something ran on it right before. */
export class LeaverWatch {
  private readonly seen = new Map<string, boolean>();
  private readonly left = new Map<string, { atMs: number; withSlots: boolean }>();
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(private readonly namespace: string) {
    this.loop = this.watch();
  }

  since(sinceMs: number): Leavers {
    const left = [...this.left.values()].filter(({ atMs }) => atMs >= sinceMs);
    return { gone: left.length, withSlots: left.filter(({ withSlots }) => withSlots).length };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async watch(): Promise<void> {
    const { jobManager } = FLINK_NAMES;
    const flink = new FlinkRestClient(`kubernetes://${this.namespace}/${jobManager}:8081`, {
      patienceMs: 0,
    });
    while (!this.stopped) {
      await this.look(flink).catch(() => undefined);
      await sleep(PERIOD_MS);
    }
  }

  /** Slots first, so that they are older than the pods: one that has gone since was looked at right before. */
  private async look(flink: FlinkRestClient): Promise<void> {
    const registered = await flink.taskManagers().catch(() => []);
    for (const { id, freeSlots, slotsNumber } of registered) {
      // One that goes in order is registered for a moment longer.
      if (!this.left.has(id)) this.seen.set(id, freeSlots < slotsNumber);
    }
    const pods = await livePods(await kubernetesApi(), selectorOf("taskmanager"), this.namespace);
    for (const { id, withSlots } of gone(
      this.seen,
      new Set(pods.map(({ metadata }) => metadata.name)),
    )) {
      this.seen.delete(id);
      this.left.set(id, { atMs: Date.now(), withSlots });
    }
  }
}
