import { randomBytes } from "node:crypto";
import { z } from "zod";
import { ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { publishImage } from "../../infra/cluster/images";
import { exec } from "../../infra/exec";
import { FlinkRestClient } from "../../infra/flink/rest-client";
import { topicHandler } from "../../infra/flink/provider/topic-handler";
import { waitFor } from "../../infra/flink/wait";
import { journalAt } from "../../infra/flink/journal-at";
import { buildJobs, jobJar } from "../../infra/jobs/build";
import { kubernetesApi, type KubernetesApi } from "../../infra/kubernetes/api";
import { kafkaProperties } from "../../infra/kubernetes/kafka-properties";
import { KubernetesClusterHost } from "../../infra/kubernetes/kubernetes-host";
import { podExec } from "../../infra/kubernetes/pod-exec";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { VERSIONS } from "../../infra/toolchain/versions";
import { KafkaPool } from "../../stacks/conductor/observe/kafka-pool";
import { kafkaClient } from "../../stacks/workload/kafka";
import { TopicReader } from "../../stacks/workload/topic-reader";
import { builtImage } from "../../infra/images/built-image";
import { Contender } from "../support/contender";

/** What reaches into a cluster from outside, at a real API server, Flink and Kafka. */

const NAMESPACE = `reach-${randomBytes(3).toString("hex")}`;
const FLINK = `kubernetes://${NAMESPACE}/jobmanager:8081`;
const KAFKA = `kubernetes://${NAMESPACE}/kafka:9092`;
const READY_MS = 240_000;
const VERSION = VERSIONS.flink[0] ?? "";

let cluster: Cluster;
let api: KubernetesApi;
let brought: string | undefined;

beforeAll(async () => {
  cluster = await ensureCluster();
  brought = process.env.KUBECONFIG;
  process.env.KUBECONFIG = cluster.kubeconfig;
  api = await kubernetesApi();
  await make("/api/v1/namespaces", { kind: "Namespace", metadata: { name: NAMESPACE } });
}, 900_000);
afterAll(async () => {
  await api.request({ method: "DELETE", path: `/api/v1/namespaces/${NAMESPACE}` }, z.unknown());
  if (brought === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = brought;
}, 60_000);

async function make(path: string, body: object): Promise<void> {
  await api.request({ method: "POST", path, body }, z.unknown());
}
const inNamespace = (kind: string) => `/api/v1/namespaces/${NAMESPACE}/${kind}`;
const labels = (app: string) => ({ "app.kubernetes.io/name": app });

async function service(name: string, port: number, spec: object = {}): Promise<void> {
  await make(inNamespace("services"), {
    ...{ kind: "Service", metadata: { name } },
    spec: { selector: labels(name), ports: [{ name: "port", port }], ...spec },
  });
}

interface Process {
  app: string;
  image: string;
  args?: string[];
  env: Record<string, string>;
  memoryMiB: number;
}

function podOf({ app, image, args, env, memoryMiB }: Process, spec: object = {}) {
  const limits = { memory: `${memoryMiB}Mi` };
  const name = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
  const variables = Object.entries(env).map(([key, value]) => ({ name: key, value }));
  const container = { name: app, image, args, env: [name, ...variables], resources: { limits } };
  return { metadata: { labels: labels(app) }, spec: { containers: [container], ...spec } };
}

async function ready(what: string, look: () => Promise<unknown>): Promise<void> {
  const found = await waitFor(() => look().catch(() => undefined), READY_MS, 1_000);
  if (found) return;
  const args = ["--kubeconfig", cluster.kubeconfig, "-n", NAMESPACE, "get", "pods", "-o", "wide"];
  throw new Error(`${what} is not ready:\n${await exec(cluster.kubectl, args)}`);
}

describe("Flink through the service's proxy", () => {
  const flink = new FlinkRestClient(FLINK);
  const host = new KubernetesClusterHost(NAMESPACE);

  beforeAll(async () => {
    await buildJobs();
    const image = await publishImage(
      cluster.registry,
      await builtImage({ recipe: "flink", version: VERSION }),
    );
    const memory = "-Xms128m";
    const properties = (id: string) =>
      [
        "jobmanager.rpc.address: jobmanager",
        "jobmanager.memory.process.size: 900m",
        "taskmanager.memory.process.size: 800m",
        "taskmanager.memory.managed.size: 32m",
        "taskmanager.numberOfTaskSlots: 2",
        `taskmanager.resource-id: ${id}`,
        `env.java.opts: ${memory}`,
      ].join("\n");
    const process = (app: string) => {
      const env = { FLINK_PROPERTIES: properties("$(POD_NAME)") };
      return podOf({ app, image, args: [app], env, memoryMiB: 1000 });
    };
    await service("jobmanager", 8081, {
      ports: [8081, 6123, 6124].map((port) => ({ name: `p${port}`, port })),
    });
    for (const app of ["jobmanager", "taskmanager"]) {
      await make(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, {
        ...{ kind: "Deployment", metadata: { name: app } },
        spec: { replicas: 1, selector: { matchLabels: labels(app) }, template: process(app) },
      });
    }
    await ready("Flink", async () => (await flink.taskManagers()).length === 1 || undefined);
  }, 900_000);

  it("reads, and takes a jar", async () => {
    expect(await flink.overview()).toMatchObject({ "flink-version": VERSION });
    const jar = jobJar("wordcount", VERSION);
    const id = await flink.ensureJar(jar, "reach-wordcount.jar");
    expect(id).toMatch(/reach-wordcount\.jar$/);
    expect(await flink.ensureJar(jar, "reach-wordcount.jar")).toBe(id);
  }, 60_000);

  it("does not take a service that is not there for a job that is not there", async () => {
    expect(await flink.job("0".repeat(32))).toBeUndefined();
    const nowhere = new FlinkRestClient(`kubernetes://${NAMESPACE}/none:8081`, { patienceMs: 0 });
    await expect(nowhere.job("0".repeat(32))).rejects.toMatchObject({
      ...{ kind: "unreachable", message: expect.stringContaining("the cluster's API server: ") },
    });
    const closed = new FlinkRestClient(`kubernetes://${NAMESPACE}/jobmanager:6124`, {
      ...{ patienceMs: 0, timeoutMs: 5_000 },
    });
    await expect(closed.overview()).rejects.toMatchObject({ name: "FlinkRestError" });
  }, 60_000);

  it("finds snapshots in the JobManager's pod, and none in a folder that is not there", async () => {
    const pod = await podNamed("jobmanager");
    const at = { namespace: NAMESPACE, pod, container: "jobmanager" };
    const folder = "/tmp/reach/chk-7";
    const script = `mkdir -p ${folder} && : > ${folder}/_metadata`;
    const made = await podExec(api, at, ["sh", "-c", script]);
    expect(made).toEqual({ code: 0, stdout: "", stderr: "" });
    const found = await host.snapshots(["/tmp/reach", "/tmp/none"]);
    expect(found).toEqual([{ path: `file://${folder}`, modifiedMs: expect.any(Number) }]);
    expect(await host.snapshots(["/tmp/none"])).toEqual([]);
    expect(await podExec(api, at, ["sh", "-c", "echo no >&2; exit 3"])).toEqual({
      ...{ code: 3, stdout: "", stderr: "no\n" },
    });
    expect((await podExec(api, at, ["no-such-program"])).code).not.toBe(0);
  }, 60_000);

  it(
    "a TaskManager that is started anew is followed by another, which registers",
    async () => {
      const [before] = await flink.taskManagers();
      await host.restartTaskManager(before?.id ?? "");
      await ready("the next TaskManager", async () => {
        const ids = (await flink.taskManagers()).map(({ id }) => id);
        return (ids.length > 0 && !ids.includes(before?.id ?? "")) || undefined;
      });
      const registered = new Set((await flink.taskManagers()).map(({ id }) => id));
      expect(await host.missingTaskManagers({ atLeast: 1 }, registered)).toEqual([]);
      expect(await host.missingTaskManagers({ atLeast: 2 }, registered)).toEqual([
        "1 that Kubernetes has not made (yet)",
      ]);
    },
    READY_MS,
  );
});

async function podNamed(app: string): Promise<string> {
  const named = z.object({ metadata: z.object({ name: z.string() }) });
  const schema = z.object({ items: z.array(named) });
  const query = { labelSelector: `app.kubernetes.io/name=${app}` };
  const { items } = await api.request({ method: "GET", path: inNamespace("pods"), query }, schema);
  return items[0]?.metadata.name ?? "";
}

describe("Kafka through a forwarded port", () => {
  beforeAll(async () => {
    const image = await publishImage(
      cluster.registry,
      await builtImage({ recipe: "kafka", version: VERSIONS.kafka }),
    );
    const brokers = { service: "kafka", namespace: NAMESPACE, brokers: 1, podName: "$(POD_NAME)" };
    const env = { HEAP: "256m", KAFKA_PROPERTIES: kafkaProperties(brokers) };
    await service("kafka", 9092, { clusterIP: "None", publishNotReadyAddresses: true });
    await make(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets`, {
      ...{ kind: "StatefulSet", metadata: { name: "kafka" } },
      spec: {
        ...{ serviceName: "kafka", replicas: 1, selector: { matchLabels: labels("kafka") } },
        template: podOf({ app: "kafka", image, env, memoryMiB: 700 }),
      },
    });
    await ready("Kafka", async () => {
      const admin = kafkaClient([KAFKA], { retries: 0 }).admin();
      try {
        await admin.connect();
        return (await admin.listTopics()) !== undefined;
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    });
  }, 900_000);

  const topic = { bootstrapServers: KAFKA, name: "reach.lines", partitions: 3 };

  it("makes a topic, and takes it away", async () => {
    await topicHandler.create(topic);
    expect(await topicHandler.read("id", topic)).toMatchObject({ props: topic });
    await topicHandler.update(topic, { ...topic, partitions: 4 });
    expect(await topicHandler.read("id", topic)).toMatchObject({ props: { partitions: 4 } });
    await topicHandler.delete(topic);
    expect(await topicHandler.read("id", topic)).toEqual({});
  }, 120_000);

  it("what is sent is read, and its end is known", async () => {
    await topicHandler.create({ ...topic, partitions: 1 });
    const producer = kafkaClient([KAFKA]).producer();
    await producer.connect();
    const values = Array.from({ length: 2_000 }, (_, i) => `${i} ${"x".repeat(500)}`);
    await producer.send({ topic: topic.name, messages: values.map((value) => ({ value })) });
    await producer.disconnect();
    const reader = await TopicReader.open({
      ...{ brokers: [KAFKA], topic: topic.name, from: "beginning" },
    });
    const read: string[] = [];
    while (read.length < values.length) {
      for (const { value } of await reader.poll(1_000)) read.push(String(value));
    }
    await reader.close();
    expect(read).toEqual(values);
    const pool = new KafkaPool();
    expect(await pool.at(KAFKA).ends([topic.name])).toEqual(new Map([[`${topic.name}/0`, 2_000]]));
    await pool.close();
  }, 120_000);
});

describe("a journal in a ConfigMap", () => {
  const place = `kubernetes://${NAMESPACE}/journal-shared`;

  it("loses nothing of two processes that work on it at once", async () => {
    const script = `${PROJECT_DIR}/test/support/journal-process.ts`;
    const run = (name: string) =>
      exec(process.execPath, ["--import", "tsx", script, place, name, "5"], { cwd: PROJECT_DIR });
    await Promise.all([run("a"), run("b")]);
    const { jobIds = [] } = (await journalAt(place).load()) ?? {};
    const of = (name: string) => Array.from({ length: 5 }, (_, i) => `${name}-${i}`);
    expect([...jobIds].sort()).toEqual([...of("a"), ...of("b")]);
    for (const name of ["a", "b"]) {
      expect(jobIds.filter((id) => id.startsWith(name))).toEqual(of(name));
    }
  }, 240_000);

  it("is archived within itself", async () => {
    const journal = journalAt(place);
    const last = await journal.load();
    if (last === undefined) throw new Error("there is no journal");
    expect(await journal.archive(last)).toBe(`${place}#shared.retired.json`);
    expect(await journal.load()).toBeUndefined();
  }, 60_000);
});

describe("a lease in the cluster", () => {
  const place = `kubernetes://${NAMESPACE}/conductor`;
  const times = { ttlMs: 6_000, renewMs: 1_000 };

  it("goes from one that was killed on another host to the next one, after its time", async () => {
    const holder = new Contender(place, times, "elsewhere");
    const contenders = [holder];
    try {
      await holder.says(({ held }) => held);
      // Only now: of two that start at once, either may be first.
      const standby = new Contender(place, times);
      contenders.push(standby);
      expect(await standby.says(() => true)).toMatchObject({ held: false });
      holder.signal("SIGKILL");
      const taken = await standby.says(({ held }) => held);
      expect(taken.fence).toBeGreaterThan(holder.lines.at(-1)?.fence ?? 0);
      expect(holder.heldAtNs.every((atNs) => atNs < BigInt(taken.atNs))).toBe(true);
    } finally {
      for (const contender of contenders) contender.signal("SIGKILL");
    }
  }, 120_000);
});
