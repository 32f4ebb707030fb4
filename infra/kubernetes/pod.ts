import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Shapes of the API's objects. */
type Container = types.input.core.v1.Container;
type Probe = types.input.core.v1.Probe;

/** User and group of each image's process. */
export const USER_IDS = { flink: 9999, kafka: 9093, prometheus: 65534, conductor: 7070 } as const;

/** What Pod Security `restricted` asks of a pod; files on volumes belong to the image's user. */
export function restrictedPod(user: number): types.input.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    // A volume with a long history of checkpoints is not walked through at each start.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** What Pod Security `restricted` asks of a container, and a root file system that nobody writes to. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} satisfies types.input.core.v1.SecurityContext;

/** Every container may write to /tmp, and to nothing else but its volumes. */
export const TMP = { name: "tmp", mountPath: "/tmp" };
export const TMP_VOLUME = { name: TMP.name, emptyDir: {} };

/** What one container may use, and how much of it is set aside for it. */
export interface Size {
  /** Limit, cores. */
  cpus: number;
  /** Part of the cores that a node must have free for it, 0 to 1. Less than 1 overcommits the nodes. */
  cpuRequestShare: number;
  /** Limit, and set aside. */
  memoryMiB: number;
}

export function resources(size: Size): types.input.core.v1.ResourceRequirements {
  const memory = `${size.memoryMiB}Mi`;
  const requested = Math.max(1, Math.round(size.cpus * size.cpuRequestShare * 1000));
  return {
    requests: { cpu: `${requested}m`, memory },
    limits: { cpu: `${Math.round(size.cpus * 1000)}m`, memory },
  };
}

/** How a container is asked whether it is well. */
export type Check = { command: string[] } | { path: string; port: string } | { port: string };

function probe(check: Check): Probe {
  if ("command" in check) return { exec: { command: check.command } };
  if ("path" in check) return { httpGet: { path: check.path, port: check.port } };
  return { tcpSocket: { port: check.port } };
}

/**
 * The deployment document's intervals: every 30 s, 10 s to answer, three misses, 60 s to come up. While it comes up it
 * is asked every 2 s, so that what waits for it waits no longer than needed.
 */
export function probes(check: Check): Pick<Container, "startupProbe" | "livenessProbe"> {
  const how = probe(check);
  return {
    startupProbe: { ...how, periodSeconds: 2, timeoutSeconds: 10, failureThreshold: 30 },
    livenessProbe: { ...how, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 3 },
  };
}

/** Environment variables in a stable order, after `first`, which later ones may refer to as `$(NAME)`. */
export function variables(
  values: Record<string, pulumi.Input<string>>,
  first: types.input.core.v1.EnvVar[] = [],
): types.input.core.v1.EnvVar[] {
  const rest = Object.keys(values)
    .sort()
    .map((name) => ({ name, value: values[name] }));
  return [...first, ...rest];
}

/** A variable that holds what the cluster knows of the pod, for instance `status.podIP`. */
export function fromField(name: string, fieldPath: string): types.input.core.v1.EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** Ports by name. */
export function ports(named: Record<string, number>): types.input.core.v1.ContainerPort[] {
  return Object.entries(named).map(([name, containerPort]) => ({ name, containerPort }));
}
