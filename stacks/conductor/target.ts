import { clusterNames } from "../../infra/docker/cluster-names";
import type { ClusterHost } from "../../infra/flink/cluster-host";
import { hostAt } from "../../infra/flink/host-at";
import { namespaceOf } from "../../infra/kubernetes/names";
import type { Decision } from "../../policies/decision";
import type { Platform } from "../platform-schema";
import type { TenantObservation } from "./observe/tenant-observer";
import { wantedIds } from "./view";

/** What a tenant's conductor needs to know of where its cluster runs. */
export interface TenantTarget {
  host: ClusterHost;
  /** Ids of the TaskManagers that should be registered. */
  wanted(decision: Decision, seen: TenantObservation | undefined): string[];
}

export function tenantTarget(
  { target }: Platform,
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
  return {
    host: hostAt({ kind: "kubernetes", namespace: namespaceOf({ environment, tenant }) }),
    // Pods have no names that are known beforehand, and Kubernetes brings back those that are missing.
    wanted: (_, seen) => seen?.cluster?.taskManagers.map(({ id }) => id) ?? [],
  };
}

/** Where an environment's Prometheus answers. */
export function prometheusUrl({ target, prometheus }: Platform, environment: string): string {
  return target === "docker"
    ? `http://127.0.0.1:${prometheus.port}`
    : `kubernetes://${namespaceOf({ environment })}/prometheus:9090`;
}
