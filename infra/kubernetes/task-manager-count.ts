import { z } from "zod";
import { UserError } from "../errors";
import { waitFor } from "../flink/wait";
import type { KubernetesApi } from "./api";
import { AutoscalerBounds } from "./autoscaler-bounds";
import { FLINK_NAMES, selectorOf } from "./names";
import { leavesFirst, leavesLikeOthers, livePods } from "./pods";

const scaleSchema = z.object({ spec: z.object({ replicas: z.int().default(0) }) });
/** A pod has 30 s to end. */
const GONE_MS = 60_000;

/** The number of a tenant's TaskManager pods, which an autoscaler owns. */
export class TaskManagerCount {
  constructor(
    private readonly api: KubernetesApi,
    private readonly namespace: string,
    /** How long KEDA may take to tell the autoscaler of its bounds. @default 30000 */
    private readonly carriedMs?: number,
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

  /**
   * Has at least so many pods made. Throws UserError where the autoscaler would take them back, since KEDA has not told
   * it of its new bounds.
   */
  async raise(pods: number): Promise<void> {
    const now = await this.wanted();
    if (now === undefined || now >= pods) return;
    const bounds = await this.bounds();
    if (bounds !== undefined && !(await bounds.allows(pods))) throw this.notCarriedOver(pods);
    await this.scale(pods);
  }

  /**
   * Takes exactly these pods away. The autoscaler's bounds are lowered meanwhile, so that it makes no others in their
   * place; an interrupted call leaves them lowered until the next update. False where some are still there after a
   * minute, and where the autoscaler does not take the bounds: then all stay.
   */
  async remove(names: readonly string[]): Promise<boolean> {
    const before = await this.wanted();
    if (before === undefined || names.length === 0) return true;
    const left = Math.max(0, before - names.length);
    // An autoscaler takes away itself what is beyond its bounds, and these have to be those that go.
    await Promise.all(names.map((name) => leavesFirst(this.api, this.namespace, name)));
    const bounds = await this.bounds();
    if (bounds !== undefined && !(await bounds.lower(left))) {
      await bounds.restore(before);
      await Promise.all(names.map((name) => leavesLikeOthers(this.api, this.namespace, name)));
      return false;
    }
    await this.scale(left);
    const gone = await waitFor(async () => {
      const pods = new Set(await this.pods());
      return names.every((name) => !pods.has(name)) || undefined;
    }, GONE_MS);
    await bounds?.restore(left);
    return gone === true;
  }

  private bounds(): Promise<AutoscalerBounds | undefined> {
    return AutoscalerBounds.find(this.api, this.namespace, this.carriedMs);
  }

  private async scale(replicas: number): Promise<void> {
    const body = { spec: { replicas } };
    await this.api.request({ method: "PATCH", path: this.scalePath, body }, z.unknown());
  }

  private notCarriedOver(pods: number): UserError {
    const { namespace } = this;
    const name = FLINK_NAMES.taskManager;
    return new UserError(
      `${pods} TaskManagers are to run in ${namespace}, and its HorizontalPodAutoscaler ${name} still allows fewer: ` +
        "KEDA has not told it of its new bounds. Fix: see that KEDA's operator runs " +
        `(kubectl -n ${namespace} get scaledobject ${name}), then run again.`,
    );
  }

  private get scalePath(): string {
    return `/apis/apps/v1/namespaces/${this.namespace}/deployments/${FLINK_NAMES.taskManager}/scale`;
  }
}
