import type * as http from "node:http";
import { UserError } from "../errors";
import { isInCluster } from "./access";
import { kubernetesApi, type KubernetesApi } from "./api";
import { isInKubernetes, KUBERNETES_SCHEME } from "./object-url";

/** A port of a service, as stack outputs name it: `kubernetes://NAMESPACE/SERVICE:PORT`. */
export interface ServicePort {
  namespace: string;
  service: string;
  port: number;
}

const NAME = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const SERVICE_URL = new RegExp(`^${KUBERNETES_SCHEME}(${NAME})/(${NAME}):(\\d{1,5})/?$`);

/** Throws UserError for what is not such a URL. */
export function parseServiceUrl(url: string): ServicePort {
  const [, namespace, service, port] = SERVICE_URL.exec(url) ?? [];
  if (namespace === undefined || service === undefined || Number(port) > 65_535) {
    throw new UserError(
      `${url} does not name a port of a service. ` +
        `Fix: give ${KUBERNETES_SCHEME}NAMESPACE/SERVICE:PORT, for instance ${KUBERNETES_SCHEME}flinktide-prod/kafka:9092.`,
    );
  }
  return { namespace, service, port: Number(port) };
}

/** The name by which the pods of a cluster reach a service, or a pod of a headless one. */
export function serviceHost({ namespace, service }: ServicePort, pod?: string): string {
  return [...(pod === undefined ? [] : [pod]), service, namespace, "svc"].join(".");
}

/** What a URL names, as the pods of a cluster reach it: a service by its name, any other URL as it is. */
export function urlFromPods(url: string): string {
  if (!isInKubernetes(url)) return url;
  const at = parseServiceUrl(url);
  return `http://${serviceHost(at)}:${at.port}`;
}

/** What a request to a URL needs, as axios takes it. */
export interface Endpoint {
  baseURL: string;
  headers?: Record<string, string>;
  httpAgent?: http.Agent;
  httpsAgent?: http.Agent;
}

/**
 * How the HTTP server at a URL is reached from here: a service of a cluster directly from within it, else through the
 * API server's proxy; any other URL as it is. To be asked before each request: a token is good for some time only.
 * Throws UserError where no cluster is known.
 *
 * @param agent for what is reached directly. @default Node's own
 */
export async function endpointOf(
  url: string,
  agent?: http.Agent,
  through: { inCluster: () => boolean; api: () => Promise<KubernetesApi> } = {
    inCluster: isInCluster,
    api: kubernetesApi,
  },
): Promise<Endpoint> {
  const direct = agent === undefined ? {} : { httpAgent: agent };
  if (!isInKubernetes(url) || through.inCluster()) return { baseURL: urlFromPods(url), ...direct };
  const at = parseServiceUrl(url);
  const { access } = await through.api();
  const { headers, agent: secured } = await access.credentials();
  const path = `/api/v1/namespaces/${at.namespace}/services/http:${at.service}:${at.port}/proxy`;
  return {
    baseURL: `${access.server}${path}`,
    ...{ headers, httpAgent: secured, httpsAgent: secured },
  };
}
