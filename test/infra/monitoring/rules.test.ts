import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { tryExec } from "../../../infra/exec";
import { ALERT_RULES } from "../../../infra/monitoring/alert-rules";
import { monitoringRules } from "../../../infra/monitoring/rules";
import { scrapeConfig } from "../../../infra/monitoring/scrape-config";
import { promtool } from "../../support/promtool";
import { ALERT_CASES, type AlertCase, type Series } from "./alert-cases";

const STEP_SECONDS = 15;
const EVERY_MINUTE = Array.from({ length: 10 }, (_, i) => (i + 1) * 60);

let tool: string;
let folder: string;
beforeAll(async () => {
  tool = await promtool();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-rules-"));
  fs.writeFileSync(path.join(folder, "rules.yml"), monitoringRules());
}, 120_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function run(command: string[], name: string, text: string) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  const { code, stdout, stderr } = await tryExec(tool, [...command, file]);
  return { ok: code === 0, output: stdout + stderr };
}

interface Check {
  eval_time: string;
  alertname?: string;
  expr?: string;
  [expected: string]: unknown;
}

/** One test of promtool's: what comes of the series. */
function promtest(series: Series, checks: { alerts?: Check[]; expressions?: Check[] }) {
  return {
    interval: `${STEP_SECONDS}s`,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: checks.alerts ?? [],
    promql_expr_test: checks.expressions ?? [],
  };
}

const testEvery = (interval: string, tests: object[]) =>
  run(
    ["test", "rules"],
    "test.yml",
    stringify({ rule_files: ["rules.yml"], evaluation_interval: interval, tests }),
  );
const testRules = (...tests: object[]) => testEvery(`${STEP_SECONDS}s`, tests);

function rule(name: string) {
  const found = ALERT_RULES.find(({ alert }) => alert === name);
  if (found === undefined) throw new Error(`no alert ${name}`);
  return found;
}

/** Fires once its `for` is over and not a step earlier; is quiet on the quiet input in every minute. */
function testsOf({ alert, fires, fromSeconds = 0, labels, quiet, ...texts }: AlertCase) {
  const { for: duration, severity } = rule(alert);
  const firesAt = fromSeconds + Number(duration.replace("m", "")) * 60;
  const { summary, description } = texts;
  const expected = {
    exp_labels: { ...labels, severity },
    exp_annotations: { summary, description },
  };
  const at = (seconds: number, exp_alerts: object[]) => ({
    eval_time: `${seconds}s`,
    alertname: alert,
    exp_alerts,
  });
  return [
    promtest(fires, { alerts: [at(firesAt - STEP_SECONDS, []), at(firesAt, [expected])] }),
    promtest(quiet, { alerts: EVERY_MINUTE.map((seconds) => at(seconds, [])) }),
  ];
}

const PASSED = { ok: true, output: expect.stringContaining("SUCCESS") };

it("Prometheus takes the rules, and the configuration that names them", async () => {
  expect(await run(["check", "rules"], "checked.yml", monitoringRules())).toEqual(PASSED);
  expect(await run(["check", "config"], "prometheus.yml", scrapeConfig(5))).toEqual(PASSED);
});

it("a rule that is no PromQL is found", async () => {
  const broken = monitoringRules().replace("avg_over_time(", "avg_over(");
  expect(await run(["check", "rules"], "broken.yml", broken)).toEqual({
    ok: false,
    output: expect.stringContaining('unknown function with name "avg_over"'),
  });
});

describe("alerts", () => {
  const ALERTS = ALERT_RULES.map(({ alert }) => alert).sort();
  const alertsOf = (names: string[]) => [...new Set(names)].sort();

  it("each has a case", () => {
    expect(alertsOf(ALERT_CASES.map(({ alert }) => alert))).toEqual(ALERTS);
  });

  it("each fires when its time is over, not before, and not on input that is nearly as bad", async () => {
    expect(await testRules(...ALERT_CASES.flatMap(testsOf))).toEqual(PASSED);
  });

  it.each<[string, (test: AlertCase) => object | undefined]>([
    ["the quiet input that should fire", (test) => testsOf({ ...test, fires: test.quiet })[0]],
    ["the bad input that should be quiet", (test) => testsOf({ ...test, quiet: test.fires })[1]],
    ["another text", (test) => testsOf({ ...test, description: "another" })[0]],
  ])("promtool fails every one with %s", async (_, wrong) => {
    const { ok, output } = await testRules(...ALERT_CASES.flatMap((test) => wrong(test) ?? []));
    const failed = [...output.matchAll(/alertname: (\w+), time/g)].map(([, name = ""]) => name);
    expect({ ok, failed: alertsOf(failed) }).toEqual({ ok: false, failed: ALERTS });
  });
});

describe("recorded", () => {
  const labels = '{environment="dev",tenant="acme",job="words"}';
  const check = (seconds: number, expr: string, value: number, own = labels) => ({
    eval_time: `${seconds}s`,
    expr,
    exp_samples: [{ labels: `${expr.startsWith("flinktide:") ? expr : ""}${own}`, value }],
  });

  it("lag as a share of what is allowed, and the share of an hour in which it was more", async () => {
    // Late from the 180th to the 239th of 240 steps: a quarter of the hour.
    const series = {
      [`flinktide_job_lag_seconds${labels}`]: "10x179 40x59",
      [`flinktide_job_allowed_lag_seconds${labels}`]: "20x239",
    };
    const expressions = [
      check(60, "flinktide:job_lag:of_allowed", 0.5),
      check(3585, "flinktide:job_lag:of_allowed", 2),
      check(3585, "flinktide:job_late:share_1h", 0.25),
    ];
    expect(await testRules(promtest(series, { expressions }))).toEqual(PASSED);
  });

  it("free slots as a share, and nothing where there are none", async () => {
    const own = '{environment="dev",tenant="acme"}';
    const series = {
      [`flinktide_slots_available${own}`]: "1x4 0x4",
      [`flinktide_slots_total${own}`]: "4x4 0x4",
    };
    const expr = "flinktide:slots_free:share";
    const expressions = [check(60, expr, 0.25, own), { eval_time: "120s", expr, exp_samples: [] }];
    expect(await testRules(promtest(series, { expressions }))).toEqual(PASSED);
  });

  it("rescales within a day, across a start of the conductor", async () => {
    const own = '{environment="dev",tenant="acme"}';
    // 3, then 2 more after the counter began again; the day is full, so nothing is extrapolated.
    const series = { [`flinktide_rescales_total${own}`]: "0x1000 3x1000 0x1000 2x2760" };
    const expressions = [check(86_400, "flinktide:rescales:increase_1d", 5, own)];
    // A day of evaluations every 15 seconds would take promtool 20 seconds.
    expect(await testEvery("1h", [promtest(series, { expressions })])).toEqual(PASSED);
  });
});
