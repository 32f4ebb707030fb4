import { UserError } from "../errors";
import {
  findSnapshots,
  hasFailed,
  parseFind,
  type ClusterHost,
  type SnapshotFile,
  type Staying,
} from "../flink/cluster-host";
import { leaveIdle } from "../flink/leave";
import type { FlinkRestClient } from "../flink/rest-client";
import { kubernetesApi, type KubernetesApi } from "./api";
import { FLINK_NAMES, selectorOf, type AppName } from "./names";
import { podExec } from "./pod-exec";
import { TaskManagerCount } from "./task-manager-count";
import { deletePod, livePods, type Pod } from "./pods";

/** Nothing that a TaskManager does which is frozen, or of a lost JobManager, is worth waiting for. */
const RESTART_GRACE_SECONDS = 1;
/** So long the TaskManagers of a JobManager that was started anew may take to find it. */
const FIND_LEADER_MS = 30_000;

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

  /** A Deployment keeps their number: it is lowered by those on which nothing runs. */
  async dismiss(client: FlinkRestClient, staying: Staying, patienceMs: number): Promise<void> {
    if (!("atLeast" in staying)) return;
    const count = new TaskManagerCount(await this.api(), this.namespace);
    await leaveIdle(client, count, staying.atLeast, patienceMs);
  }

  /** Another one takes its place, under another id; where it is gone, it has done so already. */
  async restartTaskManager(id: string): Promise<void> {
    await deletePod(await this.api(), this.namespace, id, RESTART_GRACE_SECONDS);
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

  private async pods(app: AppName): Promise<Pod[]> {
    return livePods(await this.api(), selectorOf(app), this.namespace);
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
