/** What a dashboard shows, apart from how Grafana writes it. */
export interface DashboardSpec {
  /** Part of its address in Grafana, and the name of its file. */
  uid: string;
  title: string;
  description: string;
  /** The metric whose label `tenant` names the tenants to choose from. */
  tenantsOf: string;
  rows: RowSpec[];
}

export interface RowSpec {
  title: string;
  panels: PanelSpec[];
}

export interface PanelSpec {
  title: string;
  /** What is shown and how to read it. */
  description: string;
  /** As a number of now, or over time as a line or in steps. */
  shape: "number" | "line" | "steps";
  /** One of Grafana's units. */
  unit: string;
  queries: QuerySpec[];
  /** Where it turns yellow or red, lowest first; the colour holds from its value on. @default none */
  thresholds?: { from: number; color: "green" | "yellow" | "red" }[];
  /** Text in place of a value. @default none */
  texts?: Record<string, string>;
  /** Largest value of the axis. @default as needed */
  max?: number;
  /** Columns of 24. @default 4 for a number, else 12 */
  width?: number;
}

export interface QuerySpec {
  /** PromQL with `$tenant` and `$__range`. */
  expr: string;
  /** With labels as `{{tenant}}`. */
  legend: string;
  /** A bound, not a measurement. @default false */
  dashed?: boolean;
}

/** Restricts a metric to the chosen tenants. */
export const OF_TENANT = '{tenant=~"$tenant"}';
