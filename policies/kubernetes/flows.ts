import { COLLECTOR_PORT } from "../collector";

/** Who may talk to whom: everything that a tenant and the platform need, and nothing else. */

/**
 * A side of a flow: pods of the tenant or of the platform by their app, or something outside both. `collector` is the
 * tenant's, `shared-collector` the platform's.
 */
export type Party =
  | "jobmanager"
  | "taskmanager"
  | "collector"
  | "shared-collector"
  | "kafka"
  | "prometheus"
  | "conductor"
  | "metrics-adapter"
  | "dns"
  | "api-server";

export interface Flow {
  from: Party;
  to: Party;
  /** At the pod, after any service. */
  port: number;
  protocol: "TCP" | "UDP";
  /** What it is for. */
  why: string;
}

/**
 * Port of Flink's metric queries (`metrics.internal.query-service.port`). Flink's own is any free one, which no
 * NetworkPolicy can name, and without it the JobManager knows no metric of its TaskManagers.
 */
export const METRIC_QUERY_PORT = 6125;

/** Port on which a conductor in the cluster serves its metrics. */
export const CONDUCTOR_METRICS_PORT = 9091;

/** Port on which a server of external metrics answers the API server. */
export const METRICS_ADAPTER_PORT = 6443;

const KAFKA = 9092;
const DNS = 53;

function tcp(from: Party, to: Party, port: number, why: string): Flow {
  return { from, to, port, protocol: "TCP", why };
}

function resolves(from: Party): Flow[] {
  const why = "names of services";
  return [tcp(from, "dns", DNS, why), { from, to: "dns", port: DNS, protocol: "UDP", why }];
}

/** Its database, and a sink of its own, are addresses outside: `collectorEgress` has them. */
function collectorFlows(app: "collector" | "shared-collector"): Flow[] {
  return [
    tcp("prometheus", app, COLLECTOR_PORT, "reads metrics"),
    tcp(app, "kafka", KAFKA, "sends changes"),
    ...resolves(app),
  ];
}

const FLINK = ["jobmanager", "taskmanager"] as const;

/** Flows with a side in a tenant's namespace; no other tenant is a side of any. */
export function tenantFlows({ apiServerPort }: { apiServerPort: number }): Flow[] {
  return [
    tcp("taskmanager", "jobmanager", 6123, "registers, reports"),
    tcp("taskmanager", "jobmanager", 6124, "fetches jars"),
    tcp("jobmanager", "taskmanager", 6122, "deploys tasks"),
    tcp("jobmanager", "taskmanager", METRIC_QUERY_PORT, "asks for metrics"),
    tcp("taskmanager", "taskmanager", 6121, "exchanges records"),
    tcp("conductor", "jobmanager", 8081, "observes, submits jobs"),
    tcp("api-server", "jobmanager", 8081, "an update from outside the cluster, through its API"),
    ...FLINK.flatMap((app) => [
      tcp("prometheus", app, 9249, "reads metrics"),
      tcp(app, "kafka", KAFKA, "reads and writes records"),
      tcp(app, "api-server", apiServerPort, "keeps and reads who leads, in ConfigMaps"),
      ...resolves(app),
    ]),
    ...collectorFlows("collector"),
  ];
}

/** Flows among what tenants share; those with tenants are `tenantFlows`. */
export function platformFlows({ apiServerPort }: { apiServerPort: number }): Flow[] {
  return [
    tcp("kafka", "kafka", KAFKA, "brokers replicate"),
    tcp("kafka", "kafka", 9093, "brokers elect a controller"),
    ...resolves("kafka"),
    tcp("conductor", "kafka", KAFKA, "reads offsets, makes topics"),
    tcp("conductor", "prometheus", 9090, "reads the load of past days"),
    tcp("conductor", "api-server", apiServerPort, "updates stacks, holds its lease"),
    ...resolves("conductor"),
    tcp("prometheus", "conductor", CONDUCTOR_METRICS_PORT, "reads metrics"),
    tcp("prometheus", "api-server", apiServerPort, "finds pods"),
    ...resolves("prometheus"),
    ...collectorFlows("shared-collector"),
    tcp("metrics-adapter", "prometheus", 9090, "reads what the autoscalers follow"),
    tcp("metrics-adapter", "api-server", apiServerPort, "asks who is asking it"),
    ...resolves("metrics-adapter"),
    tcp(
      "api-server",
      "metrics-adapter",
      METRICS_ADAPTER_PORT,
      "asks for what the autoscalers follow",
    ),
    tcp("api-server", "prometheus", 9090, "a conductor outside the cluster, through its API"),
  ];
}
