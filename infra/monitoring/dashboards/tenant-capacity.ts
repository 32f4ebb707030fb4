import * as units from "@grafana/grafana-foundation-sdk/units";
import { OF_TENANT, type DashboardSpec, type PanelSpec } from "./spec";

const now: PanelSpec[] = [
  {
    title: "TaskManagers",
    description: "Registered in Flink.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: `flinktide_taskmanagers${OF_TENANT}`, legend: "{{tenant}}" }],
  },
  {
    title: "Missing TaskManagers",
    description:
      "Wanted by the decision in force and not registered; for a moment while it scales.",
    shape: "number",
    unit: units.Short,
    queries: [
      {
        expr: `flinktide_wanted_taskmanagers${OF_TENANT} - flinktide_taskmanagers${OF_TENANT}`,
        legend: "{{tenant}}",
      },
    ],
    thresholds: [{ from: 1, color: "yellow" }],
  },
  {
    title: "Free slots",
    description:
      "Share of the slots that no job holds. None is free where jobs are sized by their load and all is well.",
    shape: "number",
    unit: units.PercentUnit,
    queries: [{ expr: `flinktide:slots_free:share${OF_TENANT}`, legend: "{{tenant}}" }],
  },
  {
    title: "Next edge",
    description: "When another window will be in force.",
    shape: "number",
    unit: units.DateTimeFromNow,
    queries: [
      {
        expr: `flinktide_next_edge_timestamp_seconds${OF_TENANT} * 1000`,
        legend: "{{tenant}}",
      },
    ],
  },
  {
    title: "Paused",
    description: "While a person has paused a tenant, nothing is decided for it.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: `flinktide_paused${OF_TENANT}`, legend: "{{tenant}}" }],
    texts: { 0: "no", 1: "yes" },
    thresholds: [{ from: 1, color: "yellow" }],
  },
  {
    title: "Held",
    description: "While a person holds a tenant at a size, the load does not change it.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: `flinktide_held${OF_TENANT}`, legend: "{{tenant}}" }],
    texts: { 0: "no", 1: "yes" },
    thresholds: [{ from: 1, color: "yellow" }],
  },
];

const overTime: PanelSpec[] = [
  {
    title: "TaskManagers within their bounds",
    description:
      "Floor and ceiling come from the window in force; wanted from the decision; registered from Flink.",
    shape: "steps",
    unit: units.Short,
    queries: [
      {
        expr: `flinktide_floor_taskmanagers${OF_TENANT}`,
        legend: "{{tenant}} floor",
        dashed: true,
      },
      {
        expr: `flinktide_ceiling_taskmanagers${OF_TENANT}`,
        legend: "{{tenant}} ceiling",
        dashed: true,
      },
      { expr: `flinktide_wanted_taskmanagers${OF_TENANT}`, legend: "{{tenant}} wanted" },
      { expr: `flinktide_taskmanagers${OF_TENANT}`, legend: "{{tenant}} registered" },
    ],
    width: 24,
  },
  {
    title: "Slots",
    description: "Of the registered TaskManagers, and those of them that no job holds.",
    shape: "steps",
    unit: units.Short,
    queries: [
      { expr: `flinktide_slots_total${OF_TENANT}`, legend: "{{tenant}} all" },
      { expr: `flinktide_slots_available${OF_TENANT}`, legend: "{{tenant}} free" },
    ],
  },
  {
    title: "Parallelism",
    description: "Of the decision in force, and of the job in Flink.",
    shape: "steps",
    unit: units.Short,
    queries: [
      {
        expr: `flinktide_job_wanted_parallelism${OF_TENANT}`,
        legend: "{{tenant}} {{job}} wanted",
        dashed: true,
      },
      { expr: `flinktide_job_parallelism${OF_TENANT}`, legend: "{{tenant}} {{job}} runs" },
    ],
  },
];

export const tenantCapacity: DashboardSpec = {
  uid: "flinktide-tenant-capacity",
  title: "Flinktide: tenant capacity",
  description: "What a tenant may have, should have and has: TaskManagers, slots, parallelism.",
  tenantsOf: "flinktide_floor_taskmanagers",
  rows: [
    { title: "Now", panels: now },
    { title: "Over time", panels: overTime },
  ],
};
