import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { producedHistory } from "../../../../stacks/conductor/observe/prometheus-history";

const LABELS = { environment: "dev", tenant: "acme", job: "wordcount" };
const OPTIONS = { days: 7, stepSeconds: 60, nowMs: Date.UTC(2026, 0, 8, 12, 0, 59) };

let server: http.Server;
let asked: URL[];
let answer: { status: number; body: unknown };
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const matrix = (...values: unknown[]) => ({
  status: "success",
  data: { resultType: "matrix", result: values.length > 0 ? [{ metric: {}, values }] : [] },
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

test("a week is asked for, and given oldest first", async () => {
  answer = { status: 200, body: matrix([60, "5"], [120, "NaN"], [180, "7.5"], [240, "+Inf"]) };
  expect(await producedHistory(url(), LABELS, OPTIONS)).toEqual([
    { atMs: 60_000, rate: 5 },
    { atMs: 180_000, rate: 7.5 },
  ]);
  expect(asked[0]?.pathname).toBe("/api/v1/query_range");
  expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({
    query:
      'max(flinktide_job_produced_records_per_second{environment="dev",tenant="acme",job="wordcount"})',
    start: String(Date.UTC(2026, 0, 1, 12) / 1000),
    end: String(Date.UTC(2026, 0, 8, 12) / 1000),
    step: "60",
  });
});

test("no more points are asked for than Prometheus gives", async () => {
  answer = { status: 200, body: matrix() };
  expect(await producedHistory(url(), LABELS, { ...OPTIONS, stepSeconds: 5 })).toEqual([]);
  const [start = 0, end = 0, step = 0] = ["start", "end", "step"].map((name) =>
    Number(asked[0]?.searchParams.get(name)),
  );
  expect((end - start) / step + 1).toBeLessThanOrEqual(11_000);
  expect(end - start).toBe(7 * 86_400);
});

test.each([
  ["a refusal", 400, { status: "error", error: "bad" }],
  ["text", 200, "<html>"],
  ["another shape", 200, { status: "success", data: { resultType: "vector", result: [] } }],
])("%s is no history", async (_, status, body) => {
  answer = { status, body };
  expect(await producedHistory(url(), LABELS, OPTIONS)).toBeUndefined();
});

test("nobody at the address is no history", async () => {
  expect(await producedHistory("http://127.0.0.1:1", LABELS, OPTIONS)).toBeUndefined();
});
