import * as common from "@grafana/grafana-foundation-sdk/common";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";
import type { DashboardSpec, PanelSpec, QuerySpec } from "./spec";

/** The data source that is chosen in the dashboard. */
const DATA_SOURCE = { type: "prometheus", uid: "${datasource}" };
const HEIGHT = { number: 4, chart: 8 };

/** A dashboard as Grafana imports it. */
export function renderDashboard(spec: DashboardSpec): grafana.Dashboard {
  const builder = new grafana.DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags(["flinktide"])
    .timezone("browser")
    .time({ from: "now-6h", to: "now" })
    .refresh("30s")
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .withVariable(
      new grafana.DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"),
    )
    .withVariable(tenantVariable(spec.tenantsOf));
  let id = 0;
  for (const { title, panels } of spec.rows) {
    builder.withRow(new grafana.RowBuilder(title).id(++id));
    for (const panel of panels) builder.withPanel(renderPanel(panel).id(++id));
  }
  return builder.build();
}

function tenantVariable(metric: string) {
  const query = `label_values(${metric}, tenant)`;
  return new grafana.QueryVariableBuilder("tenant")
    .label("Tenant")
    .datasource(DATA_SOURCE)
    .query({ query, refId: "tenant" })
    .definition(query)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current({ text: "All", value: "$__all" })
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.AlphabeticalAsc);
}

function renderPanel(panel: PanelSpec): Stat | TimeSeries {
  return panel.shape === "number" ? stat(panel) : timeSeries(panel);
}

function stat(panel: PanelSpec): Stat {
  return basics(new Stat(), panel)
    .height(HEIGHT.number)
    .span(panel.width ?? 4)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.ValueAndName);
}

function timeSeries(panel: PanelSpec): TimeSeries {
  const builder = basics(new TimeSeries(), panel)
    .height(HEIGHT.chart)
    .span(panel.width ?? 12)
    .min(0)
    .lineWidth(2)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi));
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.shape === "steps") builder.lineInterpolation(common.LineInterpolation.StepAfter);
  if (panel.thresholds !== undefined) {
    const style = new common.GraphThresholdsStyleConfigBuilder();
    builder.thresholdsStyle(style.mode(common.GraphThresholdsStyleMode.Dashed));
  }
  panel.queries.forEach((query, index) => {
    if (query.dashed === true) builder.overrideByQuery(refId(index), [DASHED]);
  });
  return builder;
}

const DASHED = { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } };

/** What numbers and charts share. */
function basics<T extends Stat | TimeSeries>(builder: T, panel: PanelSpec): T {
  builder
    .title(panel.title)
    .description(panel.description)
    .datasource(DATA_SOURCE)
    .unit(panel.unit)
    .thresholds(thresholds(panel))
    .targets(panel.queries.map((query, index) => target(query, index, panel.shape === "number")));
  if (panel.texts !== undefined) builder.mappings([texts(panel.texts)]);
  return builder;
}

function target({ expr, legend }: QuerySpec, index: number, now: boolean): DataqueryBuilder {
  const query = new DataqueryBuilder()
    .datasource(DATA_SOURCE)
    .refId(refId(index))
    .expr(expr)
    .legendFormat(legend);
  return now ? query.instant() : query.range();
}

/** A, B, C, … */
function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

function thresholds({ thresholds: steps = [], shape }: PanelSpec) {
  const base = shape === "number" && steps.length === 0 ? "text" : "green";
  return new grafana.ThresholdsConfigBuilder()
    .mode(grafana.ThresholdsMode.Absolute)
    .steps([
      { color: base, value: null },
      ...steps.map(({ from, color }) => ({ color, value: from })),
    ]);
}

function texts(values: Record<string, string>): grafana.ValueMap {
  const options = Object.entries(values).map(([value, text], index) => [value, { text, index }]);
  return {
    type: grafana.MappingType.ValueToText,
    options: Object.fromEntries(options) as grafana.ValueMap["options"],
  };
}
