import * as units from "@grafana/grafana-foundation-sdk/units";
import { OF_TENANT, type DashboardSpec, type PanelSpec } from "./spec";

const NAME = "{{tenant}} {{job}}";

const now: PanelSpec[] = [
  {
    title: "Lag, of what is allowed",
    description: "At 100% it is exactly what the tenant's file allows.",
    shape: "number",
    unit: units.PercentUnit,
    queries: [{ expr: `flinktide:job_lag:of_allowed${OF_TENANT}`, legend: NAME }],
    thresholds: [
      { from: 0.5, color: "yellow" },
      { from: 1, color: "red" },
    ],
    width: 8,
  },
  {
    title: "Late in the last hour",
    description: "Share of the last hour in which the lag was more than allowed.",
    shape: "number",
    unit: units.PercentUnit,
    queries: [{ expr: `flinktide:job_late:share_1h${OF_TENANT}`, legend: NAME }],
    thresholds: [
      { from: 0.001, color: "yellow" },
      { from: 0.02, color: "red" },
    ],
    width: 8,
  },
  {
    title: "Backlog",
    description: "Records in the job's topics that it has not processed.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: `flinktide_job_backlog_records${OF_TENANT}`, legend: NAME }],
    width: 8,
  },
];

const overTime: PanelSpec[] = [
  {
    title: "Lag",
    description:
      "How long the newest record waits: backlog by rate. A gap is a time at which it could not be measured.",
    shape: "line",
    unit: units.Seconds,
    queries: [
      { expr: `flinktide_job_lag_seconds${OF_TENANT}`, legend: NAME },
      {
        expr: `flinktide_job_allowed_lag_seconds${OF_TENANT}`,
        legend: `${NAME} allowed`,
        dashed: true,
      },
    ],
    width: 24,
  },
  {
    title: "Records produced and consumed",
    description:
      "Produced is what arrives in the topics. Consumed stays below it for as long as a backlog grows.",
    shape: "line",
    unit: units.RecordsPerSecond,
    queries: [
      {
        expr: `flinktide_job_produced_records_per_second${OF_TENANT}`,
        legend: `${NAME} produced`,
      },
      {
        expr: `flinktide_job_consumed_records_per_second${OF_TENANT}`,
        legend: `${NAME} consumed`,
      },
    ],
  },
  {
    title: "Backlog over time",
    description: "Records in the job's topics that it has not processed.",
    shape: "line",
    unit: units.Short,
    queries: [{ expr: `flinktide_job_backlog_records${OF_TENANT}`, legend: NAME }],
  },
];

export const kafkaLag: DashboardSpec = {
  uid: "flinktide-kafka-lag",
  title: "Flinktide: Kafka lag",
  description: "What waits in Kafka for each job, for how long, and what is allowed.",
  tenantsOf: "flinktide_floor_taskmanagers",
  rows: [
    { title: "Now", panels: now },
    { title: "Over time", panels: overTime },
  ],
};
