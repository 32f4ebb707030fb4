import { z } from "zod";
import { waitFor } from "../flink/wait";
import type { KubernetesApi } from "./api";
import { FLINK_NAMES, selectorOf } from "./names";
import { leavesFirst, livePods } from "./pods";

const scaleSchema = z.object({ spec: z.object({ replicas: z.int().default(0) }) });
const boundsSchema = z.object({
  spec: z.object({ minReplicas: z.int().default(1), maxReplicas: z.int() }),
});
/** A pod has 30 s to end. */
const GONE_MS = 60_000;

/** The number of a tenant's TaskManager pods, which an autoscaler owns. */
export class TaskManagerCount {
  constructor(
    private readonly api: KubernetesApi,
    private readonly namespace: string,
  ) {}

  /** Pods that are wanted; undefined where there is no such Deployment. */
  async wanted(): Promise<number | undefined> {
    return (await this.api.find(this.scalePath, scaleSchema))?.spec.replicas;
  }

  /** Pods that are not on their way out. */
  async pods(): Promise<string[]> {
    const pods = await livePods(this.api, selectorOf("taskmanager"), this.namespace);
    return pods.map(({ metadata }) => metadata.name);
  }

  /** Has at least so many pods made. */
  async raise(pods: number): Promise<void> {
    const now = await this.wanted();
    if (now !== undefined && now < pods)
      await this.patch(this.scalePath, { spec: { replicas: pods } });
  }

  /**
   * Takes exactly these pods away. The autoscaler's bounds are lowered meanwhile, so that it makes no others in their
   * place; an interrupted call leaves them lowered until the next update. False where some are still there after a
   * minute.
   */
  async remove(names: readonly string[]): Promise<boolean> {
    const before = await this.wanted();
    if (before === undefined || names.length === 0) return true;
    const left = Math.max(0, before - names.length);
    await Promise.all(names.map((name) => leavesFirst(this.api, this.namespace, name)));
    const bounds = await this.api.find(this.boundsPath, boundsSchema);
    if (bounds !== undefined) {
      const minReplicas = Math.max(1, Math.min(bounds.spec.minReplicas, left));
      await this.bound({ minReplicas, maxReplicas: Math.max(1, left) });
    }
    await this.patch(this.scalePath, { spec: { replicas: left } });
    const gone = await waitFor(async () => {
      const pods = new Set(await this.pods());
      return names.every((name) => !pods.has(name)) || undefined;
    }, GONE_MS);
    if (bounds !== undefined) await this.bound({ maxReplicas: bounds.spec.maxReplicas });
    return gone === true;
  }

  private bound(spec: { minReplicas?: number; maxReplicas: number }): Promise<void> {
    return this.patch(this.boundsPath, { spec });
  }

  private async patch(path: string, body: object): Promise<void> {
    await this.api.request({ method: "PATCH", path, body }, z.unknown());
  }

  private get scalePath(): string {
    return `/apis/apps/v1/namespaces/${this.namespace}/deployments/${FLINK_NAMES.taskManager}/scale`;
  }

  private get boundsPath(): string {
    const kind = "horizontalpodautoscalers";
    return `/apis/autoscaling/v2/namespaces/${this.namespace}/${kind}/${FLINK_NAMES.taskManager}`;
  }
}
