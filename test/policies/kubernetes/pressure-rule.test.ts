import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { tryExec } from "../../../infra/exec";
import {
  capacityPressure,
  type PressureInputs,
} from "../../../policies/kubernetes/capacity-pressure";
import { PRESSURE_RULE } from "../../../policies/kubernetes/pressure-rule";
import { lagSeconds } from "../../../policies/scaling/required";
import { pressureInputs } from "../../support/pressure-inputs";
import { promtool } from "../../support/promtool";

const CASES = 100;
const SEED = 20261121;

jest.setTimeout(60_000);

let tool: string;
let folder: string;
beforeAll(async () => {
  tool = await promtool();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-pressure-"));
}, 120_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** The series that a conductor exports of a tenant; one that is not known is absent. */
function seriesOf({ slots, jobs }: PressureInputs, tenant: string): Record<string, string> {
  const series: Record<string, string> = {};
  const add = (metric: string, value: number | undefined, labels = "") => {
    if (value === undefined) return;
    const name = `flinktide_${metric}{environment="dev",tenant="${tenant}",instance="a"${labels}}`;
    series[name] = `${Number.isFinite(value) ? value : "+Inf"} _`;
  };
  add("slots_total", slots?.total);
  add("slots_available", slots?.available);
  jobs.forEach((job, i) => {
    const { backlogRecords: backlog, ratePerSecond: rate } = job;
    const lag = backlog === undefined || rate === undefined ? undefined : lagSeconds(backlog, rate);
    add("job_parallelism", job.parallelism, `,job="${i}"`);
    add("job_lag_seconds", lag, `,job="${i}"`);
    add("job_allowed_lag_seconds", job.allowedLagSeconds, `,job="${i}"`);
  });
  return series;
}

/** What promtool says to a rule that is to give these pressures, each tenant its own. */
async function check(
  rule: object,
  tenants: readonly { series: Record<string, string>; pressure: number | undefined }[],
) {
  const expected = tenants.flatMap(({ pressure }, i) =>
    pressure === undefined
      ? []
      : [{ labels: `${PRESSURE_RULE.record}{environment="dev",tenant="${i}"}`, value: pressure }],
  );
  const test = {
    rule_files: ["rules.yml"],
    tests: [
      {
        interval: "15s",
        input_series: tenants
          .flatMap(({ series }) => Object.entries(series))
          .map(([series, values]) => ({ series, values })),
        promql_expr_test: [{ expr: PRESSURE_RULE.record, eval_time: "0s", exp_samples: expected }],
      },
    ],
  };
  fs.writeFileSync(
    path.join(folder, "rules.yml"),
    stringify({ groups: [{ name: "pressure", rules: [rule] }] }),
  );
  fs.writeFileSync(path.join(folder, "test.yml"), stringify(test));
  const { code, stdout, stderr } = await tryExec(tool, [
    "test",
    "rules",
    path.join(folder, "test.yml"),
  ]);
  return { ok: code === 0, output: stdout + stderr };
}

const random = fc.sample(pressureInputs, { numRuns: CASES, seed: SEED }).map((inputs, i) => ({
  series: seriesOf(inputs, String(i)),
  pressure: capacityPressure(inputs),
}));
const PASSED = { ok: true, output: expect.stringContaining("SUCCESS") };

it("Prometheus computes what the function does, for tenants of all kinds", async () => {
  const answers = [1, 2, undefined].map(
    (answer) => random.filter(({ pressure }) => pressure === answer).length,
  );
  expect(Math.min(...answers)).toBeGreaterThan(CASES / 20);
  expect(await check(PRESSURE_RULE, random)).toEqual(PASSED);
});

it("it knows nothing of a tenant whose slots are not known", async () => {
  const inputs = { slots: { total: 4, available: 0 }, jobs: [] };
  const series = seriesOf(inputs, "0");
  for (const missing of Object.keys(series)) {
    const { [missing]: _, ...rest } = series;
    expect(await check(PRESSURE_RULE, [{ series: rest, pressure: undefined }])).toEqual(PASSED);
  }
});

it("counts a job once while two conductors tell of it", async () => {
  const inputs = { slots: { total: 5, available: 0 }, jobs: [{ ...FULL, parallelism: 4 }] };
  const series = seriesOf(inputs, "0");
  const twice = Object.entries(series).flatMap(([name, values]) => [
    [name, values],
    [name.replace('instance="a"', 'instance="b"'), values],
  ]);
  const doubled = Object.fromEntries(twice) as Record<string, string>;
  expect(await check(PRESSURE_RULE, [{ series: doubled, pressure: 2 }])).toEqual(PASSED);
});

it.each([
  ["the share that is to be free", "< 0.2", "< 0.3"],
  ["the value under pressure", "* 0 + 2", "* 0 + 3"],
  ["the slots that the plan holds", "sum by", "count by"],
  ["what is unknown", "unless ((max", "and ((max"],
  ["the full slots", "<= 0 and", "<= 3 and"],
])("and a rule that has %s wrong is found", async (_, right, wrong) => {
  const rule = { ...PRESSURE_RULE, expr: PRESSURE_RULE.expr.replaceAll(right, wrong) };
  expect(rule.expr).not.toBe(PRESSURE_RULE.expr);
  expect(await check(rule, random)).toEqual({ ok: false, output: expect.stringContaining("got:") });
});

const FULL = { backlogRecords: 0, ratePerSecond: 1, allowedLagSeconds: 10 };
