import * as pulumi from "@pulumi/pulumi";
import { Collector } from "../../../infra/kubernetes/collector";
import { collectorSchema } from "../../../policies/collector";
import { inputsOf, names, record, type RecordedResource } from "../../support/pulumi-recorder";

const IMAGE = `registry.example.com/cdc-collector@sha256:${"0".repeat(64)}`;
const KAFKA = "kafka.flinktide-prod.svc:9092";
const DATABASE = { host: "203.0.113.7", port: 3306, passwordKey: "collector:database" };

beforeAll(() => pulumi.runtime.setAllConfig(SECRETS, Object.keys(SECRETS)));
const SECRETS = { "collector:database": "s3cret", "collector:datahub": "k3y" };

const collector = (more: object = {}, args: object = {}) =>
  record(
    () =>
      new Collector("collector-orders", {
        ...{ environment: "prod", tenant: "acme", namespace: "flinktide-prod-acme" },
        ...{ image: IMAGE, kafka: KAFKA, cpuRequestShare: 0.5, storage: { sizeGiB: 1 } },
        collector: collectorSchema.parse({ name: "orders", database: DATABASE, ...more }),
        ...args,
      }),
  );
const server = (all: RecordedResource[]) =>
  inputsOf(all, "collector-orders-server") as unknown as Server;
interface Server {
  metadata: object;
  spec: { template: { metadata: { labels: object }; spec: Pod }; [key: string]: unknown };
}
interface Pod {
  containers: [{ env: { name: string; value: string }[]; [key: string]: unknown }];
  [key: string]: unknown;
}

it("has exactly these children", async () => {
  expect(names(await collector())).toEqual([
    "flinktide:kubernetes:Collector collector-orders",
    "kubernetes:core/v1:PersistentVolumeClaim collector-orders-data",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy collector-orders-policy",
    "kubernetes:core/v1:Secret collector-orders-secret",
    "kubernetes:apps/v1:StatefulSet collector-orders-server",
    "kubernetes:core/v1:Service collector-orders-service",
  ]);
});

it("is one pod, of which there are never two, and none that never was ready stands in the way of", async () => {
  const { metadata, spec } = server(await collector());
  expect(metadata).toMatchObject({ name: "collector-orders", namespace: "flinktide-prod-acme" });
  const { template, ...set } = spec;
  const own = { "app.kubernetes.io/name": "collector", "app.kubernetes.io/instance": "orders" };
  expect(set).toEqual({
    ...{ serviceName: "collector-orders", replicas: 1, podManagementPolicy: "Parallel" },
    selector: { matchLabels: own },
  });
  expect(template.metadata.labels).toMatchObject({ ...own, "flinktide.io/tenant": "acme" });
});

it("may run where only restricted pods may, and writes to its volume and /tmp alone", async () => {
  const { spec } = server(await collector()).spec.template;
  const [container] = spec.containers;
  expect(spec).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: {
      ...{ runAsNonRoot: true, runAsUser: 8080, runAsGroup: 8080, fsGroup: 8080 },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumes: [
      { name: "tmp", emptyDir: {} },
      { name: "data", persistentVolumeClaim: { claimName: "collector-orders-data" } },
      { name: "secrets", secret: { secretName: "collector-orders", defaultMode: 0o440 } },
    ],
  });
  expect(container).toMatchObject({
    image: IMAGE,
    resources: {
      requests: { cpu: "500m", memory: "896Mi" },
      limits: { cpu: "1000m", memory: "896Mi" },
    },
    securityContext: {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "data", mountPath: "/opt/cdc-collector/data" },
      { name: "secrets", mountPath: "/run/secrets", readOnly: true },
    ],
  });
});

it("is asked for its health, and scraped, on one port", async () => {
  const [container] = server(await collector()).spec.template.spec.containers;
  const get = (path: string) => ({ httpGet: { path, port: "metrics" } });
  expect(container).toMatchObject({
    ports: [{ name: "metrics", containerPort: 8080 }],
    startupProbe: { ...get("/health/live"), periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: { ...get("/health/live"), periodSeconds: 30, failureThreshold: 3 },
    readinessProbe: get("/health/ready"),
  });
});

it("gets its secrets as files, marked secret, and nowhere else", async () => {
  const sink = {
    ...{ endpoint: "https://datahub.example.com", networks: ["198.51.100.0/24"] },
    ...{ accessId: "ann", accessKeyKey: "collector:datahub" },
  };
  const all = await collector({ sink });
  const { stringData } = inputsOf(all, "collector-orders-secret");
  expect(pulumi.runtime.isRpcSecret(stringData)).toBe(true);
  expect(pulumi.runtime.unwrapRpcSecret(stringData)).toEqual({
    "database-password": "s3cret",
    "datahub-access-key": "k3y",
  });
  const others = all.filter(({ name }) => name !== "collector-orders-secret");
  expect(JSON.stringify(others)).not.toMatch(/s3cret|k3y/);
  const { env } = server(all).spec.template.spec.containers[0];
  expect(env).toContainEqual({
    name: "DATABASE_PASSWORD_FILE",
    value: "/run/secrets/database-password",
  });
});

it("sends to the platform's Kafka unless it is told of another place", async () => {
  const { env } = server(await collector()).spec.template.spec.containers[0];
  expect(env).toContainEqual({ name: "DATAHUB_ENDPOINT", value: `kafka://${KAFKA}` });
});

it("may go to its database and Kafka, and is reached by Prometheus alone", async () => {
  const { spec } = inputsOf(await collector(), "collector-orders-policy") as { spec: Policy };
  expect(spec.podSelector).toEqual({
    matchLabels: { "app.kubernetes.io/name": "collector", "app.kubernetes.io/instance": "orders" },
  });
  expect(spec.ingress.map(({ ports }) => ports)).toEqual([[{ port: 8080, protocol: "TCP" }]]);
  expect(spec.egress.map(({ ports }) => ports[0]?.port)).toEqual([9092, 53, 3306]);
  expect(spec.egress[2]).toEqual({
    to: [{ ipBlock: { cidr: "203.0.113.7/32" } }],
    ports: [{ port: 3306, protocol: "TCP" }],
  });
});
interface Policy {
  podSelector: object;
  ingress: { ports: { port: number }[] }[];
  egress: { to: object[]; ports: { port: number }[] }[];
}

it("with a sink of its own, may not go to the platform's Kafka", async () => {
  const all = await collector({ sink: { endpoint: "kafka://198.51.100.7:9095" } });
  const { spec } = inputsOf(all, "collector-orders-policy") as { spec: Policy };
  expect(spec.egress.map(({ ports }) => ports[0]?.port)).toEqual([53, 3306, 9095]);
});

it("belongs to the platform where it has no tenant", async () => {
  const all = await collector({}, { tenant: undefined, namespace: "flinktide-prod" });
  const { labels } = server(all).spec.template.metadata;
  expect(labels).not.toHaveProperty(["flinktide.io/tenant"]);
  const { env } = server(all).spec.template.spec.containers[0];
  const value = 'environment="prod",collector="orders"';
  expect(env).toContainEqual({ name: "METRIC_LABELS", value });
});

it("each child that may have to differ can be changed", async () => {
  const plain = await collector();
  const change = (name: string) => ({ metadata: { name } });
  const changes = { data: change("a"), networkPolicy: change("b"), server: change("c") };
  const changed = await collector({}, { transform: changes });
  const renamed = { data: "a", policy: "b", server: "c" };
  for (const { name, inputs } of changed) {
    const suffix = name.replace("collector-orders-", "") as keyof typeof renamed;
    const before = inputsOf(plain, name);
    const expected = suffix in renamed ? { ...before, ...change(renamed[suffix]) } : before;
    expect(inputs).toEqual(expected);
  }
});
