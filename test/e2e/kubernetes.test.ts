import * as path from "node:path";
import { ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { ensureToolbox } from "../../infra/cluster/images";
import { kubectl } from "../../infra/cluster/kubectl";
import { ensurePrograms } from "../../infra/cluster/programs";
import { tryExec } from "../../infra/exec";
import { prepareImages } from "../../infra/images/prepare";
import { buildJobs } from "../../infra/jobs/build";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { compareAccess, FLINK_ACCESS } from "../../policies/kubernetes/access";
import { podHealth } from "../../stacks/driver/cleanup";
import { instantFor, ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { awaitOneRunningJob, inspectCluster } from "../../stacks/driver/tenant-probe";
import { EVERYBODY, rightsIn } from "../support/cluster-rights";
import { eventually } from "../support/containers";
import { WordStream } from "../support/word-stream";

/** The word count's story on a real cluster: up, twice, scaled, its processes killed, removed. */

jest.setTimeout(900_000);

const RECOVERY_MS = 180_000;
const LINES_PER_SECOND = 50;

let cluster: Cluster;
let environment: ScratchEnvironment;
const streams = new Map<string, WordStream>();
const urls = new Map<string, string>();

const urlOf = (tenant: string) => urls.get(tenant) ?? "";
const namespaceOf = (tenant?: string) =>
  ["flinktide", environment.name, tenant].filter(Boolean).join("-");
const k = (...args: string[]) => kubectl(cluster, args);

beforeAll(async () => {
  cluster = await ensureCluster();
  await prepareImages();
  await buildJobs();
  environment = await ScratchEnvironment.create({ cluster });
  await environment.upPlatform();
}, 3_600_000);

afterAll(async () => {
  await Promise.allSettled([...streams.values()].map((stream) => stream.abandon()));
  await environment?.remove();
}, 300_000);

async function begin(
  tenant: string,
  version: "1.14" | "1.20",
  guarantee?: "at-least-once",
): Promise<void> {
  await environment.addTenant({ name: tenant, version, ...(guarantee && { guarantee }) });
  const { tenant: outputs } = await environment.up(tenant, { at: instantFor(2) });
  urls.set(tenant, outputs.flinkUrl);
  const { folder } = environment;
  const stream = await WordStream.start(folder, tenant, outputs.kafkaOnHost, LINES_PER_SECOND);
  streams.set(tenant, stream);
}

const podsOf = async (tenant: string, app: string): Promise<string[]> => {
  const names = "jsonpath={.items[*].metadata.name}";
  const label = `app.kubernetes.io/name=${app}`;
  const listed = await k("get", "pods", "-n", namespaceOf(tenant), "-l", label, "-o", names);
  return listed.split(" ").filter(Boolean);
};

/** As a crash does: without a word, and at once. */
async function killPods(tenant: string, app: string): Promise<void> {
  const pods = await podsOf(tenant, app);
  const where = ["-n", namespaceOf(tenant), "--grace-period=0", "--force"];
  await k("delete", "pod", pods[0] ?? "", ...where);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(await awaitOneRunningJob(urlOf(tenant), RECOVERY_MS)).toBeDefined();
}

it("brings a tenant up, every pod of it ready", async () => {
  await begin("acme", "1.14");
  const states = await eventually("ready pods", async () => {
    const seen = await podHealth(environment.name);
    return Object.values(seen).every((state) => state === "healthy") ? seen : undefined;
  });
  expect(Object.keys(states)).toHaveLength(4);
  expect(await inspectCluster(urlOf("acme"))).toMatchObject({
    ...{ taskManagers: 1, liveJobs: [{ parallelism: 2, allRunning: true }] },
  });
});

it("changes nothing in a second update, nor in one of the platform", async () => {
  expect((await environment.up("acme", { at: instantFor(2) })).changes).toEqual({});
  expect((await environment.pulumi.up(environment.name)).changes).toEqual({});
});

it("grows before the job does, and lets only those TaskManagers go on which nothing runs", async () => {
  const [first] = await podsOf("acme", "taskmanager");
  await environment.up("acme", { at: instantFor(6) });
  expect(await inspectCluster(urlOf("acme"))).toMatchObject({
    ...{ taskManagers: 3, liveJobs: [{ parallelism: 6, allRunning: true }] },
  });
  const grown = await podsOf("acme", "taskmanager");
  expect(grown).toContain(first);
  await environment.up("acme", { at: instantFor(2) });
  const { liveJobs } = await inspectCluster(urlOf("acme"));
  expect(liveJobs).toMatchObject([{ parallelism: 2, allRunning: true }]);
  const left = await eventually("one TaskManager", async () => {
    const now = await podsOf("acme", "taskmanager");
    return now.length === 1 ? now : undefined;
  });
  expect(grown).toEqual(expect.arrayContaining(left));
});

it("a JobManager that takes over runs the job as it was resubmitted last, not as it once began", async () => {
  await environment.up("acme", { at: instantFor(4) });
  await killPods("acme", "jobmanager");
  await eventually(
    "the job at its parallelism",
    async () => {
      const { liveJobs } = await inspectCluster(urlOf("acme"));
      const [job, ...more] = liveJobs;
      return job?.parallelism === 4 && job.allRunning && more.length === 0 ? true : undefined;
    },
    180,
  );
  await environment.up("acme", { at: instantFor(3) });
  expect((await inspectCluster(urlOf("acme"))).liveJobs).toMatchObject([{ parallelism: 3 }]);
});

it("a tenant's stack keeps the guard rails as it runs", async () => {
  const stack = environment.stackOf("acme");
  const { code, stdout, stderr } = await tryExec(
    "pulumi",
    [
      ...["preview", "--policy-pack", path.join(PROJECT_DIR, "infra", "guardrails")],
      ...["--stack", stack, "--config-file", environment.pulumi.stackFile(stack)],
      ...["--non-interactive", "--color=never"],
    ],
    { cwd: PROJECT_DIR, env: environment.variables },
  );
  expect([code, stdout + stderr]).toEqual([0, expect.stringContaining("flinktide@v0.1.0")]);
});

it("a tenant's JobManager is reached by nobody of another tenant", async () => {
  const toolbox = await ensureToolbox(cluster.registry, (await ensurePrograms()).busybox);
  const stranger = namespaceOf("stranger");
  const labels = (tenant: string) =>
    `flinktide.io/environment=${environment.name},flinktide.io/tenant=${tenant},app.kubernetes.io/name=taskmanager`;
  await k("create", "namespace", stranger);
  await k(
    "label",
    "namespace",
    stranger,
    labels("stranger").split(",").slice(0, 2).join(" "),
  ).catch(() => undefined);
  const call = async (namespace: string, host: string, port: number) => {
    const address = `${host}.svc.cluster.local`;
    const script = `timeout 5 nc -w 3 ${address} ${port} </dev/null`;
    const args = ["exec", "caller", "-n", namespace, "--", "sh", "-c", script];
    return (await tryExec(cluster.kubectl, ["--kubeconfig", cluster.kubeconfig, ...args])).code;
  };
  const jobManager = `jobmanager.${namespaceOf("acme")}`;
  await eventually("a stranger", () =>
    k(
      ...["run", "caller", "-n", stranger, `--image=${toolbox}`, `--labels=${labels("stranger")}`],
      ...["--command", "--", "sleep", "600"],
    ),
  );
  await k("wait", "--for=condition=Ready", "pod/caller", "-n", stranger, "--timeout=120s");
  expect(await call(stranger, jobManager, 8081)).not.toBe(0);
  // It calls well: what is open to all is reached.
  expect(await call(stranger, "kube-dns.kube-system", 53)).toBe(0);
  await k("delete", "namespace", stranger, "--wait=false");
});

/** As the owner of a Kafka that is there would. */
async function letIn(other: string): Promise<void> {
  const namespaceSelector = { matchLabels: { "flinktide.io/environment": other } };
  const policy = {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
    metadata: { name: "guests", namespace: namespaceOf() },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": "kafka" } },
      ingress: [{ from: [{ namespaceSelector }], ports: [{ port: 9092 }] }],
    },
  };
  await kubectl(cluster, ["apply", "-f", "-"], { input: JSON.stringify(policy) });
}

it("another platform works on a Kafka and a Prometheus that are there, and makes none", async () => {
  const other = await ScratchEnvironment.create({ cluster });
  const shared = namespaceOf();
  try {
    await letIn(other.name);
    const { outputs } = await other.upPlatform({
      kafka: { bootstrapServers: `kafka.${shared}.svc:9092` },
      prometheus: { url: `http://prometheus.${shared}.svc:9090` },
    });
    expect(outputs).toMatchObject({
      kafkaOnHost: `kubernetes://${shared}/kafka:9092`,
      prometheusUrl: `kubernetes://${shared}/prometheus:9090`,
    });
    expect(await k("get", "pods,sts", "-n", `flinktide-${other.name}`, "-o", "name")).toBe("");
    await other.addTenant({ name: "guest", version: "1.20" });
    const { tenant } = await other.up("guest", { at: instantFor(1) });
    const words = await WordStream.start(other.folder, "guest", tenant.kafkaOnHost, 50);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(await words.finish()).toMatchObject({ exact: true, lost: 0, duplicated: 0 });
  } finally {
    await other.remove();
  }
});

it("its service accounts may do exactly what is listed, and nothing else", async () => {
  const rightsOf = (account: string, namespace: string) =>
    rightsIn(cluster, `${namespace}:${account}`, namespace);
  const flink = await rightsOf("flink", namespaceOf("acme"));
  expect(compareAccess([...EVERYBODY, ...FLINK_ACCESS], flink)).toEqual([]);
  const nobody = await rightsOf("default", namespaceOf("acme"));
  expect(compareAccess(EVERYBODY, nobody)).toEqual([]);
  const prometheus = await rightsOf("prometheus", namespaceOf());
  const pods = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] };
  expect(compareAccess([...EVERYBODY, pods], prometheus)).toEqual([]);
  expect(compareAccess(EVERYBODY, flink)).toContain("delete configmaps is too much");
});

it("loses nothing and counts nothing twice when a TaskManager is killed; without exactly-once it does", async () => {
  await begin("control", "1.20", "at-least-once");
  for (const tenant of ["acme", "control"]) await killPods(tenant, "taskmanager");
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  await killPods("control", "taskmanager");
  expect(await streams.get("acme")?.finish()).toMatchObject({
    ...{ exact: true, lost: 0, duplicated: 0, unexpected: 0 },
  });
  expect(await streams.get("control")?.finish()).toMatchObject({ exact: false });
});

it("a tenant's stack that is removed leaves its volume, with the savepoint, and nothing that runs", async () => {
  const gone = await environment.pulumi.destroy(environment.stackOf("acme"));
  expect(gone).toMatchObject({ ok: true, errors: [] });
  const kinds =
    "deployments,pods,services,secrets,networkpolicies,resourcequotas,hpa,roles,rolebindings";
  const left = await eventually("what is left", async () => {
    const names = await k("get", kinds, "-n", namespaceOf("acme"), "-o", "name");
    return names.trim() === "" ? "nothing" : undefined;
  });
  expect(left).toBe("nothing");
  const claim = ["get", "pvc", "-n", namespaceOf("acme"), "-o", "name"];
  expect((await k(...claim)).trim()).toBe("persistentvolumeclaim/flink-state");
});
