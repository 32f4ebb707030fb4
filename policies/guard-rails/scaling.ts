import { at, kindOf, problem, type GuardedResource, type StackRule } from "./resource";

/** An autoscaler and what it scales. */
export interface Autoscaler {
  resource: GuardedResource;
  /** `NAMESPACE/KIND/NAME` of what it scales. */
  target: string;
  /** Most replicas that it makes. */
  most: number;
}

/** KEDA's own, where nothing is said. */
const KEDA_MOST = 100;
const DEFAULT_NAMESPACE = "default";

export function namespaceOf({ props }: GuardedResource): string {
  return text(at(props, "metadata.namespace")) ?? DEFAULT_NAMESPACE;
}

/** `NAMESPACE/KIND/NAME` of a Kubernetes object. */
export function placeOf(resource: GuardedResource): string {
  const name = text(at(resource.props, "metadata.name")) ?? resource.name;
  return `${namespaceOf(resource)}/${kindOf(resource)}/${name}`;
}

/** The HorizontalPodAutoscalers and KEDA's ScaledObjects among resources, by name: those come in any order. */
export function autoscalersIn(resources: readonly GuardedResource[]): Autoscaler[] {
  const found = resources.flatMap((resource) => {
    const kind = kindOf(resource);
    if (kind !== "HorizontalPodAutoscaler" && kind !== "ScaledObject") return [];
    const { props } = resource;
    const targetKind = text(at(props, "spec.scaleTargetRef.kind")) ?? "Deployment";
    const target = text(at(props, "spec.scaleTargetRef.name")) ?? "";
    const most = at(props, kind === "ScaledObject" ? "spec.maxReplicaCount" : "spec.maxReplicas");
    return [
      {
        resource,
        target: `${namespaceOf(resource)}/${targetKind}/${target}`,
        most: typeof most === "number" ? most : KEDA_MOST,
      },
    ];
  });
  return found.sort((a, b) => (a.resource.name < b.resource.name ? -1 : 1));
}

/** Two that set one number undo each other for ever. */
export const oneOwnerOfReplicas: StackRule = {
  name: "one-owner-of-replicas",
  says: "The number of replicas of anything has one owner: an autoscaler, or the stack.",
  check(resources) {
    const autoscalers = autoscalersIn(resources);
    const twice = autoscalers.flatMap(({ resource, target }, i) => {
      const first = autoscalers.findIndex((other) => other.target === target);
      if (first === i) return [];
      return [
        problem(resource, "spec.scaleTargetRef", target, {
          fault: `${autoscalers[first]?.resource.name} scales it already`,
          fix: "remove one of the two",
        }),
      ];
    });
    const set = resources.flatMap((resource) => {
      const replicas = at(resource.props, "spec.replicas");
      if (replicas === undefined || ignores(resource)) return [];
      const owner = autoscalers.find(({ target }) => target === placeOf(resource));
      if (owner === undefined) return [];
      return [
        problem(resource, "spec.replicas", replicas, {
          fault: `${owner.resource.name} scales it, and every update would undo that`,
          fix: 'leave it out, or give the resource ignoreChanges: ["spec.replicas"]',
        }),
      ];
    });
    return [...twice, ...set];
  },
};

function ignores({ ignoreChanges = [] }: GuardedResource): boolean {
  return ["spec", "spec.replicas", "*"].some((path) => ignoreChanges.includes(path));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
