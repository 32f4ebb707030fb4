import {
  compareAccess,
  CONDUCTOR_KEDA_ACCESS,
  CONDUCTOR_TENANT_ACCESS,
  conductorPlatformAccess,
  FLINK_ACCESS,
  headroomAccess,
  type AccessRule,
} from "../../../policies/kubernetes/access";

const NAMES = { lease: "conductor", stacks: "stacks" };

const rule = (group: string, resource: string, verbs: string[], ...resourceNames: string[]) => ({
  ...{ apiGroups: [group], resources: [resource], verbs },
  ...(resourceNames.length > 0 ? { resourceNames } : {}),
});
/** By the part of the code that asks. */
const CALLED: AccessRule[] = [
  // KubernetesClusterHost
  rule("", "pods", ["list", "patch", "delete"]),
  rule("", "pods/exec", ["get"]),
  // ConfigMapJournal and its CoordinationLease
  rule("", "configmaps", ["get", "create", "update"]),
  rule("coordination.k8s.io", "leases", ["get", "create", "update"]),
  // TaskManagerCount
  rule("apps", "deployments/scale", ["get", "patch"], "taskmanager"),
  rule("autoscaling", "horizontalpodautoscalers", ["get", "patch"]),
  // What a tenant's stack holds, each of which `pulumi up --refresh` reads
  ...["namespaces", "resourcequotas", "limitranges", "serviceaccounts"].map((resource) =>
    rule("", resource, ["get"]),
  ),
  ...["persistentvolumeclaims", "services"].map((resource) => rule("", resource, ["get"])),
  rule("networking.k8s.io", "networkpolicies", ["get"]),
  rule("rbac.authorization.k8s.io", "roles", ["get"]),
  rule("rbac.authorization.k8s.io", "rolebindings", ["get"]),
  rule("policy", "poddisruptionbudgets", ["get"]),
  rule("apps", "deployments", ["get"]),
];

/** `patch deployments.apps` and the like. */
const changes = (rules: readonly AccessRule[]) =>
  compareAccess(rules, [])
    .map((sentence) => sentence.replace(" is missing", ""))
    .filter((right) => !/^(get|list|watch) /.test(right))
    .sort();

it("Flink may change ConfigMaps and nothing else", () => {
  expect(changes(FLINK_ACCESS)).toEqual([
    "create configmaps",
    "delete configmaps",
    "patch configmaps",
    "update configmaps",
  ]);
});

it("the conductor may change exactly this", () => {
  expect(changes(CONDUCTOR_TENANT_ACCESS)).toEqual([
    "create configmaps",
    "create leases.coordination.k8s.io",
    "create pods/exec",
    "delete pods",
    "patch deployments.apps",
    'patch deployments/scale.apps "taskmanager"',
    "patch horizontalpodautoscalers.autoscaling",
    "patch pods",
    "update configmaps",
    "update leases.coordination.k8s.io",
  ]);
  expect(changes(CONDUCTOR_KEDA_ACCESS)).toEqual(["patch scaledobjects.keda.sh"]);
  expect(changes(conductorPlatformAccess(NAMES))).toEqual([
    "create leases.coordination.k8s.io",
    'patch configmaps "stacks"',
    'update leases.coordination.k8s.io "conductor"',
  ]);
  expect(changes(headroomAccess("headroom-acme", "pods"))).toEqual([
    'patch deployments.apps "headroom-acme"',
    'patch deployments/scale.apps "headroom-acme"',
  ]);
  expect(changes(headroomAccess("headroom-acme", "capacity-buffer"))).toEqual([
    'patch capacitybuffers.autoscaling.x-k8s.io "headroom-acme"',
    'patch podtemplates "headroom-acme"',
  ]);
});

it.each([
  ["Flink", FLINK_ACCESS],
  ["the conductor in a tenant's namespace", CONDUCTOR_TENANT_ACCESS],
  ["the conductor where KEDA scales", CONDUCTOR_KEDA_ACCESS],
  ["the conductor in the platform's", conductorPlatformAccess(NAMES)],
  ["the conductor for a tenant's headroom", headroomAccess("headroom-acme", "pods")],
])("%s reads no Secret and may do nothing by a wildcard", (_, rules) => {
  const all = rules.flatMap(({ apiGroups, resources, verbs }) => [apiGroups, resources, verbs]);
  expect(all.flat()).not.toContain("*");
  expect(all.flat()).not.toContain("secrets");
});

it("the conductor may do what its parts ask of the API server, and reads what an update reads", () => {
  const missing = compareAccess(CALLED, CONDUCTOR_TENANT_ACCESS).filter((each) =>
    each.endsWith("is missing"),
  );
  expect(missing).toEqual([]);
  // Without the rights that one part needs, it is named.
  const less = CONDUCTOR_TENANT_ACCESS.filter(({ resources }) => !resources.includes("leases"));
  expect(compareAccess(CALLED, less).filter((each) => each.endsWith("is missing"))).toEqual([
    "get leases.coordination.k8s.io is missing",
    "create leases.coordination.k8s.io is missing",
    "update leases.coordination.k8s.io is missing",
  ]);
});

it("the conductor may do with a tenant's headroom what its parts ask, and no more in all", () => {
  const called = [
    // Balloons
    rule("apps", "deployments/scale", ["get", "patch"], "headroom-acme"),
    // The tenant's stack changes the pods with the TaskManagers, and `--refresh` reads all three.
    rule("apps", "deployments", ["get", "patch"], "headroom-acme"),
    rule("rbac.authorization.k8s.io", "roles", ["get"], "headroom-acme"),
    rule("rbac.authorization.k8s.io", "rolebindings", ["get"], "headroom-acme"),
  ];
  expect(compareAccess(called, headroomAccess("headroom-acme", "pods"))).toEqual([]);
});

it("the conductor may do with a ScaledObject what its parts ask, where KEDA scales", () => {
  const called = [
    // AutoscalerBounds and the tenant's stack; `--refresh` reads, and waits by list and watch.
    rule("keda.sh", "scaledobjects", ["get", "list", "watch", "patch"]),
  ];
  expect(compareAccess(called, CONDUCTOR_KEDA_ACCESS)).toEqual([]);
});

describe("the comparison", () => {
  const wanted: AccessRule[] = [
    { apiGroups: [""], resources: ["pods", "events"], verbs: ["get", "list"] },
  ];

  it("finds no difference in the same rights, however they are grouped", () => {
    const grouped = ["get", "list"].flatMap((verb) =>
      ["events", "pods"].map((resource) => ({
        ...{ apiGroups: [""], resources: [resource], resourceNames: [], verbs: [verb] },
      })),
    );
    expect(compareAccess(wanted, grouped)).toEqual([]);
  });

  it("names what is missing and what is too much, also on one object", () => {
    const inForce: AccessRule[] = [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
      { apiGroups: [""], resources: ["events"], verbs: ["get"], resourceNames: ["one"] },
      { apiGroups: ["apps"], resources: ["*"], verbs: ["*"] },
    ];
    expect(compareAccess(wanted, inForce)).toEqual([
      "get events is missing",
      "list events is missing",
      'get events "one" is too much',
      "* *.apps is too much",
    ]);
  });
});
