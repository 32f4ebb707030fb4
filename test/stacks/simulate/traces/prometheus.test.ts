import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../../../infra/errors";
import {
  parsePrometheusTrace,
  prometheusTrace,
} from "../../../../stacks/simulate/traces/prometheus";

type Series = { metric: Record<string, string>; values: [number, string][] };
const matrix = (...result: Series[]) => ({
  status: "success",
  data: { resultType: "matrix", result },
});
const series = (values: [number, string][], metric: Record<string, string> = {}): Series => ({
  metric,
  values,
});
const NINE = Date.UTC(2026, 10, 23, 9) / 1000;

describe("a range query", () => {
  let server: http.Server;
  let url: string;
  let asked: URL[];
  let answer: (query: URLSearchParams) => { status?: number; body: unknown };

  beforeEach(async () => {
    asked = [];
    server = http.createServer((request, response) => {
      const address = new URL(request.url ?? "", "http://x");
      asked.push(address);
      const { status = 200, body } = answer(address.searchParams);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((done) => server.close(done)));

  const query = "sum(rate(in_total[1m]))";
  const ask = (more: object = {}) =>
    prometheusTrace({
      url,
      query,
      fromMs: NINE * 1000,
      toMs: (NINE + 120) * 1000,
      stepSeconds: 60,
      ...more,
    });

  it("becomes a trace", async () => {
    answer = () => ({
      body: matrix(
        series([
          [NINE, "100"],
          [NINE + 60, "250.5"],
          [NINE + 120, "0"],
        ]),
      ),
    });
    const trace = await ask();
    expect(trace).toMatchObject({
      name: "prometheus",
      description: `${query}, 2026-11-23T09:00:00.000Z to 2026-11-23T09:02:00.000Z, every 60 s`,
      startMs: NINE * 1000,
      endMs: (NINE + 120) * 1000,
    });
    expect([0, 30, 60, 90].map((s) => trace.rateAt((NINE + s) * 1000))).toEqual([
      100, 175.25, 250.5, 125.25,
    ]);
    expect(
      asked.map(({ pathname, searchParams }) => [pathname, Object.fromEntries(searchParams)]),
    ).toEqual([
      ["/api/v1/query_range", { query, start: `${NINE}`, end: `${NINE + 120}`, step: "60" }],
    ]);
  });

  it("keeps the path of the address", async () => {
    answer = () => ({
      body: matrix(
        series([
          [NINE, "1"],
          [NINE + 60, "2"],
        ]),
      ),
    });
    await ask({ url: `${url}/prom/` });
    expect(asked[0]?.pathname).toBe("/prom/api/v1/query_range");
  });

  it("of many points is asked for in parts that a Prometheus answers, without a gap or a point twice", async () => {
    answer = (params) => {
      const [start, end, step] = ["start", "end", "step"].map((name) => Number(params.get(name)));
      const values: [number, string][] = [];
      for (let s = start!; s <= end!; s += step!) values.push([s, `${s - NINE}`]);
      if (values.length > 11_000)
        return { status: 400, body: { status: "error", error: "too many" } };
      return { body: matrix(series(values)) };
    };
    const trace = await ask({ toMs: (NINE + 25_000) * 1000, stepSeconds: 1 });
    const spans = asked.map(({ searchParams }) =>
      ["start", "end"].map((n) => Number(searchParams.get(n)) - NINE),
    );
    expect(spans).toEqual([
      [0, 9_999],
      [10_000, 19_999],
      [20_000, 25_000],
    ]);
    expect([0, 9_999.5, 25_000].map((s) => trace.rateAt((NINE + s) * 1000))).toEqual([
      0, 9_999.5, 25_000,
    ]);
  });

  it("that Prometheus refuses is told why", async () => {
    const body = {
      status: "error",
      errorType: "bad_data",
      error: "1:4: parse error: unclosed left parenthesis",
    };
    answer = () => ({ status: 400, body });
    await expect(ask({ query: "sum(" })).rejects.toThrow(
      new UserError(
        "Prometheus refuses the query sum(: 1:4: parse error: unclosed left parenthesis. " +
          "Correct --query, --from, --to or --step.",
      ),
    );
  });

  it("to an address that is no Prometheus says so", async () => {
    answer = () => ({ status: 404, body: "<html>" });
    const fix =
      "Give --prometheus the base address of a Prometheus, such as http://127.0.0.1:9090.";
    await expect(ask()).rejects.toThrow(new UserError(`${url} answers with status 404. ${fix}`));
  });

  it("to nobody says so", async () => {
    const free = http.createServer();
    await new Promise<void>((done) => free.listen(0, "127.0.0.1", done));
    const { port } = free.address() as AddressInfo;
    await new Promise((done) => free.close(done));
    const error: unknown = await ask({ url: `http://127.0.0.1:${port}` }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+ can't be reached \(.*ECONNREFUSED.*\)\. Give --prometheus/,
    );
  });

  it.each([
    [
      "two series",
      matrix(series([[NINE, "1"]], { host: "a" }), series([[NINE, "2"]], { host: "b" })),
      `The query ${query} gives 2 series ({"host":"a"}, {"host":"b"}), but a trace is one. Wrap the query in sum(...).`,
    ],
    [
      "no series",
      matrix(),
      `The query ${query} gives 0 points, a trace needs two at least. ` +
        "Check the metric's name and labels, and that it has data in that span.",
    ],
    [
      "a falling counter",
      matrix(
        series([
          [NINE, "1"],
          [NINE + 60, "-2.5"],
        ]),
      ),
      `The query ${query} gives -2.5 at 2026-11-23T09:01:00.000Z, but a rate is 0 or more. ` +
        "Ask for a rate, such as sum(rate(records_total[1m])).",
    ],
  ])("that gives %s is told", async (_what, body, message) => {
    answer = () => ({ body });
    await expect(ask()).rejects.toThrow(new UserError(message));
  });
});

describe("a saved answer", () => {
  const source = { name: "saved", file: "saved.json" };

  it("becomes a trace; what is no number is missing", () => {
    const values: [number, string][] = [
      [NINE, "10"],
      [NINE + 60, "NaN"],
      [NINE + 120, "+Inf"],
      [NINE + 180.5, "40"],
    ];
    const trace = parsePrometheusTrace(JSON.stringify(matrix(series(values))), source);
    expect(trace).toMatchObject({
      name: "saved",
      description: "4 samples of saved.json, saved from Prometheus",
      startMs: NINE * 1000,
      endMs: NINE * 1000 + 180_500,
    });
    expect(trace.rateAt((NINE + 90.25) * 1000)).toBe(25);
  });

  it.each([
    [
      "{",
      /^saved\.json is not JSON \(.*\)\. Save the answer of \/api\/v1\/query_range as it is\.$/,
    ],
    [
      "[]",
      /^saved\.json gives no answer of \/api\/v1\/query_range with a matrix \(.*\)\. Save the answer/,
    ],
    [
      JSON.stringify({ status: "success", data: { resultType: "vector", result: [] } }),
      /gives no answer of \/api\/v1\/query_range with a matrix \(.*matrix.*\)/,
    ],
    [
      JSON.stringify({ status: "error", errorType: "bad_data", error: "unknown function" }),
      /gives no answer of \/api\/v1\/query_range with a matrix \(it says: unknown function\)/,
    ],
  ])("%j is refused with a sentence", (text, message) => {
    expect(() => parsePrometheusTrace(text, source)).toThrow(message);
    expect(() => parsePrometheusTrace(text, source)).toThrow(UserError);
  });
});
