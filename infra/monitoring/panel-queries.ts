import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

/** One query of a dashboard's panel, as Prometheus takes it. */
export interface PanelQuery {
  panel: string;
  /** Which of the panel's queries: A, B, …. */
  refId: string;
  /** PromQL without variables. */
  expr: string;
}

/** What stands in place of the variables when all tenants are chosen. */
const ALL_TENANTS: Readonly<Record<string, string>> = { tenant: ".+", __range: "1h" };

/**
 * Every query of a dashboard, its variables filled.
 *
 * @param values by the variable's name. @default all tenants and a range of an hour
 * @throws Error where a variable has no value, naming it and the panel
 */
export function panelQueries(
  dashboard: Dashboard,
  values: Readonly<Record<string, string>> = {},
): PanelQuery[] {
  const all = { ...ALL_TENANTS, ...values };
  // The panels of a collapsed row lie within it.
  const panels = (dashboard.panels ?? []).flatMap((panel) =>
    panel.type === "row" ? ((panel as { panels?: Panel[] }).panels ?? []) : [panel as Panel],
  );
  return panels.flatMap(({ title = "", targets = [] }) =>
    targets.map(({ refId = "", expr = "" }) => ({
      panel: title,
      refId,
      expr: fill(expr, all, title),
    })),
  );
}

interface Panel {
  title?: string;
  targets?: { refId?: string; expr?: string }[];
}

function fill(expr: string, values: Readonly<Record<string, string>>, panel: string): string {
  return expr.replace(/\$(?:\{(\w+)\}|(\w+))/g, (variable, braced?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ""];
    if (value === undefined) throw new Error(`${variable} in "${panel}" has no value`);
    return value;
  });
}
