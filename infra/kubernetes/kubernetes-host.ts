import { z } from "zod";
import { UserError } from "../errors";
import {
  findSnapshots,
  hasFailed,
  parseFind,
  type ClusterHost,
  type SnapshotFile,
  type Staying,
} from "../flink/cluster-host";
import { kubernetesApi, unlessStatus, type KubernetesApi } from "./api";
import { FLINK_NAMES, selectorOf, type AppName } from "./names";
import { podExec } from "./pod-exec";

const stateOfContainer = z.object({
  running: z.object({ startedAt: z.iso.datetime() }).optional(),
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
});
const podSchema = z.object({
  metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
  status: z.object({
    phase: z.string().optional(),
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
      .default([]),
    containerStatuses: z.array(z.object({ state: stateOfContainer })).default([]),
  }),
});
const podsSchema = z.object({ items: z.array(podSchema) });
type Pod = z.output<typeof podSchema>;

/** Of a ReplicaSet's pods those with the lowest go first; 0 where nothing is said. */
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
const LEAVES_FIRST = "-100";
/** Nothing that a TaskManager does which is frozen, or of a lost JobManager, is worth waiting for. */
const RESTART_GRACE_SECONDS = 1;
/** So long the TaskManagers of a JobManager that was started anew may take to find it. */
const FIND_LEADER_MS = 30_000;
const NOT_FOUND = 404;

/** A cluster in a namespace of its own; a TaskManager's id is its pod's name, and a Deployment keeps their number. */
export class KubernetesClusterHost implements ClusterHost {
  constructor(
    private readonly namespace: string,
    private readonly api: () => Promise<KubernetesApi> = kubernetesApi,
  ) {}

  /** Kubernetes starts them; only those are restarted that run and have not found the JobManager. */
  async startTaskManagers(_staying: Staying, registered: ReadonlySet<string>): Promise<void> {
    const [taskManagers, jobManagers] = await Promise.all([
      this.pods("taskmanager"),
      this.pods("jobmanager"),
    ]);
    const leader = Math.min(...jobManagers.map(startedAtMs));
    if (!(Date.now() - leader > FIND_LEADER_MS)) return;
    const lost = taskManagers.filter(
      (pod) => !registered.has(pod.metadata.name) && startedAtMs(pod) < leader,
    );
    await Promise.all(lost.map((pod) => this.restartTaskManager(pod.metadata.name)));
  }

  async missingTaskManagers(staying: Staying, registered: ReadonlySet<string>): Promise<string[]> {
    const pods = await this.pods("taskmanager");
    const away = pods.filter((pod) => !registered.has(pod.metadata.name)).map(describe);
    const notMade = ("atLeast" in staying ? staying.atLeast : staying.length) - pods.length;
    return notMade > 0 ? [...away, `${notMade} that Kubernetes has not made (yet)`] : away;
  }

  /** It is not deleted, since its Deployment would make another: it goes first once fewer are wanted. */
  async stopTaskManager(id: string): Promise<void> {
    const metadata = { annotations: { [DELETION_COST]: LEAVES_FIRST } };
    const request = { method: "PATCH", path: this.pathOf(id), body: { metadata } } as const;
    await unlessStatus(NOT_FOUND, (await this.api()).request(request, z.unknown()));
  }

  /** Another one takes its place, under another id; where it is gone, it has done so already. */
  async restartTaskManager(id: string): Promise<void> {
    const query = { gracePeriodSeconds: String(RESTART_GRACE_SECONDS) };
    const request = { method: "DELETE", path: this.pathOf(id), query } as const;
    await unlessStatus(NOT_FOUND, (await this.api()).request(request, z.unknown()));
  }

  async snapshots(folders: readonly string[]): Promise<SnapshotFile[]> {
    const { namespace } = this;
    const pods = await this.pods("jobmanager");
    const pod = pods.find((each) => each.status.phase === "Running")?.metadata.name;
    if (pod === undefined) throw this.noSnapshots("no JobManager runs there");
    const container = { namespace, pod, container: FLINK_NAMES.jobManager };
    const found = await podExec(await this.api(), container, findSnapshots(folders));
    if (hasFailed(found)) throw this.noSnapshots(found.stderr.trim());
    return parseFind(found.stdout);
  }

  private noSnapshots(fault: string): UserError {
    return new UserError(
      `The snapshots in ${this.namespace} can't be listed: ${fault}. ` +
        `Fix: see that its JobManager runs (kubectl -n ${this.namespace} get pods), then run again.`,
    );
  }

  /** Those that are not on their way out. */
  private async pods(app: AppName): Promise<Pod[]> {
    const labels = Object.entries(selectorOf(app)).map(([key, value]) => `${key}=${value}`);
    const query = { labelSelector: labels.join(",") };
    const api = await this.api();
    const { items } = await api.request({ method: "GET", path: this.pathOf(), query }, podsSchema);
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  private pathOf(pod?: string): string {
    const all = `/api/v1/namespaces/${this.namespace}/pods`;
    return pod === undefined ? all : `${all}/${pod}`;
  }
}

/** NaN where it does not run: neither older nor younger than anything. */
function startedAtMs({ status }: Pod): number {
  return Date.parse(status.containerStatuses[0]?.state.running?.startedAt ?? "");
}

/** Its name and why it is not there, as far as Kubernetes tells. */
function describe({ metadata, status }: Pod): string {
  const waiting = status.containerStatuses[0]?.state.waiting;
  const unscheduled = status.conditions.find(
    ({ type, status: is }) => type === "PodScheduled" && is === "False",
  );
  const why = unscheduled?.message ?? waiting?.message ?? waiting?.reason;
  const phase = status.phase ?? "Unknown";
  return `${metadata.name} (${why === undefined ? phase : `${phase}: ${why}`})`;
}
