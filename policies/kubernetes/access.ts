import type { HeadroomKind } from "./headroom";

/** What each service account may do, and nothing else. */

/** A rule of a Role or ClusterRole. */
export interface AccessRule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

const READ = ["get", "list", "watch"];

function allow(apiGroup: string, resources: string[], verbs: string[]): AccessRule {
  return { apiGroups: [apiGroup], resources, verbs };
}

/**
 * `flink` in its tenant's namespace: JobManager and TaskManagers keep and read who leads, and which jobs and
 * checkpoints there are, in ConfigMaps.
 */
export const FLINK_ACCESS: readonly AccessRule[] = [
  allow("", ["configmaps"], [...READ, "create", "update", "patch", "delete"]),
];

/** An object, where a right is bound to one. */
function named(rule: AccessRule, ...resourceNames: string[]): AccessRule {
  return { ...rule, resourceNames };
}

const LEASES = "coordination.k8s.io";
/** Deployment of a tenant's TaskManagers, and its HorizontalPodAutoscaler. */
const TASK_MANAGERS = "taskmanager";

/**
 * `conductor` in each tenant's namespace. It changes what decisions are about: number and bounds of the TaskManagers,
 * which of them goes first, the image of a new platform, and the journals of jobs. Rights, quotas and NetworkPolicies
 * it only reads: they change by `pulumi up` of a person.
 */
export const CONDUCTOR_TENANT_ACCESS: readonly AccessRule[] = [
  // Marks what goes first, and restarts a process that hangs.
  allow("", ["pods"], [...READ, "patch", "delete"]),
  // Lists savepoints as the JobManager sees them. A web socket asks with `get`, and with `create` where it is new.
  allow("", ["pods/exec"], ["get", "create"]),
  // A job's journal, and who works on it; each change replaces what was read.
  allow("", ["configmaps"], ["get", "create", "update"]),
  allow(LEASES, ["leases"], ["get", "create", "update"]),
  named(allow("apps", ["deployments/scale"], ["get", "patch"]), TASK_MANAGERS),
  allow("apps", ["deployments"], [...READ, "patch"]),
  allow("autoscaling", ["horizontalpodautoscalers"], [...READ, "patch"]),
  // Read by an update for what it leaves alone, and while it waits for what it changes.
  allow(
    "",
    [
      "endpoints",
      "events",
      "limitranges",
      "namespaces",
      "persistentvolumeclaims",
      "resourcequotas",
      "serviceaccounts",
      "services",
    ],
    READ,
  ),
  allow("apps", ["replicasets"], READ),
  allow("discovery.k8s.io", ["endpointslices"], READ),
  allow("networking.k8s.io", ["networkpolicies"], READ),
  allow("policy", ["poddisruptionbudgets"], READ),
  allow("rbac.authorization.k8s.io", ["rolebindings", "roles"], READ),
];

/** Besides, where KEDA makes the HorizontalPodAutoscalers: the bounds are those of its ScaledObjects. */
export const CONDUCTOR_KEDA_ACCESS: readonly AccessRule[] = [
  allow("keda.sh", ["scaledobjects"], [...READ, "patch"]),
];

/** Names that the conductor's rights are bound to. */
export interface ConductorNames {
  /** Its Lease. */
  lease: string;
  /** ConfigMap with the stack files, of which each tenant's stack has set its own. */
  stacks: string;
}

/** `conductor` in the platform's namespace. */
export function conductorPlatformAccess({ lease, stacks }: ConductorNames): AccessRule[] {
  return [
    // What is to be made has no name yet.
    allow(LEASES, ["leases"], ["create"]),
    named(allow(LEASES, ["leases"], ["get", "update"]), lease),
    // A tenant's part of it is a resource of the tenant's stack.
    named(allow("", ["configmaps"], ["get", "patch"]), stacks),
  ];
}

/**
 * `conductor` in the platform's namespace, given by each tenant whose room it keeps: on what of this name holds it,
 * and on these rights, which an update of the tenant's stack reads.
 */
export function headroomAccess(name: string, kind: HeadroomKind): AccessRule[] {
  const held = {
    pods: [allow("apps", ["deployments", "deployments/scale"], ["get", "patch"])],
    "capacity-buffer": [
      allow("", ["podtemplates"], ["get", "patch"]),
      allow("autoscaling.x-k8s.io", ["capacitybuffers"], ["get", "patch"]),
    ],
  };
  return [
    ...held[kind].map((rule) => named(rule, name)),
    named(allow("rbac.authorization.k8s.io", ["rolebindings", "roles"], ["get"]), name),
  ];
}

/** One thing that may be done. */
interface Right {
  group: string;
  resource: string;
  /** Of the one object; `*` for all. */
  name: string;
  verb: string;
}

/** Each right of the rules once, by a key. */
function rightsOf(rules: readonly AccessRule[]): Map<string, Right> {
  const rights = rules.flatMap(({ apiGroups, resources, resourceNames = [], verbs }) => {
    const names = resourceNames.length > 0 ? resourceNames : ["*"];
    return apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.flatMap((name) => verbs.map((verb): Right => ({ group, resource, name, verb }))),
      ),
    );
  });
  return new Map(
    rights.map((right) => [
      [right.group, right.resource, right.name, right.verb].join("\0"),
      right,
    ]),
  );
}

/**
 * How rights that are in force, as a SelfSubjectRulesReview lists them, differ from those that were to be given:
 * what is missing, then what nobody gave. A wildcard is no match for what it stands for.
 */
export function compareAccess(
  wanted: readonly AccessRule[],
  inForce: readonly AccessRule[],
): string[] {
  const [given, found] = [rightsOf(wanted), rightsOf(inForce)];
  const onlyIn = (a: Map<string, Right>, b: Map<string, Right>, says: string) =>
    [...a].filter(([key]) => !b.has(key)).map(([, right]) => `${print(right)} ${says}`);
  return [...onlyIn(given, found, "is missing"), ...onlyIn(found, given, "is too much")];
}

function print({ group, resource, name, verb }: Right): string {
  const what = group === "" ? resource : `${resource}.${group}`;
  return name === "*" ? `${verb} ${what}` : `${verb} ${what} "${name}"`;
}
