import { spawn } from "node:child_process";
import axios from "axios";
import { z } from "zod";
import { ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { publishImage } from "../../infra/cluster/images";
import { apply, kubectl } from "../../infra/cluster/kubectl";
import { exec } from "../../infra/exec";
import { sleep } from "../../infra/flink/wait";
import { prepareImages } from "../../infra/images/prepare";
import { COLLECTOR_IMAGE, IMAGE_VERSIONS } from "../../infra/images/versions";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { endpointOf } from "../../infra/kubernetes/service-url";
import type { CollectorSpec } from "../../policies/collector";
import type { TenantInput } from "../../policies/tenant";
import { createTable, statementsOf } from "../../stacks/collector/changes";
import { COLLECTOR_USER, MariaDb, mariadbImage } from "../../stacks/collector/mariadb";
import { argumentsOfAll } from "../../stacks/collector/secrecy";
import { ChangesTopic } from "../../stacks/collector/topic-counts";
import { ScrapedCollectors } from "../../stacks/conductor/observe/collector-figures";
import { instantFor, ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { eventually } from "../support/containers";

/** Collectors of a platform and of a tenant on a real cluster, with a real MariaDB in a pod beside them. */

jest.setTimeout(300_000);

const [TENANT, COLLECTOR, SCHEMA] = ["acme", "shop", "shop"];
const TABLE = `${SCHEMA}.notes`;
const TOPIC = "acme.changes";
const POD = `collector-${COLLECTOR}-0`;
/** A starved machine takes long for what usually takes seconds. */
const PATIENCE_SECONDS = 120;
const KEY = "collector:shop";
const PASSWORDS = ["pw-7Yq2.Lm9xR", "pw-Kd81.zWq4T"] as const;

let cluster: Cluster;
let environment: ScratchEnvironment;
let database: MariaDb;
let block: TenantInput;
let prometheusUrl: string;
let topic: ChangesTopic;

const namespaceOf = (part?: string) =>
  ["flinktide", environment.name, part].filter(Boolean).join("-");
const k = (...args: string[]) => kubectl(cluster, args);
const inPod = (...command: string[]) => k("exec", "-n", namespaceOf(TENANT), POD, "--", ...command);

beforeAll(async () => {
  cluster = await ensureCluster();
  await prepareImages([...IMAGE_VERSIONS, COLLECTOR_IMAGE]);
  environment = await ScratchEnvironment.create({ cluster });
  const host = await startDatabase();
  const { outputs } = await environment.upPlatform({
    collectors: [collector("stock", host)],
    kubernetes: { tenantCollectors: true },
    secrets: { [KEY]: PASSWORDS[0] },
  });
  prometheusUrl = String(outputs["prometheusUrl"]);
  const change = { jobs: [], topics: [], collectors: [collector(COLLECTOR, host, TOPIC)] };
  block = await environment.addTenant({ name: TENANT, version: "1.14", change });
  await environment.setSecret(TENANT, KEY, PASSWORDS[0]);
}, 3_600_000);

afterAll(async () => {
  await topic?.close();
  await environment?.remove();
}, 300_000);

/** Names its schema. `host` is an address, so that nothing has to be said of its networks. */
function collector(name: string, host: string, to = name) {
  return {
    ...{ name, heap: "256MiB", sink: { topic: to } },
    database: {
      ...{ type: "mariadb", host, port: 3306, schema: name },
      ...{ username: COLLECTOR_USER, passwordKey: KEY },
    } satisfies Partial<CollectorSpec["database"]>,
  };
}

/** Gives the pod's address. */
async function startDatabase(): Promise<string> {
  const namespace = namespaceOf("source");
  const image = await publishImage(cluster.registry, await mariadbImage());
  // By the label it goes with the environment.
  const labels = { "flinktide.io/environment": environment.name };
  await apply(cluster, [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
    {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "mariadb", namespace } },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "mariadb", image }] },
    },
  ]);
  await k("wait", "--for=condition=Ready", "pod/mariadb", "-n", namespace, "--timeout=120s");
  const into = [cluster.kubectl, "--kubeconfig", cluster.kubeconfig];
  database = new MariaDb("mariadb", [...into, "exec", "-i", "-n", namespace, "mariadb", "--"]);
  await database.prepare(SCHEMA, PASSWORDS[0]);
  await database.sql(`CREATE DATABASE stock; ${createTable("stock.notes")}; ${createTable(TABLE)}`);
  const address = ["-o", "jsonpath={.status.podIP}"];
  return k("get", "pod", "mariadb", "-n", namespace, ...address);
}

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string() }),
      status: z.object({
        startTime: z.string().default(""),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string() }))
          .default([]),
        containerStatuses: z.array(z.object({ restartCount: z.int() })).default([]),
      }),
    }),
  ),
});

/** The collector's pods, those that end included. */
async function pods(part?: string) {
  const path = `/api/v1/namespaces/${namespaceOf(part)}/pods`;
  const query = { labelSelector: "app.kubernetes.io/name=collector" };
  const api = await kubernetesApi();
  const { items } = await api.request({ method: "GET", path, query }, podsSchema);
  return items.map(({ metadata, status }) => {
    const ready = status.conditions.find(({ type }) => type === "Ready");
    const until = Date.parse(ready?.lastTransitionTime ?? "") - Date.parse(status.startTime);
    return {
      ...metadata,
      restarts: status.containerStatuses[0]?.restartCount,
      readyAfterSeconds: ready?.status === "True" ? until / 1000 : undefined,
    };
  });
}

/** Looks at the pods, again and again, while something happens to them; gives the most that there were at once. */
async function mostPodsDuring(happening: Promise<unknown>): Promise<number> {
  let most = 0;
  let over = false;
  const watched = happening.finally(() => (over = true));
  for (; !over; await sleep(100)) most = Math.max(most, (await pods(TENANT)).length);
  await watched;
  return most;
}

function readyPod(differs: (pod: Awaited<ReturnType<typeof pods>>[number]) => boolean) {
  const look = async () => {
    const [pod, ...more] = await pods(TENANT);
    const isReady = pod?.readyAfterSeconds !== undefined && more.length === 0;
    return isReady && differs(pod) ? pod : undefined;
  };
  return eventually("a ready pod", look, PATIENCE_SECONDS);
}

/** Reads until the topic's words, repeated events left out, are those of the table as SQL counts them. */
async function arrives(): Promise<void> {
  const words = await database.words(SCHEMA, "notes", "body");
  await topic.reaches(words, PATIENCE_SECONDS);
  expect(topic.careful.words).toEqual(words);
}

let batches = 0;
const change = () => database.sql(statementsOf(TABLE, batches++));

it("are ready after one update, the platform's and the tenant's", async () => {
  await change();
  const { tenant } = await environment.up(TENANT, { at: instantFor(1) });
  topic = await ChangesTopic.open(tenant.kafkaOnHost, TOPIC);
  for (const [part, name] of [[undefined, "stock"] as const, [TENANT, COLLECTOR] as const]) {
    const found = await pods(part);
    console.log(`${name}: ready after ${found[0]?.readyAfterSeconds} s`);
    expect(found).toMatchObject([{ name: `collector-${name}-0`, restarts: 0 }]);
    expect(found[0]?.readyAfterSeconds).toBeDefined();
  }
});

it("send what stands there, and what changes", async () => {
  await arrives();
  await change();
  await arrives();
});

it("a second update changes nothing", async () => {
  expect((await environment.up(TENANT, { at: instantFor(1) })).changes).toEqual({});
  expect((await environment.pulumi.up(environment.name)).changes).toEqual({});
});

it("are scraped, and the conductor sees what they have sent and what waits", async () => {
  const scraped = new ScrapedCollectors(prometheusUrl, environment.name);
  const sample = await eventually("the figures", async () => {
    const said = await scraped.of({ tenant: TENANT, name: COLLECTOR });
    return said?.waiting === undefined ? undefined : said;
  });
  expect(sample).toMatchObject({ ready: true, waiting: 0 });
  expect(sample.sent).toBeGreaterThan(500);
  expect(await scraped.of({ tenant: undefined, name: "stock" })).toMatchObject({ ready: true });
  const endpoint = await endpointOf(prometheusUrl);
  const params = { query: 'sum(up{job="collector"})' };
  const { data } = await axios.get<unknown>("/api/v1/query", { ...endpoint, params, proxy: false });
  expect(JSON.stringify(data)).toMatch(/"value":\[[\d.]+,"2"\]/);
});

it("loses nothing when its process is killed, and when its pod is, of which there are never two", async () => {
  const [before] = await pods(TENANT);
  await Promise.all([change(), inPod("pkill", "-9", "java").catch(() => undefined)]);
  const again = await readyPod(({ restarts }) => restarts === 1);
  expect(again.uid).toBe(before?.uid);
  const remove = async () => {
    await Promise.all([change(), k("delete", "pod", POD, "-n", namespaceOf(TENANT))]);
    await readyPod(({ uid }) => uid !== before?.uid);
  };
  expect(await mostPodsDuring(remove())).toBe(1);
  await arrives();
});

it("another password replaces it, and there are never two", async () => {
  const [before] = await pods(TENANT);
  await database.setPassword(PASSWORDS[1]);
  environment.writeTenant(block);
  await environment.setSecret(TENANT, KEY, PASSWORDS[1]);
  const update = environment.up(TENANT, { at: instantFor(1) });
  expect(await mostPodsDuring(update)).toBe(1);
  const { changed } = await update;
  expect(changed["replace"]).toEqual(["collector-shop-secret", "collector-shop-server"]);
  await readyPod(({ uid }) => uid !== before?.uid);
  await change();
  await arrives();
});

it("shows its password to nobody", async () => {
  const stacks = [environment.name, environment.stackOf(TENANT)];
  const options = { env: environment.variables };
  const exported = (stack: string) => exec("pulumi", ["stack", "export", "-s", stack], options);
  const kinds = "pods,statefulsets,controllerrevisions,services,networkpolicies,configmaps,events";
  const search = async () => {
    const texts: Record<string, string> = {
      state: (await Promise.all(stacks.map(exported))).join(""),
      objects: await k("get", kinds, "-n", namespaceOf(TENANT), "-o", "yaml"),
      "its processes' environment": await inPod("sh", "-c", "cat /proc/[0-9]*/environ"),
      "its log": await k("logs", POD, "-n", namespaceOf(TENANT)),
      "process list of the machine": argumentsOfAll(),
    };
    const found = Object.entries(texts).filter(([, text]) =>
      PASSWORDS.some((password) => text.includes(password)),
    );
    return found.map(([what]) => what);
  };
  expect(await search()).toEqual([]);
  // Where it must be, it is found.
  expect(await inPod("cat", "/run/secrets/database-password")).toBe(PASSWORDS[1]);
  // The control: a process that has it as an argument.
  const careless = spawn(process.execPath, ["-e", "setTimeout(() => 0, 60_000)", PASSWORDS[1]]);
  expect(await search()).toEqual(["process list of the machine"]);
  careless.kill();
});
