import { COLLECTOR_PORT } from "../collector";
import type { ElsewhereParts } from "./elsewhere";

/** Who may talk to whom: everything that a tenant and the platform need, and nothing else. */

/**
 * A side of a flow: pods of the tenant or of the platform by their app, or something outside both. `collector` is the
 * tenant's, `shared-collector` the platform's; `keda` is KEDA's operator, in a namespace of its own.
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
  | "keda"
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
const PROMETHEUS = 9090;
const DNS = 53;

/** What of a cluster the flows depend on. */
export interface FlowSettings {
  apiServerPort: number;
  /** Parts that the platform does not run itself. @default none */
  elsewhere?: ElsewhereParts;
  /** Whether Kafka's pods are Strimzi's. @default false */
  strimzi?: boolean;
  /** Whether KEDA reads the metrics for autoscalers. @default false */
  keda?: boolean;
}

function tcp(from: Party, to: Party, port: number, why: string): Flow {
  return { from, to, port, protocol: "TCP", why };
}

function toKafka({ elsewhere }: FlowSettings, from: Party, why: string): Flow[] {
  return (elsewhere?.kafka?.ports ?? [KAFKA]).map((port) => tcp(from, "kafka", port, why));
}

const FOLLOWED = "reads what the autoscalers follow";

/** Where KEDA scales, to the platform's own Prometheus; another one's are not the platform's to allow. */
export const KEDA_FLOWS: readonly Flow[] = [tcp("keda", "prometheus", PROMETHEUS, FOLLOWED)];

function toPrometheus({ elsewhere }: FlowSettings, from: Party, why: string): Flow[] {
  const ports = elsewhere?.prometheus?.ports ?? [PROMETHEUS];
  return ports.map((port) => tcp(from, "prometheus", port, why));
}

function resolves(from: Party): Flow[] {
  const why = "names of services";
  return [tcp(from, "dns", DNS, why), { from, to: "dns", port: DNS, protocol: "UDP", why }];
}

/** Its database, and a sink of its own, are addresses outside: `collectorEgress` has them. */
function collectorFlows(settings: FlowSettings, app: "collector" | "shared-collector"): Flow[] {
  return [
    tcp("prometheus", app, COLLECTOR_PORT, "reads metrics"),
    ...toKafka(settings, app, "sends changes"),
    ...resolves(app),
  ];
}

const FLINK = ["jobmanager", "taskmanager"] as const;

/** Flows with a side in a tenant's namespace; no other tenant is a side of any. */
export function tenantFlows(settings: FlowSettings): Flow[] {
  const { apiServerPort } = settings;
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
      ...toKafka(settings, app, "reads and writes records"),
      tcp(app, "api-server", apiServerPort, "keeps and reads who leads, in ConfigMaps"),
      ...resolves(app),
    ]),
    ...collectorFlows(settings, "collector"),
  ];
}

/** Flows among what tenants share; those with tenants are `tenantFlows`. */
export function platformFlows(settings: FlowSettings): Flow[] {
  const { apiServerPort, elsewhere = {} } = settings;
  const askedForMetrics = "asks for what the autoscalers follow";
  return [
    ...(elsewhere.kafka === undefined ? brokerFlows(settings) : []),
    ...toKafka(settings, "conductor", "reads offsets, makes topics"),
    ...toPrometheus(settings, "conductor", "reads the load of past days"),
    tcp("conductor", "api-server", apiServerPort, "updates stacks, holds its lease"),
    ...resolves("conductor"),
    tcp("prometheus", "conductor", CONDUCTOR_METRICS_PORT, "reads metrics"),
    ...(elsewhere.prometheus === undefined ? prometheusFlows(settings) : []),
    ...collectorFlows(settings, "shared-collector"),
    ...toPrometheus(settings, "metrics-adapter", FOLLOWED),
    tcp("metrics-adapter", "api-server", apiServerPort, "asks who is asking it"),
    ...resolves("metrics-adapter"),
    tcp("api-server", "metrics-adapter", METRICS_ADAPTER_PORT, askedForMetrics),
  ];
}

/** Ports between Strimzi's brokers and controllers; its own NetworkPolicy lets its operator in. */
const STRIMZI_PORTS = [9090, 9091];

function brokerFlows({ strimzi = false }: FlowSettings): Flow[] {
  const between = strimzi
    ? STRIMZI_PORTS.map((port) => tcp("kafka", "kafka", port, "brokers and controllers"))
    : [
        tcp("kafka", "kafka", KAFKA, "brokers replicate"),
        tcp("kafka", "kafka", 9093, "brokers elect a controller"),
      ];
  return [...between, ...resolves("kafka")];
}

function prometheusFlows({ apiServerPort, keda = false }: FlowSettings): Flow[] {
  const proxied = "a conductor outside the cluster, through its API";
  return [
    tcp("prometheus", "api-server", apiServerPort, "finds pods"),
    ...resolves("prometheus"),
    tcp("api-server", "prometheus", PROMETHEUS, proxied),
    ...(keda ? KEDA_FLOWS : []),
  ];
}
