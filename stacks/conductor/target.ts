import { clusterNames } from "../../infra/docker/cluster-names";
import type { ClusterHost } from "../../infra/flink/cluster-host";
import { hostAt } from "../../infra/flink/host-at";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { HeldRoom } from "../../infra/kubernetes/held-room";
import { headroomOf, namespaceOf } from "../../infra/kubernetes/names";
import { TaskManagerCount } from "../../infra/kubernetes/task-manager-count";
import type { Decision } from "../../policies/decision";
import type { HeadroomKind } from "../../policies/kubernetes/headroom";
import { prometheusFromOutside } from "../kubernetes/elsewhere";
import type { Platform } from "../platform-schema";
import type { TenantObservation } from "./observe/tenant-observer";
import { RoomKeeper } from "./room-keeper";
import { wantedIds } from "./view";

/** What a tenant's conductor needs to know of where its cluster runs. */
export interface TenantTarget {
  host: ClusterHost;
  /** Ids of the TaskManagers that should be registered. */
  wanted(decision: Decision, seen: TenantObservation | undefined): string[];
  /** Left out where nodes need no time to come. */
  room?: RoomKeeper;
}

export function tenantTarget(
  { target, kubernetes }: Platform,
  environment: string,
  tenant: string,
): TenantTarget {
  if (target === "docker") {
    const { jobManager, taskManager } = clusterNames(environment, tenant);
    return {
      host: hostAt({ kind: "docker", jobManager }),
      wanted: (decision) => wantedIds(decision, taskManager),
    };
  }
  const headroom = kubernetes?.headroom;
  return {
    host: hostAt({ kind: "kubernetes", namespace: namespaceOf({ environment, tenant }) }),
    ...(headroom === undefined ? {} : { room: roomKeeper({ environment, tenant }, headroom) }),
    // Pods have no names that are known beforehand, and Kubernetes brings back those that are missing.
    wanted: (_, seen) => seen?.cluster?.taskManagers.map(({ id }) => id) ?? [],
  };
}

function roomKeeper(
  of: { environment: string; tenant: string },
  { lead: leadMs, kind }: { lead: number; kind: HeadroomKind },
): RoomKeeper {
  return new RoomKeeper({
    leadMs,
    taskManagers: async () => new TaskManagerCount(await kubernetesApi(), namespaceOf(of)),
    held: async () => new HeldRoom(await kubernetesApi(), kind, headroomOf(of)),
  });
}

/** Where an environment's Prometheus answers. */
export function prometheusUrl(platform: Platform, environment: string): string {
  return platform.target === "docker"
    ? `http://127.0.0.1:${platform.prometheus.port}`
    : prometheusFromOutside(platform, environment);
}
