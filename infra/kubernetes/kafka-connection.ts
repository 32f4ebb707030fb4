import * as net from "node:net";
import type { ISocketFactory } from "kafkajs";
import { z } from "zod";
import { UserError } from "../errors";
import { isInCluster } from "./access";
import { kubernetesApi, type KubernetesApi } from "./api";
import { isInKubernetes } from "./object-url";
import { PodConnection, type PodPort } from "./port-forward";
import { parseServiceUrl, serviceHost } from "./service-url";

/** What a kafkajs client needs to reach brokers. */
export interface KafkaConnection {
  /** host:port each. */
  brokers: string[];
  /** Absent where the brokers are reached as they are. */
  socketFactory?: ISocketFactory;
}

const KEEP_ALIVE_MS = 60_000;
/** The names that brokers give themselves: POD.SERVICE.NAMESPACE.svc, or that of their service alone. */
const IN_CLUSTER = /^(?:([a-z0-9-]+)\.)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/;

/**
 * How brokers are reached from here. Each is host:port, or `kubernetes://NAMESPACE/SERVICE:PORT` for those of a service:
 * from outside of the cluster each connection then goes through the API server to the broker's own pod.
 *
 * @param servers one or more each, between commas
 */
export function kafkaConnection(
  servers: readonly string[],
  through: { inCluster: () => boolean; api: () => Promise<KubernetesApi> } = {
    inCluster: isInCluster,
    api: kubernetesApi,
  },
): KafkaConnection {
  const brokers = servers.flatMap((some) => some.split(","));
  const names = brokers.map((broker) => {
    if (!isInKubernetes(broker)) return broker;
    const at = parseServiceUrl(broker);
    return `${serviceHost(at)}:${at.port}`;
  });
  if (!brokers.some(isInKubernetes) || through.inCluster()) return { brokers: names };
  return { brokers: names, socketFactory: throughApiServer(through.api) };
}

function throughApiServer(api: () => Promise<KubernetesApi>): ISocketFactory {
  return ({ host, port, onConnect }) => {
    const [, pod, service, namespace] = IN_CLUSTER.exec(host) ?? [];
    if (service === undefined || namespace === undefined) {
      return net.connect({ host, port }, onConnect).setKeepAlive(true, KEEP_ALIVE_MS);
    }
    const found = async (via: KubernetesApi): Promise<PodPort> => ({
      ...{ namespace, port },
      pod: pod ?? (await readyPod(via, namespace, service)),
    });
    const connection = new PodConnection(api, found);
    connection.once("connect", onConnect);
    // kafkajs uses of a socket what every stream has, and this.
    return Object.assign(connection, { unref: () => connection }) as unknown as net.Socket;
  };
}

const slicesSchema = z.object({
  items: z.array(
    z.object({
      endpoints: z
        .array(
          z.object({
            conditions: z.object({ ready: z.boolean().nullish() }).default({}),
            targetRef: z.object({ kind: z.string().optional(), name: z.string() }).optional(),
          }),
        )
        .nullish(),
    }),
  ),
});

/** Any of a service's ready pods: another one each time, so that one that hangs is not asked for ever. */
async function readyPod(api: KubernetesApi, namespace: string, service: string): Promise<string> {
  const { items } = await api.request(
    {
      method: "GET",
      path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
      query: { labelSelector: `kubernetes.io/service-name=${service}` },
    },
    slicesSchema,
  );
  const ready = items
    .flatMap(({ endpoints }) => endpoints ?? [])
    .flatMap(({ conditions, targetRef }) => (conditions.ready === false ? [] : (targetRef ?? [])));
  const chosen = ready[Math.floor(Math.random() * ready.length)];
  if (chosen !== undefined) return chosen.name;
  throw new UserError(
    `The service ${service} in the namespace ${namespace} has no pod that is ready. ` +
      `Fix: look at its pods: kubectl -n ${namespace} get pods.`,
  );
}
