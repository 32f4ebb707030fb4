import {
  compareAccess,
  CONDUCTOR_TENANT_ACCESS,
  conductorPlatformAccess,
  FLINK_ACCESS,
  type AccessRule,
} from "../../../policies/kubernetes/access";

const NAMES = { lease: "conductor", headroom: "headroom" };

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
    "create pods/exec",
    "delete configmaps",
    "delete pods",
    "patch configmaps",
    "patch deployments.apps",
    "patch horizontalpodautoscalers.autoscaling",
    "patch pods",
  ]);
  expect(changes(conductorPlatformAccess(NAMES))).toEqual([
    "create leases.coordination.k8s.io",
    'patch deployments.apps "headroom"',
    'update leases.coordination.k8s.io "conductor"',
  ]);
});

it.each([
  ["Flink", FLINK_ACCESS],
  ["the conductor in a tenant's namespace", CONDUCTOR_TENANT_ACCESS],
  ["the conductor in the platform's", conductorPlatformAccess(NAMES)],
])("%s reads no Secret and may do nothing by a wildcard", (_, rules) => {
  const all = rules.flatMap(({ apiGroups, resources, verbs }) => [apiGroups, resources, verbs]);
  expect(all.flat()).not.toContain("*");
  expect(all.flat()).not.toContain("secrets");
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
