import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { DASHBOARDS } from "../../../infra/monitoring/dashboards";
import { panelQueries } from "../../../infra/monitoring/panel-queries";

const panel = (title: string, ...expressions: string[]) => ({
  type: "timeseries",
  title,
  targets: expressions.map((expr, i) => ({ refId: "AB"[i], expr })),
});
const dashboard = (...panels: object[]) => ({ panels }) as unknown as Dashboard;

it("gives every query, of collapsed rows too, with all tenants and an hour", () => {
  const queries = panelQueries(
    dashboard(
      { type: "row", title: "open", panels: [] },
      panel("two", 'a{tenant=~"$tenant"}', "increase(b[$__range])"),
      { type: "row", title: "collapsed", panels: [panel("within", 'c{t="${tenant}"}')] },
    ),
  );
  expect(queries).toEqual([
    { panel: "two", refId: "A", expr: 'a{tenant=~".+"}' },
    { panel: "two", refId: "B", expr: "increase(b[1h])" },
    { panel: "within", refId: "A", expr: 'c{t=".+"}' },
  ]);
});

it("fills in what is given", () => {
  const values = { tenant: "acme", __range: "5m" };
  expect(panelQueries(dashboard(panel("p", 'a{t="$tenant"}[$__range]')), values)).toEqual([
    { panel: "p", refId: "A", expr: 'a{t="acme"}[5m]' },
  ]);
});

it("a variable without a value is an error that names it and the panel", () => {
  expect(() => panelQueries(dashboard(panel("p", "a[$__interval]")))).toThrow(
    '$__interval in "p" has no value',
  );
});

it("the dashboards have as many queries as they show", () => {
  expect(DASHBOARDS.map((one) => [one.uid, panelQueries(one).length])).toEqual([
    ["flinktide-tenant-capacity", 14],
    ["flinktide-decisions", 18],
    ["flinktide-flink-job", 12],
    ["flinktide-kafka-lag", 8],
  ]);
});
