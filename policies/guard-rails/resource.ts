import type { Problem } from "../problem";

/** A resource of any provider, as far as a guard rail looks at it. */
export interface GuardedResource {
  /** Pulumi's type token, for instance `kubernetes:apps/v1:Deployment`. */
  type: string;
  /** Its name in the program. */
  name: string;
  props: unknown;
  /** Properties whose changes the program leaves alone. @default none */
  ignoreChanges?: readonly string[];
}

/** A rule about one resource. */
export interface ResourceRule {
  name: string;
  /** What is so where the rule holds, as a sentence. */
  says: string;
  check(resource: GuardedResource): Problem[];
}

/** A rule about resources together. */
export interface StackRule {
  name: string;
  says: string;
  check(resources: readonly GuardedResource[]): Problem[];
}

/**
 * What stands at a dotted path; undefined where there is nothing. Nothing else is looked at: in a preview a value
 * that is not known yet can't be.
 */
export function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (found, key) =>
        typeof found === "object" && found !== null
          ? (found as Record<string, unknown>)[key]
          : undefined,
      value,
    );
}

/** What stands in a list at a dotted path, each with its own path; empty where there is none. */
export function listAt(value: unknown, path: string): { path: string; value: unknown }[] {
  const list = at(value, path);
  if (!Array.isArray(list)) return [];
  return list.map((item, i) => ({ path: `${path}[${i}]`, value: item as unknown }));
}

/** A problem of a resource; its path begins with the resource's name. */
export function problem(
  { name }: GuardedResource,
  path: string,
  value: unknown,
  { fault, fix }: Pick<Problem, "fault" | "fix">,
): Problem {
  return { path: `${name} ${path}`, ...(value === undefined ? {} : { value }), fault, fix };
}

/** The kind of a Kubernetes object, for instance `Deployment`; undefined of anything else. */
export function kindOf({ type }: Pick<GuardedResource, "type">): string | undefined {
  return /^kubernetes:[^:]+:(\w+)$/.exec(type)?.[1];
}

export function isContainer({ type }: Pick<GuardedResource, "type">): boolean {
  return type === "docker:index/container:Container";
}

/** Where each kind that starts pods describes them. */
const POD_PATHS: Readonly<Record<string, string>> = {
  Pod: "spec",
  Deployment: "spec.template.spec",
  StatefulSet: "spec.template.spec",
  DaemonSet: "spec.template.spec",
  ReplicaSet: "spec.template.spec",
  Job: "spec.template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
};

/** Path of the pod that a resource starts; undefined where it starts none. */
export function podPath(resource: GuardedResource): string | undefined {
  return POD_PATHS[kindOf(resource) ?? ""];
}

/** Every container of the pod that a resource starts, or those of one list. */
export function podContainers(
  resource: GuardedResource,
  lists: readonly string[] = ["initContainers", "containers"],
): { path: string; value: unknown }[] {
  const path = podPath(resource);
  if (path === undefined) return [];
  return lists.flatMap((list) => listAt(resource.props, `${path}.${list}`));
}
