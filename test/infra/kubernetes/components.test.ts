import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { FlinkCluster } from "../../../infra/kubernetes/flink-cluster";
import { IsolatedNamespace } from "../../../infra/kubernetes/isolated-namespace";
import { Kafka } from "../../../infra/kubernetes/kafka";
import { Prometheus } from "../../../infra/kubernetes/prometheus";
import { parseTenant } from "../../../policies/parse-tenant";
import type { Tenant } from "../../../policies/tenant";
import { inputsOf, names, record, type RecordedResource } from "../../support/pulumi-recorder";

const file = parse(
  fs.readFileSync(path.join(__dirname, "../../../Pulumi.dev-acme.yaml"), "utf8"),
) as { config: Record<string, unknown> };
const parsed = parseTenant(file.config["flinktide:tenant"]);
if (!parsed.ok) throw new Error("dev-acme is no tenant");
const acme = parsed.tenant;

const IMAGE = `registry.example.com/team/flink@sha256:${"0".repeat(64)}`;
const storage = { sizeGiB: 10 };

const cluster = (change: object = {}, tenant: Tenant = acme) =>
  record(
    () =>
      new FlinkCluster("flink", {
        ...{ environment: "prod", tenant, namespace: "flinktide-prod-acme", image: IMAGE },
        ...{ storage, accessMode: "ReadWriteMany", cpuRequestShare: 0.5 },
        ...change,
      }),
  );
const podOf = (all: RecordedResource[], name: string) =>
  (inputsOf(all, name)["spec"] as { template: { spec: PodSpec } }).template.spec;
interface PodSpec {
  containers: [{ env: { name: string; value?: string }[]; [key: string]: unknown }];
  [key: string]: unknown;
}
const propertiesOf = ({ containers: [{ env }] }: PodSpec) =>
  (env.find(({ name }) => name === "FLINK_PROPERTIES")?.value ?? "").split("\n");

const RESTRICTED = {
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
const HARDENED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

describe("a tenant's cluster", () => {
  it("has exactly these children", async () => {
    expect(names(await cluster())).toEqual([
      "flinktide:kubernetes:FlinkCluster flink",
      "kubernetes:core/v1:ServiceAccount flink-account",
      "kubernetes:apps/v1:Deployment flink-jobmanager",
      "kubernetes:core/v1:Service flink-jobmanager-service",
      "kubernetes:rbac.authorization.k8s.io/v1:Role flink-role",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding flink-role-binding",
      "kubernetes:core/v1:PersistentVolumeClaim flink-state",
      "kubernetes:apps/v1:Deployment flink-taskmanager",
      "kubernetes:policy/v1:PodDisruptionBudget flink-taskmanager-budget",
    ]);
  });

  it.each(["flink-jobmanager", "flink-taskmanager"])("%s is hardened and pinned", async (name) => {
    const pod = podOf(await cluster(), name);
    expect(pod).toMatchObject({
      serviceAccountName: "flink",
      securityContext: { ...RESTRICTED, runAsUser: 9999, fsGroup: 9999 },
    });
    expect(pod.containers[0]).toMatchObject({ image: IMAGE, securityContext: HARDENED });
  });

  it("sets a part of the cores aside, and all of the memory", async () => {
    const [container] = podOf(await cluster(), "flink-taskmanager").containers;
    expect(container["resources"]).toEqual({
      requests: { cpu: "1000m", memory: "1024Mi" },
      limits: { cpu: "2000m", memory: "1024Mi" },
    });
  });

  it("asks for health as the deployment document has it", async () => {
    const [container] = podOf(await cluster(), "flink-jobmanager").containers;
    const ask = { httpGet: { path: "/overview", port: "rest" }, timeoutSeconds: 10 };
    expect(container["livenessProbe"]).toEqual({ ...ask, periodSeconds: 30, failureThreshold: 3 });
    expect(container["startupProbe"]).toEqual({ ...ask, periodSeconds: 2, failureThreshold: 30 });
  });

  it("a JobManager leaves its successor what it needs", async () => {
    const all = await cluster();
    for (const name of ["flink-jobmanager", "flink-taskmanager"]) {
      expect(propertiesOf(podOf(all, name))).toEqual(
        expect.arrayContaining([
          "high-availability: org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory",
          "high-availability.storageDir: file:///opt/flink/ha",
          "kubernetes.cluster-id: acme",
          "kubernetes.namespace: flinktide-prod-acme",
        ]),
      );
    }
    expect(propertiesOf(podOf(all, "flink-jobmanager"))).toContain(
      "jobmanager.rpc.address: $(POD_IP)",
    );
  });

  it("a TaskManager's id is its pod's name", async () => {
    const pod = podOf(await cluster(), "flink-taskmanager");
    expect(propertiesOf(pod)).toContain("taskmanager.resource-id: $(POD_NAME)");
    expect(pod.containers[0].env[0]).toEqual({
      name: "POD_NAME",
      valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
    });
  });

  it("may keep ConfigMaps, and nothing else", async () => {
    const { rules } = inputsOf(await cluster(), "flink-role") as { rules: object[] };
    expect(rules).toEqual([
      {
        apiGroups: [""],
        resources: ["configmaps"],
        verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
      },
    ]);
  });

  it("says nothing of the number of TaskManagers", async () => {
    expect(inputsOf(await cluster(), "flink-taskmanager")["spec"]).not.toHaveProperty("replicas");
  });

  it("an image of the tenant's own may write to its root", async () => {
    const tenant = { ...acme, flink: { ...acme.flink, image: { reference: "mine" } } };
    const [container] = podOf(await cluster({}, tenant), "flink-jobmanager").containers;
    expect(container["securityContext"]).toEqual({ ...HARDENED, readOnlyRootFilesystem: false });
  });

  it("each child can be changed", async () => {
    const change = (metadata: object) => ({ metadata });
    const all = await cluster({
      transform: {
        storage: change({ name: "a" }),
        jobManager: change({ name: "b" }),
        taskManager: change({ name: "c" }),
      },
    });
    const nameOf = (name: string) => inputsOf(all, name)["metadata"];
    expect(["flink-state", "flink-jobmanager", "flink-taskmanager"].map(nameOf)).toEqual([
      { name: "a" },
      { name: "b" },
      { name: "c" },
    ]);
  });
});

describe("an isolated namespace", () => {
  const isolated = (change: object = {}) =>
    record(
      () =>
        new IsolatedNamespace("tenant", {
          ...{ environment: "prod", tenant: "acme", quota: { pods: "7" } },
          policies: [{ name: "metrics", spec: { podSelector: {} } }],
          ...change,
        }),
    );

  it("has exactly these children", async () => {
    expect(names(await isolated())).toEqual([
      "flinktide:kubernetes:IsolatedNamespace tenant",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy tenant-default-deny",
      "kubernetes:core/v1:LimitRange tenant-limits",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy tenant-metrics",
      "kubernetes:core/v1:Namespace tenant-namespace",
      "kubernetes:core/v1:ResourceQuota tenant-quota",
    ]);
  });

  it("takes only restricted pods", async () => {
    expect(inputsOf(await isolated(), "tenant-namespace")["metadata"]).toEqual({
      name: "flinktide-prod-acme",
      labels: {
        "app.kubernetes.io/part-of": "flinktide",
        "app.kubernetes.io/managed-by": "pulumi",
        "flinktide.io/environment": "prod",
        "flinktide.io/tenant": "acme",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
      },
    });
  });

  it("denies what no policy allows", async () => {
    expect(inputsOf(await isolated(), "tenant-default-deny")["spec"]).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  it("without a quota there is none", async () => {
    expect(names(await isolated({ quota: undefined })).join()).not.toContain("ResourceQuota");
  });
});

const shared = {
  ...{ environment: "prod", namespace: "flinktide-prod", image: IMAGE, cpuRequestShare: 1 },
  ...{ cpus: 1, memoryMiB: 1024, storage },
};

describe("Kafka", () => {
  const kafka = (brokers: number) => record(() => new Kafka("kafka", { ...shared, brokers }));

  it("has exactly these children", async () => {
    expect(names(await kafka(1))).toEqual([
      "flinktide:kubernetes:Kafka kafka",
      "kubernetes:apps/v1:StatefulSet kafka-brokers",
      "kubernetes:policy/v1:PodDisruptionBudget kafka-budget",
      "kubernetes:core/v1:Service kafka-service",
    ]);
  });

  it("several brokers know each other, and one alone needs no id", async () => {
    const variables = async (brokers: number) =>
      podOf(await kafka(brokers), "kafka-brokers").containers[0].env.map(({ name }) => name);
    expect(await variables(3)).toEqual(["POD_NAME", "CLUSTER_ID", "HEAP", "KAFKA_PROPERTIES"]);
    expect(await variables(1)).toEqual(["POD_NAME", "HEAP", "KAFKA_PROPERTIES"]);
  });

  it("may lose one broker at a time", async () => {
    expect(inputsOf(await kafka(3), "kafka-budget")["spec"]).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { "app.kubernetes.io/name": "kafka" } },
    });
  });
});

it("Prometheus has exactly these children, and may only look for pods", async () => {
  const all = await record(
    () =>
      new Prometheus("prometheus", { ...shared, scrapeIntervalSeconds: 5, conductorScraped: true }),
  );
  expect(names(all)).toEqual([
    "flinktide:kubernetes:Prometheus prometheus",
    "kubernetes:core/v1:ServiceAccount prometheus-account",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole prometheus-role",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding prometheus-role-binding",
    "kubernetes:apps/v1:StatefulSet prometheus-server",
    "kubernetes:core/v1:Service prometheus-service",
  ]);
  expect(inputsOf(all, "prometheus-role")["rules"]).toEqual([
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
  ]);
});
