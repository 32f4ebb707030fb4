import { z } from "zod";

/** Where a part is that an environment uses and does not run itself. */
export interface Elsewhere {
  /** Namespaces of the cluster that its pods are in. */
  namespaces: string[];
  /** IPv4 networks outside the cluster. */
  networks: string[];
  /** Of its pods, after any service. */
  ports: number[];
}

/** Of the parts that may be elsewhere, those that are. */
export interface ElsewhereParts {
  kafka?: Elsewhere;
  prometheus?: Elsewhere;
}

/** A server by its name or address. */
export interface Server {
  host: string;
  port: number;
}

/** SERVICE.NAMESPACE.svc, or a pod of it before that; with the cluster's domain or without. */
const IN_CLUSTER = /^(?:[a-z0-9-]+\.)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/;

/** The service of the cluster that a name stands for; undefined for any other name. */
export function serviceOf(host: string): { service: string; namespace: string } | undefined {
  const [, service, namespace] = IN_CLUSTER.exec(host) ?? [];
  return service === undefined || namespace === undefined ? undefined : { service, namespace };
}

export const isAddress = (host: string) => z.ipv4().safeParse(host).success;

/**
 * Where the servers are, as NetworkPolicies can name it.
 *
 * @param networks where those are that are neither services of the cluster nor addresses
 */
export function whereIs(servers: readonly Server[], networks: readonly string[] = []): Elsewhere {
  const hosts = servers.map(({ host }) => host);
  return {
    namespaces: unique(hosts.flatMap((host) => serviceOf(host)?.namespace ?? [])),
    networks: unique([
      ...networks,
      ...hosts.flatMap((host) => (isAddress(host) ? [`${host}/32`] : [])),
    ]),
    ports: [...new Set(servers.map(({ port }) => port))].sort((a, b) => a - b),
  };
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)].sort();
}
