import type { Problem } from "../problem";
import { milliOf, printMilli } from "./quantity";
import {
  at,
  kindOf,
  podContainers,
  problem,
  type GuardedResource,
  type StackRule,
} from "./resource";
import { autoscalersIn, namespaceOf, placeOf } from "./scaling";

/** What a ResourceQuota may limit of pods, and how much of it one container takes. */
const LIMITED = {
  "limits.cpu": { what: "cpu", of: (container) => limitOf(container, "cpu") },
  "limits.memory": { what: "memory", of: (container) => limitOf(container, "memory") },
  "requests.cpu": { what: "cpu", of: (container) => requestOf(container, "cpu") },
  "requests.memory": { what: "memory", of: (container) => requestOf(container, "memory") },
} satisfies Record<string, { what: "cpu" | "memory"; of: (container: unknown) => number }>;

function limitOf(container: unknown, what: "cpu" | "memory"): number {
  return milliOf(at(container, `resources.limits.${what}`)) ?? 0;
}

/** What is not asked for is the limit. */
function requestOf(container: unknown, what: "cpu" | "memory"): number {
  return milliOf(at(container, `resources.requests.${what}`)) ?? limitOf(container, what);
}

/** A pod beyond the quota is not made, at the very moment at which it is needed. */
export const ceilingWithinQuota: StackRule = {
  name: "ceiling-within-quota",
  says: "What every workload may grow to, and one step of its replacement, fits into its namespace's quota.",
  check: (resources) =>
    resources
      .filter((resource) => kindOf(resource) === "ResourceQuota")
      .flatMap((quota) => exceeded(quota, workloadsIn(namespaceOf(quota), resources))),
};

/** Pods of one kind, and how many of them there may be. */
interface Workload {
  resource: GuardedResource;
  pods: number;
}

const COUNTED = ["Deployment", "StatefulSet", "Pod"];

function workloadsIn(namespace: string, resources: readonly GuardedResource[]): Workload[] {
  const autoscalers = autoscalersIn(resources);
  return resources
    .filter((each) => COUNTED.includes(kindOf(each) ?? "") && namespaceOf(each) === namespace)
    .map((resource) => {
      const own = at(resource.props, "spec.replicas");
      const most = autoscalers.find(({ target }) => target === placeOf(resource))?.most;
      const replicas = most ?? (typeof own === "number" ? own : 1);
      return { resource, pods: replicas + surgeOf(resource, replicas) };
    });
}

/** Pods that a Deployment has beyond its replicas while it replaces them. */
function surgeOf(resource: GuardedResource, replicas: number): number {
  const strategy = at(resource.props, "spec.strategy.type");
  if (kindOf(resource) !== "Deployment" || strategy === "Recreate") return 0;
  const given = at(resource.props, "spec.strategy.rollingUpdate.maxSurge") ?? "25%";
  if (typeof given === "number") return given;
  return Math.ceil((replicas * Number.parseInt(String(given), 10)) / 100);
}

function exceeded(quota: GuardedResource, workloads: readonly Workload[]): Problem[] {
  const check = (resource: string, what: "cpu" | "memory" | "count", needed: number) => {
    const path = `spec.hard["${resource}"]`;
    const hard = (at(quota.props, "spec.hard") as Record<string, unknown> | undefined)?.[resource];
    const has = milliOf(hard);
    if (has === undefined || needed <= has) return [];
    const counts = workloads.map(({ pods, resource: { name } }) => `${pods} of ${name}`);
    return [
      problem(quota, path, hard, {
        fault: `there may be ${counts.join(", ")}, and they need ${printMilli(needed, what)}`,
        fix: `raise it to ${printMilli(needed, what)}, or lower a ceiling`,
      }),
    ];
  };
  const sum = (of: (container: unknown) => number) =>
    workloads.reduce(
      (all, { resource, pods }) =>
        // What runs before them and ends takes no more than they do.
        all +
        pods *
          podContainers(resource, ["containers"]).reduce((one, { value }) => one + of(value), 0),
      0,
    );
  const pods = workloads.reduce((all, workload) => all + workload.pods, 0);
  return [
    ...check("pods", "count", pods * 1000),
    ...Object.entries(LIMITED).flatMap(([name, { what, of }]) => check(name, what, sum(of))),
  ];
}
