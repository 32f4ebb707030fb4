import type { CollectorSpec } from "../collector";
import type { Problem } from "../problem";
import { isAddress } from "./elsewhere";

/** Addresses outside the cluster, and a port there. */
export interface Outside {
  /** IPv4. */
  cidr: string;
  port: number;
}

/** Of DataHub's Kafka-compatible endpoint, where none is said. */
const DATAHUB_PORT = 9092;

/** A place that a collector talks to, as its block has it. */
interface Place {
  /** Path in the block. */
  path: "database.host" | "sink.endpoint";
  host: string;
  port: number;
  networks?: readonly string[];
}

function placesOf({ database, sink }: CollectorSpec): Place[] {
  const { host, port, networks } = database;
  const places = endpointsOf(sink.endpoint).map((endpoint): Place => ({
    path: "sink.endpoint",
    ...endpoint,
    networks: sink.networks,
  }));
  return [{ path: "database.host", host, port, networks }, ...places];
}

function endpointsOf(endpoint: string | undefined): { host: string; port: number }[] {
  if (endpoint === undefined) return [];
  const servers = endpoint.replace(/^\w+:\/\//, "").split(",");
  return servers.map((server) => {
    const [host = "", port = DATAHUB_PORT] = server.split(":");
    return { host, port: Number(port) };
  });
}

/** Where a collector may go: the networks that its block names, else the addresses that stand there. */
export function collectorEgress(collector: CollectorSpec): Outside[] {
  const all = placesOf(collector).flatMap(({ host, port, networks }) =>
    (networks ?? (isAddress(host) ? [`${host}/32`] : [])).map((cidr) => ({ cidr, port })),
  );
  return [...new Map(all.map((each) => [`${each.cidr}:${each.port}`, each])).values()];
}

/** Places that no NetworkPolicy can let a collector go to: names, of which nobody has said where they are. */
export function egressProblems(collectors: readonly CollectorSpec[]): Problem[] {
  return collectors.flatMap((collector, i) =>
    placesOf(collector)
      .filter(({ host, networks }) => networks === undefined && !isAddress(host))
      .map(({ path, host }) => ({
        path: `collectors[${i}].${path}`,
        value: host,
        fault: "NetworkPolicies know addresses only, and this is a name",
        fix:
          `give its networks under ${path.split(".")[0]}.networks, such as 203.0.113.0/24; ` +
          "an empty list where a NetworkPolicy of your own lets it through",
      })),
  );
}
