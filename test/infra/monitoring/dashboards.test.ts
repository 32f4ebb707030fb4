import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { tryExec } from "../../../infra/exec";
import { ALERT_RULES } from "../../../infra/monitoring/alert-rules";
import { DASHBOARDS } from "../../../infra/monitoring/dashboards";
import { dashboardFiles } from "../../../infra/monitoring/dashboards/files";
import { panelQueries } from "../../../infra/monitoring/panel-queries";
import { RECORDING_RULES } from "../../../infra/monitoring/rules";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";
import {
  CONDUCTOR_GAUGES,
  JOB_GAUGES,
  TENANT_COUNTERS,
  TENANT_GAUGES,
} from "../../../stacks/conductor/web/figures";
import { promtool } from "../../support/promtool";

interface ShownPanel {
  type: string;
  title: string;
  description: string;
  gridPos: { x: number; w: number };
  fieldConfig: { defaults: { unit?: string } };
  targets: { legendFormat: string; expr: string }[];
}
/** As Grafana reads it: what is undefined is gone. */
const read = (file: string) => JSON.parse(fs.readFileSync(file, "utf8"));
const panelsOf = (dashboard: { panels?: unknown[] }) =>
  ((dashboard.panels ?? []) as ShownPanel[]).filter(({ type }) => type !== "row");
const byTitle = DASHBOARDS.map((dashboard) => [dashboard.title ?? "", dashboard] as const);

it.each(dashboardFiles().map(({ file, text }) => [path.basename(file), file, text] as const))(
  "%s is what `npm run dashboards` writes",
  (_, file, text) => {
    expect(fs.readFileSync(file, "utf8")).toBe(text);
  },
);

it("no other dashboards are committed", () => {
  const files = dashboardFiles().map(({ file }) => file);
  const folder = path.dirname(files[0] ?? "");
  expect(fs.readdirSync(folder).sort()).toEqual(files.map((file) => path.basename(file)).sort());
  expect(files.map((file) => read(file).uid)).toEqual([
    "flinktide-tenant-capacity",
    "flinktide-decisions",
    "flinktide-flink-job",
    "flinktide-kafka-lag",
  ]);
});

describe.each(byTitle)("%s", (_, dashboard) => {
  it("has panels with a title of their own, a description, a unit and legends, within 24 columns", () => {
    const panels = panelsOf(dashboard);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const lacking = panels.filter(
      ({ title, description, targets, gridPos, fieldConfig }) =>
        !title ||
        !/^[A-Z].+\.$/.test(description ?? "") ||
        fieldConfig.defaults.unit === undefined ||
        targets.length === 0 ||
        targets.some(({ legendFormat }) => !legendFormat) ||
        gridPos.x + gridPos.w > 24,
    );
    expect(lacking.map(({ title }) => title)).toEqual([]);
  });

  it("shows the chosen tenants only, wherever a metric has a tenant", () => {
    const of = /\b(?:flink|flinktide|process)[_:][\w:]+(?:\{[^}]*\})?/g;
    const selectors = panelsOf(dashboard).flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(of) ?? []),
    );
    expect(selectors.length).toBeGreaterThan(5);
    const ofAll = selectors.filter((selector) => !selector.includes('{tenant=~"$tenant"'));
    expect(ofAll.filter((s) => !/^(flinktide_conductor_|process_)/.test(s))).toEqual([]);
  });

  it("offers the data source, and the tenants that have a metric", () => {
    const list = dashboard.templating?.list ?? [];
    expect(list.map(({ name, type }) => [name, type])).toEqual([
      ["datasource", "datasource"],
      ["tenant", "query"],
    ]);
    expect(list[1]?.definition).toMatch(/^label_values\(flink\w+, tenant\)$/);
  });
});

/** The collector's own, as the program that serves them has them. */
function collectorMetrics(): string[] {
  const file = "infra/images/cdc-collector/src/io/flinktide/collector/Metrics.java";
  const source = fs.readFileSync(path.join(PROJECT_DIR, file), "utf8");
  const names = [...source.matchAll(/\badd\(lines, labels, "(\w+)"/g)].map(([, name]) => name);
  return names.map((name) => `flinktide_collector_${name}`);
}

it("dashboards and rules use only metrics that conductor or collector serve, or a rule records", () => {
  const figures = [...CONDUCTOR_GAUGES, ...TENANT_GAUGES, ...TENANT_COUNTERS, ...JOB_GAUGES];
  const known = new Set([
    ...figures.map(({ name }) => name),
    "flinktide_update_duration_seconds_bucket",
    ...RECORDING_RULES.map(({ record }) => record),
    ...collectorMetrics(),
  ]);
  const expressions = [
    ...DASHBOARDS.flatMap((dashboard) => panelQueries(dashboard)),
    ...RECORDING_RULES,
    ...ALERT_RULES,
  ];
  const used = expressions.flatMap(({ expr }) => expr.match(/\bflinktide[_:][\w:]+/g) ?? []);
  const inTexts = ALERT_RULES.flatMap((rule) => rule.description.match(/flinktide_\w+/g) ?? []);
  expect([...used, ...inTexts].filter((name) => !known.has(name))).toEqual([]);
});

describe("to Prometheus", () => {
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-dashboards-"));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Queries as recording rules, which promtool parses. */
  async function check(expressions: string[]) {
    const rules = expressions.map((expr, i) => ({ record: `query_${i}`, expr }));
    const file = path.join(folder, "queries.yml");
    fs.writeFileSync(file, stringify({ groups: [{ name: "queries", rules }] }));
    const { code, stdout, stderr } = await tryExec(await promtool(), ["check", "rules", file]);
    return { code, output: stdout + stderr };
  }

  it.each(byTitle)(
    "every query of %s is PromQL",
    async (_, dashboard) => {
      const queries = panelQueries(dashboard);
      const lines = `SUCCESS: ${queries.length} rules found`;
      expect(await check(queries.map(({ expr }) => expr))).toEqual({
        code: 0,
        output: expect.stringContaining(lines),
      });
    },
    120_000,
  );

  it("a query that is none is found", async () => {
    const [query] = DASHBOARDS.flatMap((dashboard) => panelQueries(dashboard));
    const { code, output } = await check([`${query?.expr} by (tenant)`]);
    expect([code, output]).toEqual([1, expect.stringContaining("parse error")]);
  });
});
