import { oneOwnerOfReplicas } from "../../../policies/guard-rails/scaling";
import { planFor } from "../../../policies/plan";
import { buildTenant } from "../../../stacks/tenant";
import { MORNING, NIGHT, PLATFORM, specOf, tenant } from "../../support/kubernetes-tenant";
import { names, record } from "../../support/pulumi-recorder";

const WITH_KEDA = {
  ...PLATFORM,
  prometheusUrl: "kubernetes://flinktide-dev/prometheus:9090",
  cluster: { ...PLATFORM.cluster, metrics: "keda" },
};
const buildOn = (platform: object, now = MORNING) =>
  record(() => buildTenant({ role: "tenant", platform: "dev", tenant, now }), { ...platform });

it("instead of the HorizontalPodAutoscaler there is a ScaledObject, and nothing else is different", async () => {
  const keda = names(await buildOn(WITH_KEDA));
  const adapter = names(await buildOn(PLATFORM));
  expect(keda.filter((name) => !adapter.includes(name))).toEqual([
    "flinktide:kubernetes:TaskManagerScaledObject task-manager",
    "kubernetes:keda.sh/v1alpha1:ScaledObject task-manager-scaled-object",
  ]);
  expect(adapter.filter((name) => !keda.includes(name))).toEqual([
    "flinktide:kubernetes:TaskManagerAutoscaler task-manager",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler task-manager-autoscaler",
  ]);
});

it.each([
  ["the morning", MORNING, 2, 3],
  ["the night", NIGHT, 1, 2],
])("floor and ceiling of %s are its bounds", async (_, now, minReplicaCount, maxReplicaCount) => {
  const spec = specOf(await buildOn(WITH_KEDA, now), "task-manager-scaled-object");
  expect(spec).toMatchObject({ minReplicaCount, maxReplicaCount });
});

it.each([
  ["the platform's own, in the cluster", WITH_KEDA, "http://prometheus.flinktide-dev.svc:9090"],
  [
    "one elsewhere",
    { ...WITH_KEDA, prometheusUrl: "https://metrics.example.com" },
    "https://metrics.example.com",
  ],
])("the metric is that of the tenant, of a Prometheus that is %s", async (_, platform, server) => {
  const spec = specOf(await buildOn(platform), "task-manager-scaled-object");
  const query = 'max(flinktide_capacity_pressure{environment="dev",tenant="acme"})';
  expect(spec).toMatchObject({ triggers: [{ metadata: { serverAddress: server, query } }] });
});

it("the number of TaskManagers has one owner", async () => {
  const guarded = async (platform: object) =>
    (await buildOn(platform)).map(({ type, name, inputs: props }) => ({ type, name, props }));
  const keda = await guarded(WITH_KEDA);
  expect(oneOwnerOfReplicas.check(keda)).toEqual([]);
  const adapter = await guarded(PLATFORM);
  expect(
    oneOwnerOfReplicas.check([...keda, ...adapter]).map(({ path, fault }) => `${path}: ${fault}`),
  ).toEqual([
    "task-manager-scaled-object spec.scaleTargetRef: task-manager-autoscaler scales it already",
  ]);
});

describe("order", () => {
  const order = async (from: number) => {
    const { decision } = planFor(tenant, MORNING, {});
    const before = { taskManagers: from, parallelism: { wordcount: 2 } };
    const recorded = await record(
      () =>
        buildTenant({
          ...{ role: "tenant" as const, platform: "dev", tenant, now: MORNING },
          handed: { fence: 1, decision: { ...decision, from: before } },
        }),
      WITH_KEDA,
      { sorted: false },
    );
    const shown = ["task-manager-scaled-object", "task-managers", "wordcount"];
    return recorded.map(({ name }) => name).filter((name) => shown.includes(name));
  };

  it.each([
    ["growing", 1, ["task-manager-scaled-object", "task-managers", "wordcount"]],
    ["shrinking", 3, ["wordcount", "task-managers", "task-manager-scaled-object"]],
  ])("%s from %i", async (_, from, expected) => {
    expect(await order(from)).toEqual(expected);
  });
});
