import { parse } from "yaml";
import { planFor } from "../../../policies/plan";
import { recordProgram } from "../../../infra/recorded-program";
import { readStackFile } from "../../../stacks/conductor/catalog";
import { interpretConfig } from "../../../stacks/config";
import { buildTenant } from "../../../stacks/tenant";
import {
  build,
  MORNING,
  NIGHT,
  IMAGE,
  PLATFORM,
  read,
  specOf,
  tenant,
  text,
} from "../../support/kubernetes-tenant";
import { inputsOf, names, record } from "../../support/pulumi-recorder";

it("the tenant file that Docker takes has exactly these children in a cluster", async () => {
  const all = names(await build(MORNING)).filter((name) => !name.includes("StackReference"));
  expect(all).toEqual([
    "flink:index:Topic acme.counts",
    "flink:index:Topic acme.lines",
    "flinktide:kubernetes:FlinkCluster flink",
    "kubernetes:core/v1:ServiceAccount flink-account",
    "kubernetes:apps/v1:Deployment flink-jobmanager",
    "kubernetes:core/v1:Service flink-jobmanager-service",
    "kubernetes:rbac.authorization.k8s.io/v1:Role flink-role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding flink-role-binding",
    "kubernetes:core/v1:PersistentVolumeClaim flink-state",
    "kubernetes:apps/v1:Deployment flink-taskmanager",
    "kubernetes:policy/v1:PodDisruptionBudget flink-taskmanager-budget",
    "flinktide:kubernetes:TaskManagerAutoscaler task-manager",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler task-manager-autoscaler",
    "flink:index:TaskManagers task-managers",
    "flinktide:kubernetes:IsolatedNamespace tenant",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy tenant-default-deny",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy tenant-jobmanager",
    "kubernetes:core/v1:LimitRange tenant-limits",
    "kubernetes:core/v1:Namespace tenant-namespace",
    "kubernetes:core/v1:ResourceQuota tenant-quota",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy tenant-taskmanager",
    "flink:index:Job wordcount",
  ]);
});

it("floor and ceiling of the window are the autoscaler's bounds", async () => {
  expect(specOf(await build(MORNING), "task-manager-autoscaler")).toMatchObject({
    minReplicas: 2,
    maxReplicas: 3,
    metrics: [{ external: { metric: { selector: { matchLabels: { tenant: "acme" } } } } }],
  });
  expect(specOf(await build(NIGHT), "task-manager-autoscaler")).toMatchObject({
    minReplicas: 1,
    maxReplicas: 2,
  });
});

describe("with headroom", () => {
  const settings = { ...PLATFORM.cluster, headroom: "pods", conductor: true };
  const all = () =>
    record(() => buildTenant({ role: "tenant", platform: "dev", tenant, now: MORNING }), {
      ...PLATFORM,
      cluster: settings,
    });

  it("there are pods that hold room, as large as a TaskManager and of its image", async () => {
    const made = await all();
    expect(names(made).filter((name) => / headroom/.test(name))).toEqual([
      "flinktide:kubernetes:Headroom headroom",
      "kubernetes:apps/v1:Deployment headroom-balloons",
      "kubernetes:rbac.authorization.k8s.io/v1:Role headroom-role",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding headroom-role-binding",
    ]);
    const container = (name: string) =>
      (specOf(made, name) as { template: { spec: { containers: [Record<string, unknown>] } } })
        .template.spec.containers[0];
    const [balloon, taskManager] = ["headroom-balloons", "flink-taskmanager"].map(container);
    expect(balloon?.["resources"]).toEqual(taskManager?.["resources"]);
    expect(balloon?.["image"]).toBe(taskManager?.["image"]);
  });

  it("the number of TaskManagers knows whose place they take", async () => {
    const headroom = { kind: "pods", url: "kubernetes://flinktide-dev/headroom-acme" };
    expect(inputsOf(await all(), "task-managers")).toMatchObject({ headroom });
    expect(inputsOf(await build(MORNING), "task-managers")).not.toHaveProperty("headroom");
  });
});

it("the job is reached through the cluster, and leaves no TaskManager by name", async () => {
  const { host, journal, taskManagers, restUrl, parallelism } = inputsOf(
    await build(MORNING),
    "wordcount",
  );
  expect({ host, journal, taskManagers, restUrl, parallelism }).toEqual({
    host: { kind: "kubernetes", namespace: "flinktide-dev-acme" },
    journal: "kubernetes://flinktide-dev-acme/journal-wordcount",
    taskManagers: { atLeast: 2 },
    restUrl: "kubernetes://flinktide-dev-acme/jobmanager:8081",
    parallelism: 4,
  });
});

it("the namespace has room for the quota, one more while it is replaced, and no more", async () => {
  expect(specOf(await build(MORNING), "tenant-quota")).toEqual({
    hard: {
      "requests.cpu": "7000m",
      "limits.cpu": "14000m",
      "requests.memory": "7168Mi",
      "limits.memory": "7168Mi",
      pods: "7",
      "requests.storage": "10240Mi",
    },
  });
});

it("a tenant that asks for more than it may have is refused before anything is made", async () => {
  const made: string[] = [];
  const limited = { ...PLATFORM, cluster: { ...PLATFORM.cluster, limit: { pods: 6 } } };
  const refused = recordProgram(
    () => buildTenant({ role: "tenant", platform: "dev", tenant, now: MORNING }),
    {
      ...{ stack: "dev-acme", outputsOf: () => limited },
      stateOf: ({ type }) => ({ made: made.push(type) }),
    },
  );
  await expect(refused).rejects.toThrow(
    "The tenant acme does not fit into what the platform lets a tenant have (tenantLimit); nothing was changed:\n" +
      "  - windows[1].ceiling (given: 4): with the JobManager and one more of each while they are replaced, 7 pods are " +
      "needed and the namespace's quota has 6 pods. Fix: lower it to at most 3, or raise the namespace's quota to 7 pods.",
  );
  expect(made.filter((type) => type !== "pulumi:pulumi:Stack")).toEqual([]);
});

describe("with a conductor in the cluster", () => {
  const conducted = { ...PLATFORM, cluster: { ...PLATFORM.cluster, conductor: true } };
  const block = (parse(text) as { config: Record<string, unknown> }).config["flinktide:tenant"];
  const raw = {
    ...{ "flinktide:role": "tenant", "flinktide:platform": "dev" },
    "flinktide:tenant": JSON.stringify(block),
  };
  const run = (config: Record<string, string>, of = tenant) =>
    recordProgram(
      () => buildTenant({ role: "tenant", platform: "dev", tenant: of, now: MORNING }),
      {
        ...{ stack: "dev-acme", outputsOf: () => conducted, config },
      },
    );

  it("gives it rights and the file that is in force, whoever runs the update", async () => {
    const decided = { ...raw, "flinktide:decision": "{}", "flinktide:at": "2026-11-23T09:00:00Z" };
    const texts: string[] = [];
    for (const config of [raw, decided]) {
      const { resources } = await run(config);
      expect(names(resources)).toContain(
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding conducted-rights",
      );
      const { data } = inputsOf(resources, "conducted-stack-file") as {
        data: Record<string, string>;
      };
      texts.push(data["Pulumi.dev-acme.yaml"] ?? "");
    }
    expect(texts[1]).toBe(texts[0]);
    const { config, problems } = interpretConfig(
      readStackFile("Pulumi.dev-acme.yaml", texts[0] ?? ""),
      () => MORNING,
    );
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ role: "tenant", platform: "dev", tenant: read });
  });

  it("refuses a tenant whose password it could not have", async () => {
    const registry = { server: "r.example.com", username: "bot", passwordKey: "registry:password" };
    const image = { reference: "r.example.com/flink:1", registry };
    const own = { ...tenant, flink: { ...tenant.flink, image } };
    await expect(run(raw, own)).rejects.toThrow("The tenant acme has a registry's password");
  });
});

describe("order", () => {
  /** Names in the order in which they are registered; each waits for those that it depends on. */
  const order = async (now: Date, from: number | null) => {
    const { decision } = planFor(tenant, now, {});
    const before = from === null ? null : { taskManagers: from, parallelism: { wordcount: 2 } };
    const recorded = await record(
      () =>
        buildTenant({
          ...{ role: "tenant" as const, platform: "dev", tenant, now },
          handed: { fence: 1, decision: { ...decision, from: before } },
        }),
      PLATFORM,
      { sorted: false },
    );
    const shown = ["task-manager-autoscaler", "task-managers", "wordcount"];
    return recorded.map(({ name }) => name).filter((name) => shown.includes(name));
  };

  it.each([
    ["at first", null],
    ["growing", 1],
    ["staying", 2],
  ])("%s: bounds, TaskManagers, job", async (_, from) => {
    expect(await order(MORNING, from)).toEqual([
      "task-manager-autoscaler",
      "task-managers",
      "wordcount",
    ]);
  });

  it("shrinking: job, TaskManagers, bounds", async () => {
    expect(await order(MORNING, 3)).toEqual([
      "wordcount",
      "task-managers",
      "task-manager-autoscaler",
    ]);
  });
});

it("an image that the platform does not have is named", async () => {
  const images = { "flink-1.20.3": IMAGE };
  await expect(
    record(() => buildTenant({ role: "tenant", platform: "dev", tenant, now: MORNING }), {
      ...PLATFORM,
      images,
    }),
  ).rejects.toThrow("the platform has no image flink-1.14.6; it has flink-1.20.3");
});
