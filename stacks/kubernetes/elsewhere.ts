import { namespaceOf } from "../../infra/kubernetes/names";
import { KUBERNETES_SCHEME } from "../../infra/kubernetes/object-url";
import {
  serviceOf,
  whereIs,
  type ElsewhereParts,
  type Server,
} from "../../policies/kubernetes/elsewhere";
import { serversOf } from "../kafka-settings";
import type { Platform } from "../platform-schema";
import { serverOf } from "../prometheus-settings";

/** Where NetworkPolicies find what a platform uses and does not run itself. */
export function elsewhereOf({ kafka, prometheus }: Platform): ElsewhereParts {
  const { bootstrapServers } = kafka;
  const { url } = prometheus;
  return {
    ...(bootstrapServers === undefined
      ? {}
      : { kafka: whereIs(serversOf(bootstrapServers), kafka.networks) }),
    ...(url === undefined ? {} : { prometheus: whereIs([serverOf(url)], prometheus.networks) }),
  };
}

/** How clients outside the cluster name the servers of a Kafka that is there. */
export function brokersFromOutside(bootstrapServers: string): string {
  const named = serversOf(bootstrapServers).map(
    (server) => inCluster(server) ?? `${server.host}:${server.port}`,
  );
  return [...new Set(named)].join(",");
}

/** Where an environment's Prometheus answers, from within the cluster and from outside. */
export function prometheusFromOutside({ prometheus: { url } }: Platform, environment: string) {
  if (url === undefined)
    return `${KUBERNETES_SCHEME}${namespaceOf({ environment })}/prometheus:9090`;
  return inCluster(serverOf(url)) ?? url;
}

function inCluster({ host, port }: Server): string | undefined {
  const at = serviceOf(host);
  return at && `${KUBERNETES_SCHEME}${at.namespace}/${at.service}:${port}`;
}
