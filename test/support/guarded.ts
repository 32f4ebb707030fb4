import type { GuardedResource } from "../../policies/guard-rails/resource";

export const DIGEST = `sha256:${"0a".repeat(32)}`;

/** Anything nested that a case changes. */
type Props = Record<string, unknown>;

/** A container on Docker that keeps every rule. */
export function guardedContainer(change: Props = {}): GuardedResource {
  const props = {
    image: DIGEST,
    memory: 1024,
    cpuShares: 1024,
    ports: [{ internal: 8081, external: 8081, ip: "127.0.0.1" }],
    ...change,
  };
  return { type: "docker:index/container:Container", name: "acme-jobmanager", props };
}

export const LIMITS = { limits: { cpu: "1", memory: "1Gi" } };

/** A Deployment that keeps every rule; changes of its pod, of its container and of its spec. */
export function guardedDeployment(
  change: { pod?: Props; container?: Props; spec?: Props } = {},
): GuardedResource {
  const container = {
    ...{ name: "taskmanager", image: `registry/flink@${DIGEST}`, resources: LIMITS },
    ...change.container,
  };
  const template = { spec: { containers: [container], ...change.pod } };
  return kubernetesObject("apps/v1:Deployment", "taskmanager", { template, ...change.spec });
}

/** A Kubernetes object of the namespace `acme`. */
export function kubernetesObject(token: string, name: string, spec: Props): GuardedResource {
  const metadata = { name, namespace: "acme" };
  return { type: `kubernetes:${token}`, name: `acme-${name}`, props: { metadata, spec } };
}

/** A HorizontalPodAutoscaler of the Deployment. */
export function guardedAutoscaler(maxReplicas: number, name = "taskmanager"): GuardedResource {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "taskmanager" };
  return kubernetesObject("autoscaling/v2:HorizontalPodAutoscaler", name, {
    scaleTargetRef,
    maxReplicas,
  });
}
