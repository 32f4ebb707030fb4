/** What an object belongs to, as its labels tell. */
export interface Belongs {
  /** Environment, for instance dev. */
  environment: string;
  /** Tenant; absent for what tenants share. */
  tenant?: string;
}

/** The processes that run in a cluster, as the label app.kubernetes.io/name has them. */
export type AppName =
  | "jobmanager"
  | "taskmanager"
  | "collector"
  | "kafka"
  | "prometheus"
  | "conductor"
  | "headroom"
  | "metrics-adapter";

export const ENVIRONMENT_LABEL = "flinktide.io/environment";
export const TENANT_LABEL = "flinktide.io/tenant";

/** Namespace of what an environment's tenants share, or of one tenant. */
export function namespaceOf({ environment, tenant }: Belongs): string {
  return ["flinktide", environment, tenant].filter(Boolean).join("-");
}

/** Labels of everything that belongs to an environment or to one tenant. */
export function labelsOf({ environment, tenant }: Belongs): Record<string, string> {
  return {
    "app.kubernetes.io/part-of": "flinktide",
    "app.kubernetes.io/managed-by": "pulumi",
    [ENVIRONMENT_LABEL]: environment,
    ...(tenant === undefined ? {} : { [TENANT_LABEL]: tenant }),
  };
}

/** What selects the pods of one process; never changes while they live. */
export function selectorOf(app: AppName): Record<string, string> {
  return { "app.kubernetes.io/name": app };
}

/** Names of a tenant's objects within its namespace. */
export const FLINK_NAMES = {
  jobManager: "jobmanager",
  /** Deployment, and its HorizontalPodAutoscaler. */
  taskManager: "taskmanager",
  /** Service account of both; may do nothing but keep ConfigMaps. */
  serviceAccount: "flink",
  /** Claim that holds checkpoints, savepoints and the JobManager's own state. */
  state: "flink-state",
} as const;

/** Names of the conductor's objects within the platform's namespace. */
export const CONDUCTOR_NAMES = {
  /** Service account and Deployment. */
  account: "conductor",
  /** Lease that lets one conductor act. */
  lease: "conductor",
  /** ConfigMap with the stack files. */
  stacks: "conductor-stacks",
  /** Claim that holds what it keeps. */
  state: "conductor-state",
} as const;

/** Deployment of the pods that hold room for a tenant's TaskManagers, in the platform's namespace. */
export function headroomOf({ environment, tenant }: { environment: string; tenant: string }) {
  return { namespace: namespaceOf({ environment }), name: `headroom-${tenant}` };
}

/** PriorityClass of an environment's pods that hold room. */
export function headroomPriority({ environment }: Belongs): string {
  return `${namespaceOf({ environment })}-headroom`;
}

/** ClusterRole that each tenant's stack gives the conductor in the tenant's namespace. */
export function conductorRole({ environment }: Belongs): string {
  return `${namespaceOf({ environment })}-conductor`;
}
