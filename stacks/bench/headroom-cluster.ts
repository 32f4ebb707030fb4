import { z } from "zod";
import type { KubernetesObject } from "../../infra/cluster/addons/objects";
import type { Cluster } from "../../infra/cluster/cluster";
import { kubectl } from "../../infra/cluster/kubectl";
import { KubernetesApi, KubernetesApiError } from "../../infra/kubernetes/api";
import { fromKubeconfig } from "../../infra/kubernetes/kubeconfig";
import { ENVIRONMENT_LABEL } from "../../infra/kubernetes/names";

/** A list of a thousand objects takes a starved API server its time. */
const LIST_MS = 120_000;
/** kubectl creates one object at a time. */
const CREATED_AT_ONCE = 4;

const time = z.iso.datetime().transform((text) => Date.parse(text));
const condition = z.object({ type: z.string(), status: z.string(), lastTransitionTime: time });
const podSchema = z.object({
  metadata: z.object({ namespace: z.string(), creationTimestamp: time }),
  spec: z.object({ nodeName: z.string().optional() }),
  status: z.object({
    conditions: z.array(condition).default([]),
    containerStatuses: z
      .array(z.object({ state: z.object({ running: z.object({ startedAt: time }).optional() }) }))
      .default([]),
  }),
});
const nodeSchema = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: time }),
  status: z.object({ conditions: z.array(condition).default([]) }),
});
const claimSchema = z.object({
  metadata: z.object({ creationTimestamp: time }),
});
const quotaSchema = z.object({
  metadata: z.object({ namespace: z.string() }),
  status: z.object({
    hard: z.record(z.string(), z.string()),
    used: z.record(z.string(), z.string()),
  }),
});
const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

/** Room on a node: when it was asked for, and when it was there, ms since the epoch, to the second. */
export interface Place {
  node: string | undefined;
  createdMs: number;
  scheduledMs: number | undefined;
}

/** And when the pod ran that has it. */
export interface PodTimes extends Place {
  namespace: string;
  runningMs: number | undefined;
}

export type Quota = z.output<typeof quotaSchema>;

/** The cluster of a fleet, as it is measured. */
export class FleetCluster {
  private constructor(
    private readonly cluster: Cluster,
    private readonly api: KubernetesApi,
  ) {}

  static async at(cluster: Cluster): Promise<FleetCluster> {
    return new FleetCluster(cluster, new KubernetesApi(await fromKubeconfig([cluster.kubeconfig])));
  }

  /** Makes the objects of each phase before those of the next. */
  async create(phases: readonly KubernetesObject[][]): Promise<void> {
    for (const objects of phases) {
      const parts = Array.from({ length: CREATED_AT_ONCE }, (_, part) =>
        objects.filter((_object, i) => i % CREATED_AT_ONCE === part),
      );
      await Promise.all(parts.map((items) => this.createAll(items)));
    }
  }

  private async createAll(items: readonly KubernetesObject[]): Promise<void> {
    if (items.length === 0) return;
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    await kubectl(this.cluster, ["create", "--validate=false", "-f", "-"], { input });
  }

  async pods(environment: string, app: string): Promise<PodTimes[]> {
    const labels = { [ENVIRONMENT_LABEL]: environment, "app.kubernetes.io/name": app };
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    const items = await this.list("/api/v1/pods", podSchema, { labelSelector });
    return items.map(({ metadata, spec, status }) => ({
      ...{ namespace: metadata.namespace, node: spec.nodeName },
      createdMs: metadata.creationTimestamp,
      scheduledMs: sinceWhen(status.conditions, "PodScheduled"),
      runningMs: status.containerStatuses[0]?.state.running?.startedAt,
    }));
  }

  /** When each node was ordered, ms since the epoch. */
  async ordered(): Promise<number[]> {
    const items = await this.list("/apis/karpenter.sh/v1/nodeclaims", claimSchema);
    return items.map(({ metadata }) => metadata.creationTimestamp);
  }

  /** Ordered nodes on which no pod runs; each has room for one TaskManager. */
  async freeNodes(): Promise<Place[]> {
    const [nodes, pods] = await Promise.all([
      this.list("/api/v1/nodes", nodeSchema, { labelSelector: "karpenter.sh/nodepool" }),
      this.list("/api/v1/pods", podSchema, { labelSelector: ENVIRONMENT_LABEL }),
    ]);
    const taken = new Set(pods.map(({ spec }) => spec.nodeName));
    return nodes
      .filter(({ metadata: { name } }) => !taken.has(name))
      .map(({ metadata, status }) => ({
        ...{ node: metadata.name, createdMs: metadata.creationTimestamp },
        scheduledMs: sinceWhen(status.conditions, "Ready"),
      }));
  }

  quotas(): Promise<Quota[]> {
    return this.list("/api/v1/resourcequotas", quotaSchema);
  }

  /** Why the API server refuses a pod; undefined where it takes it. */
  async refusalOf(namespace: string, pod: object): Promise<string | undefined> {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    try {
      await this.api.request({ method: "POST", path, body: pod }, z.unknown());
      return undefined;
    } catch (error) {
      if (error instanceof KubernetesApiError && error.status === 403) return error.detail;
      throw error;
    }
  }

  /** From the API server's cache, as informers read. */
  private async list<T extends z.ZodType>(
    path: string,
    item: T,
    query: Record<string, string> = {},
  ): Promise<z.output<T>[]> {
    const all = { resourceVersion: "0", ...query };
    const request = { method: "GET", path, query: all, timeoutMs: LIST_MS } as const;
    return (await this.api.request(request, listOf(item))).items;
  }
}

function sinceWhen(
  conditions: readonly z.output<typeof condition>[],
  wanted: string,
): number | undefined {
  return conditions.find(({ type, status }) => type === wanted && status === "True")
    ?.lastTransitionTime;
}
