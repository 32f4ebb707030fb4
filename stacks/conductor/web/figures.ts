import type { ConductorView, TenantView } from "../tenant-view";

/** One series of a metric. */
export interface Figure<T> {
  name: string;
  help: string;
  /** Beside those that tell whose it is. @default none */
  labels?: Readonly<Record<string, string>>;
  /** Null where it is not known. */
  value(of: T): number | null;
}

type Job = TenantView["jobs"][number];

const RUNNING = "RUNNING";

function figure<T>(name: string, help: string, value: Figure<T>["value"]): Figure<T> {
  return { name: `flinktide_${name}`, help, value };
}

export const CONDUCTOR_GAUGES: readonly Figure<ConductorView>[] = [
  figure("conductor_leading", "1 where this conductor holds the lease", (c) => Number(c.leading)),
  figure(
    "conductor_cycle_seconds",
    "Seconds that the last round over all tenants took",
    (c) => c.cycleSeconds,
  ),
  figure("conductor_tenants", "Tenants of the environment", (c) => c.tenants.length),
];

export const TENANT_GAUGES: readonly Figure<TenantView>[] = [
  figure("floor_taskmanagers", "Fewest TaskManagers that the window allows", (t) => t.floor),
  figure("ceiling_taskmanagers", "Most TaskManagers that the window allows", (t) => t.ceiling),
  figure(
    "wanted_taskmanagers",
    "TaskManagers of the decision in force",
    (t) => t.wantedTaskManagers,
  ),
  figure("taskmanagers", "TaskManagers registered in Flink", (t) => t.taskManagers),
  figure("slots_total", "Slots of the registered TaskManagers", (t) => t.slotsTotal),
  figure("slots_available", "Slots that no job holds", (t) => t.slotsAvailable),
  figure("paused", "1 while a person has paused the tenant", (t) => Number(t.paused)),
  figure("held", "1 while a person holds the tenant at a size", (t) => Number(t.hold !== null)),
  figure("next_edge_timestamp_seconds", "When another window will be in force, Unix time", (t) =>
    t.nextEdgeMs === null ? null : t.nextEdgeMs / 1000,
  ),
  figure("alerts_firing", "Alerts that fire", (t) => t.alerts.length),
];

export const JOB_GAUGES: readonly Figure<Job>[] = [
  figure("job_wanted_parallelism", "Of the decision in force", (j) => j.wantedParallelism),
  figure("job_parallelism", "Of the job in Flink", (j) => j.parallelism),
  figure("job_running", "1 where Flink says that the job is RUNNING", (j) =>
    j.state === null ? null : Number(j.state === RUNNING),
  ),
  figure("job_produced_records_per_second", "Records that arrive", (j) => j.producedPerSecond),
  figure("job_consumed_records_per_second", "Records processed", (j) => j.consumedPerSecond),
  figure("job_backlog_records", "Records that wait", (j) => j.backlogRecords),
  figure("job_lag_seconds", "Seconds that the backlog takes", (j) => j.lagSeconds),
  figure("job_allowed_lag_seconds", "Of the tenant's file", (j) => j.allowedLagSeconds),
];

const updates = (
  result: "ok" | "failed",
  value: Figure<TenantView>["value"],
): Figure<TenantView> => ({
  ...figure("updates_total", "Stack updates, by result", value),
  labels: { result },
});

/** All since the conductor started. */
export const TENANT_COUNTERS: readonly Figure<TenantView>[] = [
  figure("cycles_total", "Rounds in which the tenant was looked at", (t) => t.counts.cycles),
  figure(
    "decisions_total",
    "Decisions for something else than what ran",
    (t) => t.counts.decisions,
  ),
  updates("ok", ({ counts }) => Math.max(0, counts.updates - counts.failedUpdates)),
  updates("failed", ({ counts }) => counts.failedUpdates),
  figure("rescales_total", "Changes of a job's parallelism", (t) => t.counts.rescales),
  figure("heals_total", "Updates because what should run did not", (t) => t.counts.heals),
  figure(
    "skipped_total",
    "Times that something was to be done and wasn't",
    (t) => t.counts.skipped,
  ),
];
