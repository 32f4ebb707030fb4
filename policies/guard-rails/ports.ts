import type { Problem } from "../problem";
import {
  at,
  isContainer,
  kindOf,
  listAt,
  podContainers,
  podPath,
  problem,
  type GuardedResource,
  type ResourceRule,
} from "./resource";

const LOOPBACK = ["127.0.0.1", "::1"];

const HOST_NETWORK = {
  fault: "all ports of the container are the machine's",
  fix: "remove it, and publish the ports that are needed",
};

export interface PortOptions {
  /** Whether a cluster's Ingress or Gateway may lead to services. */
  ingress: boolean;
}

/** Flink's REST API runs whatever jar it is given: who reaches it owns the tenant. */
export function portsPrivate({ ingress }: PortOptions): ResourceRule {
  return {
    name: "ports-private",
    says: "No port is reached from outside: 127.0.0.1 only on Docker, the cluster only on Kubernetes.",
    check(resource) {
      if (isContainer(resource)) return ofContainer(resource);
      const kind = kindOf(resource) ?? "";
      if (kind === "Service") return ofService(resource);
      if (ENTRANCES.includes(kind)) return ingress ? [] : [entrance(resource, kind)];
      return ofPod(resource);
    },
  };
}

const ENTRANCES = ["Ingress", "Gateway", "HTTPRoute", "TCPRoute", "TLSRoute"];

function entrance(resource: GuardedResource, kind: string): Problem {
  return problem(resource, "kind", kind, {
    fault: "it leads from outside the cluster to a service in it",
    fix: 'remove it, or allow it in the policy pack\'s config: {"ports-private": {"ingress": true}}',
  });
}

function ofContainer(container: GuardedResource): Problem[] {
  const { props } = container;
  const all = at(props, "publishAllPorts");
  const mode = at(props, "networkMode");
  const everyPort = problem(container, "publishAllPorts", all, {
    fault: "every port of the image is open on every address of this machine",
    fix: "remove it, and list the ports that are needed with the ip 127.0.0.1",
  });
  return [
    ...listAt(props, "ports").flatMap(({ path, value }) => {
      const ip = at(value, "ip");
      if (typeof ip === "string" && LOOPBACK.includes(ip)) return [];
      return [
        problem(container, `${path}.ip`, ip, {
          fault: "the port is open to whoever reaches this machine",
          fix: "set it to 127.0.0.1",
        }),
      ];
    }),
    ...(all === true ? [everyPort] : []),
    ...(mode === "host" ? [problem(container, "networkMode", mode, HOST_NETWORK)] : []),
  ];
}

function ofService(service: GuardedResource): Problem[] {
  const type = at(service.props, "spec.type");
  const fix =
    "leave it out: other pods reach the service by its name, and you by kubectl port-forward";
  const open = problem(service, "spec.type", type, {
    fault: "the service is open to whoever reaches a node or its load balancer",
    fix,
  });
  const addresses = at(service.props, "spec.externalIPs");
  const external = problem(service, "spec.externalIPs", addresses, {
    fault: "the service is open to whoever reaches these addresses",
    fix,
  });
  return [
    ...(type === "LoadBalancer" || type === "NodePort" ? [open] : []),
    ...(Array.isArray(addresses) && addresses.length > 0 ? [external] : []),
  ];
}

function ofPod(resource: GuardedResource): Problem[] {
  const path = podPath(resource);
  if (path === undefined) return [];
  const hostNetwork = at(resource.props, `${path}.hostNetwork`);
  const onHost = problem(resource, `${path}.hostNetwork`, hostNetwork, HOST_NETWORK);
  const published = podContainers(resource).flatMap((container) =>
    listAt(container.value, "ports").flatMap((port) => {
      const hostPort = at(port.value, "hostPort");
      if (hostPort === undefined || hostPort === 0) return [];
      return [
        problem(resource, `${container.path}.${port.path}.hostPort`, hostPort, {
          fault: "the port is open on every address of its node",
          fix: "remove it: other pods reach the container's own port",
        }),
      ];
    }),
  );
  return [...(hostNetwork === true ? [onHost] : []), ...published];
}
