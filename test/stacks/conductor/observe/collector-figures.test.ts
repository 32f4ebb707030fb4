import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { ScrapedCollectors } from "../../../../stacks/conductor/observe/collector-figures";

let server: http.Server;
let asked: URL[];
let answer: { status: number; body: unknown };
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const ORDERS = { environment: "dev", tenant: "acme", collector: "orders" };
const series = (labels: object, figures: Record<string, string>) =>
  Object.entries(figures).map(([name, value]) => ({
    metric: { __name__: `flinktide_collector_${name}`, job: "collector", ...labels },
    value: [1_700_000_000.1, value],
  }));
const RUNNING = {
  ...{ ready: "1", snapshot_running: "0", changes_total: "5000", lag_changes: "120" },
  uptime_seconds: "61.5",
};
const vector = (...result: unknown[]) => ({
  status: 200,
  body: { status: "success", data: { resultType: "vector", result } },
});

beforeEach(async () => {
  asked = [];
  server = http.createServer((request, response) => {
    asked.push(new URL(request.url ?? "", url()));
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const orders = (collectors: ScrapedCollectors) => collectors.of({ tenant: "acme", name: "orders" });

test("a collector's figures, a tenant's and the platform's, in one question", async () => {
  const shared = { environment: "dev", collector: "orders" };
  answer = vector(
    ...series(ORDERS, RUNNING),
    ...series(shared, { ...RUNNING, ready: "0", lag_changes: "7", changes_total: "1" }),
  );
  const collectors = new ScrapedCollectors(url(), "dev");
  const [own, platforms, none] = await Promise.all([
    orders(collectors),
    collectors.of({ tenant: undefined, name: "orders" }),
    collectors.of({ tenant: "globex", name: "orders" }),
  ]);
  expect(own).toEqual({ ready: true, sent: 5000, waiting: 120, uptime: 61.5 });
  expect(platforms).toEqual({ ready: false, sent: 1, waiting: 7, uptime: 61.5 });
  expect(none).toBeUndefined();
  expect(asked.map(({ pathname, searchParams }) => [pathname, searchParams.get("query")])).toEqual([
    [
      "/api/v1/query",
      '{__name__=~"flinktide_collector_(ready|snapshot_running|changes_total|lag_changes|uptime_seconds)",environment="dev"}',
    ],
  ]);
});

test.each<[string, Record<string, string>]>([
  ["during a snapshot", { ...RUNNING, snapshot_running: "1" }],
  ["before its first change", { ...RUNNING, lag_changes: "" }],
])("what waits is not known %s", async (_, figures) => {
  const told = Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== ""));
  answer = vector(...series(ORDERS, told));
  expect(await orders(new ScrapedCollectors(url(), "dev"))).toEqual({
    ...{ ready: true, sent: 5000, waiting: undefined, uptime: 61.5 },
  });
});

test.each([
  [
    "nobody",
    { status: 200, body: { status: "success", data: { resultType: "vector", result: [] } } },
  ],
  ["a refusal", { status: 400, body: { status: "error", error: "bad" } }],
  ["text", { status: 200, body: "<html>" }],
])("%s as the answer tells nothing", async (_, given) => {
  answer = given;
  expect(await orders(new ScrapedCollectors(url(), "dev"))).toBeUndefined();
});

test("a Prometheus that is away tells nothing", async () => {
  expect(await orders(new ScrapedCollectors("http://127.0.0.1:1", "dev"))).toBeUndefined();
});
