import * as units from "@grafana/grafana-foundation-sdk/units";
import { OF_TENANT, type DashboardSpec, type PanelSpec } from "./spec";

const NAME = "{{tenant}} {{job_name}}";
const TASK = "{{tenant}} {{task_name}}";

/** A metric of a job's JobManager; before the first checkpoint Flink gives -1 of some. */
const ofJob = (metric: string) =>
  `max by (tenant, job_name) (flink_jobmanager_job_${metric}${OF_TENANT} >= 0)`;

/** Of each task that has it, in milliseconds a second: the busiest subtask, as a share. Sources may give NaN. */
const shareOfTime = (metric: string) =>
  `max by (tenant, task_name) (flink_taskmanager_job_task_${metric}${OF_TENANT} >= 0) / 1000`;

const rateOf = (metric: string) =>
  `sum by (tenant, task_name) (flink_taskmanager_job_task_${metric}${OF_TENANT})`;

const now: PanelSpec[] = [
  {
    title: "Uptime",
    description: "Since the job last began to run: a rescale or a restart begins it anew.",
    shape: "number",
    unit: units.Milliseconds,
    queries: [{ expr: ofJob("uptime"), legend: NAME }],
    width: 6,
  },
  {
    title: "Restarts",
    description: "By Flink itself, after a failure, since the job was last submitted.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: ofJob("numRestarts"), legend: NAME }],
    thresholds: [
      { from: 1, color: "yellow" },
      { from: 5, color: "red" },
    ],
    width: 6,
  },
  {
    title: "Checkpoints",
    description: "Completed since the job was last submitted.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: ofJob("numberOfCompletedCheckpoints"), legend: NAME }],
    width: 6,
  },
  {
    title: "Failed checkpoints",
    description: "Since the job was last submitted.",
    shape: "number",
    unit: units.Short,
    queries: [{ expr: ofJob("numberOfFailedCheckpoints"), legend: NAME }],
    thresholds: [
      { from: 1, color: "yellow" },
      { from: 5, color: "red" },
    ],
    width: 6,
  },
];

const state: PanelSpec[] = [
  {
    title: "Running",
    description: "Whether Flink says that the job is RUNNING.",
    shape: "steps",
    unit: units.Short,
    queries: [{ expr: `flinktide_job_running${OF_TENANT}`, legend: "{{tenant}} {{job}}" }],
    texts: { 0: "no", 1: "yes" },
    max: 1,
  },
  {
    title: "Restarts over time",
    description: "By Flink itself, after a failure, since the job was last submitted.",
    shape: "steps",
    unit: units.Short,
    queries: [{ expr: ofJob("numRestarts"), legend: NAME }],
  },
];

const load: PanelSpec[] = [
  {
    title: "Busy",
    description:
      "Share of the time in which the busiest subtask of each task works. At 100% it is full.",
    shape: "line",
    unit: units.PercentUnit,
    queries: [{ expr: shareOfTime("busyTimeMsPerSecond"), legend: TASK }],
    thresholds: [
      { from: 0.8, color: "yellow" },
      { from: 0.95, color: "red" },
    ],
    max: 1,
  },
  {
    title: "Backpressure",
    description: "Share of the time in which a subtask waits for the tasks after it.",
    shape: "line",
    unit: units.PercentUnit,
    queries: [{ expr: shareOfTime("backPressuredTimeMsPerSecond"), legend: TASK }],
    thresholds: [{ from: 0.5, color: "red" }],
    max: 1,
  },
  {
    title: "Records in",
    description:
      "By task, all subtasks together. A source's own input is not counted by every version of Flink.",
    shape: "line",
    unit: units.RecordsPerSecond,
    queries: [{ expr: rateOf("numRecordsInPerSecond"), legend: TASK }],
  },
  {
    title: "Records out",
    description: "By task, all subtasks together.",
    shape: "line",
    unit: units.RecordsPerSecond,
    queries: [{ expr: rateOf("numRecordsOutPerSecond"), legend: TASK }],
  },
];

const checkpoints: PanelSpec[] = [
  {
    title: "Duration of checkpoints",
    description: "Of the last one that was completed.",
    shape: "line",
    unit: units.Milliseconds,
    queries: [{ expr: ofJob("lastCheckpointDuration"), legend: NAME }],
  },
  {
    title: "Size of checkpoints",
    description: "Of the last one that was completed.",
    shape: "line",
    unit: units.BytesIEC,
    queries: [{ expr: ofJob("lastCheckpointSize"), legend: NAME }],
  },
];

export const flinkJob: DashboardSpec = {
  uid: "flinktide-flink-job",
  title: "Flinktide: Flink job",
  description: "How the jobs fare by Flink's own metrics: state, load of each task, checkpoints.",
  tenantsOf: "flink_jobmanager_job_uptime",
  rows: [
    { title: "Now", panels: now },
    { title: "State", panels: state },
    { title: "Load", panels: load },
    { title: "Checkpoints", panels: checkpoints },
  ],
};
