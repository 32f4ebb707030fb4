import * as units from "@grafana/grafana-foundation-sdk/units";
import { OF_TENANT, type DashboardSpec, type PanelSpec } from "./spec";

const counted = (title: string, description: string, metric: string): PanelSpec => ({
  title,
  description: `${description} Within the time shown.`,
  shape: "number",
  unit: units.Short,
  queries: [
    {
      expr: `sum by (tenant) (increase(${metric}[$__range]))`,
      legend: "{{tenant}}",
    },
  ],
});

const SOME_FAIL: PanelSpec["thresholds"] = [
  // A count over a range is extrapolated to its ends: one is nearly never 1.
  { from: 0.5, color: "yellow" },
  { from: 1.5, color: "red" },
];

const counts: PanelSpec[] = [
  counted(
    "Decisions",
    "That something else should run than what ran.",
    `flinktide_decisions_total${OF_TENANT}`,
  ),
  counted("Updates", "Of stacks, whatever came of them.", `flinktide_updates_total${OF_TENANT}`),
  {
    ...counted(
      "Failed updates",
      "They are tried again.",
      'flinktide_updates_total{tenant=~"$tenant",result="failed"}',
    ),
    thresholds: SOME_FAIL,
  },
  {
    title: "Rescales in a day",
    description:
      "Changes of a job's parallelism within the last 24 hours; each stops the job for seconds.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: `flinktide:rescales:increase_1d${OF_TENANT}`, legend: "{{tenant}}" }],
    thresholds: [{ from: 12.5, color: "yellow" }],
  },
  {
    ...counted(
      "Heals",
      "Updates because what should run did not.",
      `flinktide_heals_total${OF_TENANT}`,
    ),
    thresholds: [{ from: 0.5, color: "yellow" }],
  },
  counted(
    "Skips",
    "Times that something was to be done and was not, such as beside an update by hand.",
    `flinktide_skipped_total${OF_TENANT}`,
  ),
];

const anHour = (metric: string, by: string) => `sum by (${by}) (increase(${metric}[1h]))`;

const overTime: PanelSpec[] = [
  {
    title: "Decisions and what they led to, an hour",
    description: "Over the hour before each point.",
    shape: "steps",
    unit: units.Short,
    queries: [
      {
        expr: anHour(`flinktide_decisions_total${OF_TENANT}`, "tenant"),
        legend: "{{tenant}} decisions",
      },
      {
        expr: anHour(`flinktide_rescales_total${OF_TENANT}`, "tenant"),
        legend: "{{tenant}} rescales",
      },
      { expr: anHour(`flinktide_heals_total${OF_TENANT}`, "tenant"), legend: "{{tenant}} heals" },
      { expr: anHour(`flinktide_skipped_total${OF_TENANT}`, "tenant"), legend: "{{tenant}} skips" },
    ],
  },
  {
    title: "Updates by result, an hour",
    description: "Over the hour before each point.",
    shape: "steps",
    unit: units.Short,
    queries: [
      {
        expr: anHour(`flinktide_updates_total${OF_TENANT}`, "tenant, result"),
        legend: "{{tenant}} {{result}}",
      },
    ],
  },
  {
    title: "Duration of updates",
    description:
      "From decision to end: the median and the 95th percentile of the hour before each point.",
    shape: "line",
    unit: units.Seconds,
    queries: [0.5, 0.95].map((quantile) => ({
      expr: `histogram_quantile(${quantile}, sum by (tenant, le) (rate(flinktide_update_duration_seconds_bucket${OF_TENANT}[1h])))`,
      legend: `{{tenant}} ${quantile * 100}%`,
    })),
    thresholds: [{ from: 20, color: "red" }],
  },
  {
    title: "Alerts that fire",
    description: "Of the conductor itself, by tenant; Prometheus's own alerts are apart.",
    shape: "steps",
    unit: units.Short,
    queries: [{ expr: `flinktide_alerts_firing${OF_TENANT}`, legend: "{{tenant}}" }],
    thresholds: [{ from: 1, color: "red" }],
  },
];

const conductor: PanelSpec[] = [
  {
    title: "Leads",
    description:
      "Whether the conductor that answers holds the lease: one that does not changes nothing.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: "flinktide_conductor_leading", legend: "{{environment}}" }],
    texts: { 0: "no", 1: "yes" },
    thresholds: [
      { from: 0, color: "red" },
      { from: 1, color: "green" },
    ],
  },
  {
    title: "Tenants",
    description: "That it conducts.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: "flinktide_conductor_tenants", legend: "{{environment}}" }],
  },
  {
    title: "Cycle",
    description: "How long the last round over all tenants took.",
    shape: "line",
    unit: units.Seconds,
    queries: [{ expr: "flinktide_conductor_cycle_seconds", legend: "{{environment}}" }],
    width: 8,
  },
  {
    title: "Memory",
    description: "Of the conductor's process, resident.",
    shape: "line",
    unit: units.BytesIEC,
    queries: [{ expr: 'process_resident_memory_bytes{job="conductor"}', legend: "conductor" }],
    thresholds: [{ from: 300 * 1024 ** 2, color: "red" }],
    width: 8,
  },
];

export const decisions: DashboardSpec = {
  uid: "flinktide-decisions",
  title: "Flinktide: decisions",
  description:
    "What the conductor decided, what came of it, how long it took, and how it fares itself.",
  tenantsOf: "flinktide_floor_taskmanagers",
  rows: [
    { title: "In the time shown", panels: counts },
    { title: "Over time", panels: overTime },
    { title: "Conductor", panels: conductor },
  ],
};
