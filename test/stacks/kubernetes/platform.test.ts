import { parse } from "yaml";
import { readStackFile } from "../../../stacks/conductor/catalog";
import { interpretConfig } from "../../../stacks/config";
import { clusterSettingsSchema } from "../../../stacks/kubernetes/settings";
import { build, CONDUCTOR, images } from "../../support/kubernetes-platform";
import { inputsOf, names, type RecordedResource } from "../../support/pulumi-recorder";
import { withCollectorFiles } from "../../support/collector-files";

const sorted = (resources: RecordedResource[]) => names(resources).sort();

const WITHOUT_CONDUCTOR = [
  "flinktide:kubernetes:IsolatedNamespace platform",
  "flinktide:kubernetes:Kafka kafka",
  "flinktide:kubernetes:Prometheus prometheus",
  "kubernetes:apps/v1:StatefulSet kafka-brokers",
  "kubernetes:apps/v1:StatefulSet prometheus-server",
  "kubernetes:core/v1:LimitRange platform-limits",
  "kubernetes:core/v1:Namespace platform-namespace",
  "kubernetes:core/v1:Service kafka-service",
  "kubernetes:core/v1:Service prometheus-service",
  "kubernetes:core/v1:ServiceAccount prometheus-account",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy platform-conductor",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy platform-default-deny",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy platform-kafka",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy platform-metrics-adapter",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy platform-prometheus",
  "kubernetes:policy/v1:PodDisruptionBudget kafka-budget",
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole prometheus-role",
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding prometheus-role-binding",
];

it("has exactly these children, and builds no image that is there", async () => {
  expect(sorted((await build()).resources)).toEqual(WITHOUT_CONDUCTOR);
});

describe("a Kafka and a Prometheus that are there", () => {
  const URL = "http://prometheus-operated.monitoring.svc:9090";
  const servers = "b-0.brokers.streams.svc:9092,b-1.brokers.streams.svc:9092,203.0.113.7:9092";
  const there = { kafka: { bootstrapServers: servers }, prometheus: { url: URL } };
  const without = (...ends: RegExp[]) =>
    WITHOUT_CONDUCTOR.filter((name) => !ends.some((end) => end.test(name)));

  it("are used, and none is made", async () => {
    const { resources, result } = await build({}, {}, there);
    expect(sorted(resources)).toEqual(without(/ (platform-)?(kafka|prometheus)/));
    expect(result).toMatchObject({
      kafka: servers,
      kafkaOnHost: "kubernetes://streams/brokers:9092,203.0.113.7:9092",
      prometheusUrl: "kubernetes://monitoring/prometheus-operated:9090",
      cluster: {
        elsewhere: {
          kafka: { namespaces: ["streams"], networks: ["203.0.113.7/32"], ports: [9092] },
          prometheus: { namespaces: ["monitoring"], networks: [], ports: [9090] },
        },
      },
    });
  });

  it("an operator is told what its Prometheus is to scrape and to compute", async () => {
    const prometheus = { url: URL, operator: { release: "kps" } };
    const { resources } = await build({}, {}, { prometheus });
    expect(sorted(resources)).toEqual(
      [
        ...without(/ (platform-)?prometheus/),
        "flinktide:kubernetes:PrometheusMonitors prometheus",
        "kubernetes:monitoring.coreos.com/v1:PodMonitor prometheus-pods",
        "kubernetes:monitoring.coreos.com/v1:PrometheusRule prometheus-rules",
      ].sort(),
    );
    const labels = { "flinktide.io/environment": "prod", release: "kps" };
    expect(inputsOf(resources, "prometheus-pods")).toMatchObject({ metadata: { labels } });
    expect(inputsOf(resources, "prometheus-rules")).toMatchObject({ metadata: { labels } });
  });
});

it.each<[string, object, boolean]>([
  ["outside of the cluster", {}, false],
  ["in the cluster", { conductor: CONDUCTOR }, true],
  [
    "on a schedule",
    { conductor: { ...CONDUCTOR, schedule: "*/5 * * * *" }, metrics: "none" },
    false,
  ],
])("a conductor %s is missed only where its metrics are read", async (_, settings, missed) => {
  const server = inputsOf((await build(settings)).resources, "prometheus-server");
  expect(JSON.stringify(server).includes("FlinktideConductorDown")).toBe(missed);
  const prometheus = {
    url: "http://prometheus.monitoring.svc:9090",
    operator: { release: "kps" },
  };
  const rules = inputsOf((await build(settings, {}, { prometheus })).resources, "prometheus-rules");
  expect(JSON.stringify(rules).includes("FlinktideConductorDown")).toBe(missed);
});

it("has Strimzi's operator make Kafka", async () => {
  const kafka = { strimzi: {}, brokers: 3 };
  const { resources, result } = await build({}, {}, { kafka });
  const own = sorted(resources).filter((name) => name.includes(" kafka"));
  expect(own).toEqual([
    "flinktide:kubernetes:StrimziKafka kafka",
    "kubernetes:kafka.strimzi.io/v1:Kafka kafka-cluster",
    "kubernetes:kafka.strimzi.io/v1:KafkaNodePool kafka-brokers",
  ]);
  expect(inputsOf(resources, "kafka-brokers")).toMatchObject({
    metadata: { labels: { "strimzi.io/cluster": "kafka" } },
    spec: { replicas: 3, roles: ["controller", "broker"] },
  });
  expect(inputsOf(resources, "kafka-cluster")).toMatchObject({
    spec: { kafka: { config: { "default.replication.factor": 3, "min.insync.replicas": 2 } } },
  });
  expect(result).toMatchObject({
    kafka: "kafka-kafka-bootstrap.flinktide-prod.svc:9092",
    kafkaOnHost: "kubernetes://flinktide-prod/kafka-kafka-bootstrap:9092",
  });
});

it("tells its tenants what they need, and where the API server is", async () => {
  const { result } = await build({ cpuRequestShare: 0.5, tenantLimit: { pods: 50 } });
  const { cluster } = result as { cluster: unknown };
  expect(clusterSettingsSchema.parse(cluster)).toEqual({
    ...{ storage: { sizeGiB: 10 }, collectorGiB: 1 },
    ...{
      accessMode: "ReadWriteMany",
      cpuRequestShare: 0.5,
      metrics: "prometheus-adapter",
      conductor: false,
    },
    protectJobs: true,
    apiServer: { addresses: ["10.99.0.2"], port: 6443 },
    ...{ limit: { pods: 50 }, elsewhere: {} },
  });
});

describe("with collectors", () => {
  const database = { host: "203.0.113.7", port: 3306, passwordKey: "collector:database" };
  const settings = {
    ...{ registry: "r.example.com", images, apiServer: { addresses: ["10.99.0.2"] } },
    storage: { collector: 3 },
  };
  const withCollector = (more: object = {}) =>
    build(
      {},
      {
        "flinktide:platform": {
          ...{ target: "kubernetes", kubernetes: { ...settings, ...more } },
          collectors: [{ name: "orders", database, sink: { topic: "orders" } }],
        },
        "collector:database": "s3cret",
      },
    );

  it("has these children besides", async () => {
    const { resources, result } = await withCollector();
    const besides = sorted(resources).filter((each) => !WITHOUT_CONDUCTOR.includes(each));
    expect(besides).toEqual([
      "flink:index:Topic orders",
      "flinktide:kubernetes:Collector collector-orders",
      "kubernetes:apps/v1:StatefulSet collector-orders-server",
      "kubernetes:core/v1:PersistentVolumeClaim collector-orders-data",
      "kubernetes:core/v1:Secret collector-orders-secret",
      "kubernetes:core/v1:Service collector-orders-service",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy collector-orders-policy",
    ]);
    expect(resources.length).toBe(WITHOUT_CONDUCTOR.length + besides.length);
    expect(result).toMatchObject({ cluster: { collectorGiB: 3 } });
    expect(inputsOf(resources, "collector-orders-data")).toMatchObject({
      metadata: { namespace: "flinktide-prod" },
      spec: { resources: { requests: { storage: "3Gi" } } },
    });
  });

  it("a conductor in the cluster knows of them, without a password", async () => {
    const { resources } = await withCollector({ conductor: CONDUCTOR });
    const { data } = inputsOf(resources, "conductor-stacks") as { data: Record<string, string> };
    const file = data["Pulumi.prod.yaml"] ?? "";
    expect(file).not.toContain("s3cret");
    const { config, problems } = interpretConfig(
      readStackFile("Pulumi.prod.yaml", file),
      () => new Date(0),
    );
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ platform: { collectors: [{ name: "orders" }] } });
  });
});

describe("the collector's image", () => {
  const COLLECTOR = "cdc-collector-3.0.8.Final";
  const { [COLLECTOR]: _, ...others } = images;
  withCollectorFiles();

  it.each<[string, object, boolean, boolean]>([
    ["is not made unasked", {}, false, false],
    ["is not made where it is given", { images }, true, false],
    ["is made for tenants' collectors", { tenantCollectors: true }, true, true],
  ])("%s", async (_, settings, known, pushed) => {
    const { result, resources } = await build({ images: others, ...settings });
    const references = (result as { images: object }).images;
    expect(Object.keys(references).includes(COLLECTOR)).toBe(known);
    const push = `flinktide:images:PushedImage ${COLLECTOR}`;
    expect(names(resources).includes(push)).toBe(pushed);
  });
});

it("with headroom there is its priority besides, and tenants are told", async () => {
  const { resources, result } = await build({ headroom: { lead: "2m" } });
  expect(sorted(resources).filter((each) => !WITHOUT_CONDUCTOR.includes(each))).toEqual([
    "flinktide:kubernetes:HeadroomPriority headroom",
    "kubernetes:scheduling.k8s.io/v1:PriorityClass headroom-class",
  ]);
  expect(result).toMatchObject({ cluster: { headroom: "pods" } });
});

it("a CapacityBuffer needs no priority", async () => {
  const { resources, result } = await build({ headroom: { lead: "2m", kind: "capacity-buffer" } });
  expect(sorted(resources)).toEqual(WITHOUT_CONDUCTOR);
  expect(result).toMatchObject({ cluster: { headroom: "capacity-buffer" } });
});

it("headroom without its lead is refused", async () => {
  await expect(build({ headroom: {} })).rejects.toThrow("kubernetes.headroom.lead");
});

describe("with a conductor", () => {
  it("has these children besides", async () => {
    const { resources, result } = await build({ conductor: CONDUCTOR });
    const besides = sorted(resources).filter((each) => !WITHOUT_CONDUCTOR.includes(each));
    expect(besides).toEqual([
      "flinktide:kubernetes:Conductor conductor",
      "kubernetes:apps/v1:Deployment conductor-deployment",
      "kubernetes:core/v1:ConfigMap conductor-stacks",
      "kubernetes:core/v1:PersistentVolumeClaim conductor-state",
      "kubernetes:core/v1:ServiceAccount conductor-account",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole conductor-tenant-role",
      "kubernetes:rbac.authorization.k8s.io/v1:Role conductor-role",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding conductor-role-binding",
    ]);
    expect(resources.length).toBe(WITHOUT_CONDUCTOR.length + besides.length);
    expect(result).toMatchObject({ cluster: { conductor: true } });
  });

  it("gives it its own stack file, with no secret", async () => {
    const alerts = { webhook: "https://alerts.example.com/x", secretKey: "alerts:secret" };
    const egress = [{ cidr: "203.0.113.0/24" }];
    const kubernetes = {
      registry: "r.example.com",
      images,
      apiServer: { addresses: ["10.99.0.2"] },
    };
    const block = {
      ...{ target: "kubernetes", alerts },
      kubernetes: { ...kubernetes, conductor: { ...CONDUCTOR, egress } },
    };
    const { resources } = await build(
      {},
      { "flinktide:platform": block, "alerts:secret": "hunter2" },
    );
    const { data } = inputsOf(resources, "conductor-stacks") as { data: Record<string, string> };
    expect(Object.keys(data)).toEqual(["Pulumi.prod.yaml"]);
    const text = data["Pulumi.prod.yaml"] ?? "";
    expect(JSON.stringify(resources)).not.toContain("hunter2");
    expect(parse(text)).toEqual({
      config: {
        "flinktide:role": "platform",
        "flinktide:platform": block,
        "alerts:secret": "in the conductor's Secret",
      },
    });
  });

  it("lets it out to what it is told, and nowhere else", async () => {
    const egress = [{ cidr: "203.0.113.0/24" }, { cidr: "198.51.100.7/32", port: 9000 }];
    const { resources } = await build({ conductor: { ...CONDUCTOR, egress } });
    const policy = (name: string) =>
      JSON.stringify(inputsOf(resources, `platform-${name}`)["spec"]);
    expect(policy("conductor")).toContain(
      '{"ports":[{"port":9000,"protocol":"TCP"}],"to":[{"ipBlock":{"cidr":"198.51.100.7/32"}}]}',
    );
    expect(policy("conductor")).toContain("203.0.113.0/24");
    expect(policy("prometheus")).not.toContain("203.0.113.0/24");
  });

  it.each<[string, object, string]>([
    ["without an image", { enabled: true }, "kubernetes.conductor.image"],
    ["with an image by its tag", { ...CONDUCTOR, image: "conductor:1" }, "it is not pinned"],
    [
      "that could not reach its backend",
      { ...CONDUCTOR, stateBackend: { url: "s3://states" } },
      "the conductor could not reach its state backend",
    ],
    [
      "with a folder as backend",
      { stateBackend: { url: "file:///x" } },
      "it is no backend of Pulumi's",
    ],
  ])("%s is refused", async (_, conductor, message) => {
    await expect(build({ conductor })).rejects.toThrow(message);
  });

  it("that could not reach the webhook is refused", async () => {
    const block = {
      ...{ target: "kubernetes", alerts: { webhook: "https://alerts.example.com/x" } },
      kubernetes: { registry: "r.example.com", conductor: CONDUCTOR },
    };
    await expect(build({}, { "flinktide:platform": block })).rejects.toThrow(
      "the conductor could not reach alerts.webhook",
    );
  });
});
