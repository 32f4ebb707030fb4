import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../../infra/errors";
import { FlinkRestClient } from "../../../infra/flink/rest-client";
import type { KubernetesApi } from "../../../infra/kubernetes/api";
import { ScrapedCollectors } from "../../../stacks/conductor/observe/collector-figures";
import { producedHistory } from "../../../stacks/conductor/observe/prometheus-history";
import { FakeApiServer, refusal } from "../../support/fake-api-server";
import { FakeJobManager } from "../../support/fake-job-manager";

let api: KubernetesApi;
let unknown: Error | undefined;
jest.mock("../../../infra/kubernetes/api", () => ({
  ...jest.requireActual<object>("../../../infra/kubernetes/api"),
  kubernetesApi: async () => {
    if (unknown !== undefined) throw unknown;
    return api;
  },
}));
jest.mock("../../../infra/kubernetes/access", () => ({ isInCluster: () => false }));

const SERVICE = "/api/v1/namespaces/acme/services/http:jobmanager:8081";
const FLINK = "kubernetes://acme/jobmanager:8081";

let flink: FakeJobManager;
let server: FakeApiServer;
let client: FlinkRestClient;
beforeEach(async () => {
  unknown = undefined;
  [flink, server] = [await FakeJobManager.start(), await FakeApiServer.start()];
  server.proxied.set(SERVICE, flink.url);
  api = server.client();
  client = new FlinkRestClient(FLINK, { timeoutMs: 5_000, patienceMs: 600 });
});
afterEach(() => Promise.all([flink.close(), server.close()]));

it("reads and changes go through the API server with its credentials, which Flink does not see", async () => {
  await client.overview();
  await client.cancel("a1").catch(() => undefined);
  expect(server.asked()).toEqual([
    `GET ${SERVICE}/proxy/overview`,
    `PATCH ${SERVICE}/proxy/jobs/a1?mode=cancel`,
  ]);
  expect(server.calls.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer secret",
    "Bearer secret",
  ]);
  const asked = flink.calls.map((call) => call.path);
  expect(asked).toEqual(["/overview", "/jobs/a1?mode=cancel"]);
});

it("a jar arrives whole", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-jar-"));
  try {
    const jar = path.join(folder, "job.jar");
    fs.writeFileSync(jar, Buffer.alloc(300_000, "jar"));
    const id = await client.ensureJar(jar, "abc-job.jar");
    expect(await client.ensureJar(jar, "abc-job.jar")).toBe(id);
    const upload = server.calls.find(({ method }) => method === "POST");
    expect(upload?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect((upload?.body as Buffer).includes(Buffer.alloc(300_000, "jar"))).toBe(true);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

it("what Flink says comes through: no job, no", async () => {
  expect(await client.job("a1")).toBeUndefined();
  flink.inject(/stop$/, { status: 400, body: { errors: ["Caused by: why"] } });
  await expect(client.stop("a1", "file:///s")).rejects.toMatchObject({
    ...{ kind: "rejected", call: `POST ${FLINK}/jobs/a1/stop` },
    message: expect.stringMatching(/why$/),
  });
});

it.each<[string, () => Promise<void> | void, string, string]>([
  // As "no such job" it would be taken for the end of one that runs.
  ["there is no service", () => server.proxied.clear(), "unreachable", "not found"],
  ["the JobManager is away", () => flink.close(), "unreachable", "error trying to reach service"],
  [
    "the API server has too much to do",
    () => server.inject(/./, { status: 429, body: refusal(429, "too many requests") }, 9),
    "unreachable",
    "the cluster's API server: too many requests",
  ],
  [
    "its user may not",
    () => server.inject(/./, { status: 403, body: refusal(403, "services/proxy is forbidden") }, 9),
    "rejected",
    "the cluster's API server: services/proxy is forbidden",
  ],
  [
    "no cluster is known",
    () => {
      unknown = new UserError("There is no way to a Kubernetes cluster. Fix: set KUBECONFIG.");
    },
    "unreachable",
    "There is no way to a Kubernetes cluster. Fix: set KUBECONFIG.",
  ],
])("where %s, a job is not taken for gone", async (_, happen, kind, message) => {
  await happen();
  await expect(client.job("a1")).rejects.toMatchObject({
    ...{ name: "FlinkRestError", kind, message: expect.stringContaining(message) },
  });
});

it("Prometheus is asked through it, too", async () => {
  const values = [[1_000, "2"]];
  const body = { status: "success", data: { resultType: "matrix", result: [{ values }] } };
  server.inject(/query_range/, { status: 200, body });
  const labels = { environment: "dev", tenant: "acme", job: "wordcount" };
  const options = { days: 1, stepSeconds: 60, nowMs: 86_400_000 };
  expect(await producedHistory("kubernetes://platform/prometheus:9090", labels, options)).toEqual([
    { atMs: 1_000_000, rate: 2 },
  ]);
  expect(server.calls[0]?.path).toMatch(
    /^\/api\/v1\/namespaces\/platform\/services\/http:prometheus:9090\/proxy\/api\/v1\/query_range\?query=/,
  );
  expect(await producedHistory("kubernetes://platform/none:1", labels, options)).toBeUndefined();
});

it("and so is what it has read of the collectors", async () => {
  const names = { ready: "1", snapshot_running: "0", changes_total: "9", uptime_seconds: "5" };
  const result = Object.entries({ ...names, lag_changes: "2" }).map(([name, value]) => ({
    metric: { __name__: `flinktide_collector_${name}`, collector: "orders", tenant: "acme" },
    value: [1_000, value],
  }));
  const body = { status: "success", data: { resultType: "vector", result } };
  server.inject(/api\/v1\/query/, { status: 200, body });
  const orders = { tenant: "acme", name: "orders" };
  const scraped = new ScrapedCollectors("kubernetes://platform/prometheus:9090", "dev");
  expect(await scraped.of(orders)).toEqual({ ready: true, sent: 9, waiting: 2, uptime: 5 });
  expect(server.calls[0]?.path).toMatch(
    /^\/api\/v1\/namespaces\/platform\/services\/http:prometheus:9090\/proxy\/api\/v1\/query\?query=/,
  );
  const none = new ScrapedCollectors("kubernetes://platform/none:1", "dev");
  expect(await none.of(orders)).toBeUndefined();
});
