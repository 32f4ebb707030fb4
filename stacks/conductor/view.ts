import type { Decision, Reason, Under } from "../../policies/decision";
import { explain } from "../../policies/explain";
import type { Plan } from "../../policies/plan";
import { lagSeconds } from "../../policies/scaling/required";
import type { JobSpec } from "../../policies/tenant";
import type { CatalogEntry } from "./catalog";
import type { JobSummary, Summary } from "./journal-entry";
import type { ObservedJob, TenantObservation } from "./observe/tenant-observer";
import type { Orders } from "./orders";
import type { TenantView } from "./tenant-view";

/** What was seen of a tenant, as journal and view keep it. */
export function summaryOf(
  jobs: readonly Pick<JobSpec, "name">[],
  seen: TenantObservation | undefined,
): Summary {
  const { cluster } = seen ?? {};
  return {
    taskManagers: cluster?.taskManagers.length ?? null,
    slotsTotal: cluster?.slotsTotal ?? null,
    slotsAvailable: cluster?.slotsAvailable ?? null,
    jobs: jobs.map(({ name }) => jobSummary(name, seen?.jobs[name])),
  };
}

function jobSummary(job: string, seen: ObservedJob | undefined): JobSummary {
  const { parallelism, producedPerSecond, consumedPerSecond, backlogRecords } =
    seen?.observation ?? {};
  return {
    job,
    state: seen?.state ?? null,
    parallelism: parallelism ?? null,
    producedPerSecond: producedPerSecond ?? null,
    consumedPerSecond: consumedPerSecond ?? null,
    backlogRecords: backlogRecords ?? null,
    lagSeconds: lagOf(backlogRecords, Math.max(producedPerSecond ?? 0, consumedPerSecond ?? 0)),
  };
}

/** How long what waits takes at the present rate; unknown while nothing moves. */
function lagOf(backlogRecords: number | undefined, rate: number): number | null {
  if (backlogRecords === undefined) return null;
  if (backlogRecords === 0) return 0;
  const lag = lagSeconds(backlogRecords, rate);
  return Number.isFinite(lag) ? lag : null;
}

/** What a tenant's cycle knows at its end. */
export interface Known {
  entry: CatalogEntry;
  plan: Plan;
  orders: Orders;
  seen: TenantObservation | undefined;
  atMs: number;
  /** What runs, or is being brought about. */
  decision: Decision | undefined;
  /** Why a job's load led to nothing. */
  held(job: string): string | undefined;
  /** undefined while no update runs. */
  doing: string | undefined;
  alerts: string[];
  problem: string | undefined;
  counts: TenantView["counts"];
  lastUpdateSeconds: number | undefined;
}

/** The one record of a tenant that everything shows. */
export function viewOf(known: Known): TenantView {
  const { entry, plan, orders, decision } = known;
  const { jobs, ...cluster } = summaryOf(entry.tenant.jobs, known.seen);
  const { paused, hold = null } = orders;
  return {
    ...{ tenant: entry.tenant.name, stack: entry.stack, atMs: known.atMs },
    ...{ window: plan.window, floor: plan.floor, ceiling: plan.ceiling, ...cluster },
    nextEdgeMs: plan.nextEdge === undefined ? null : Date.parse(plan.nextEdge),
    wantedTaskManagers: decision?.to.taskManagers ?? null,
    jobs: jobs.map((job) => jobViewOf(job, known)),
    decision: decision ?? null,
    explanation: decision === undefined ? null : explain(decision),
    doing: known.doing ?? (paused ? "paused" : "idle"),
    ...{ paused, hold, alerts: known.alerts, counts: known.counts },
    problem: known.problem ?? null,
    lastUpdateSeconds: known.lastUpdateSeconds ?? null,
  };
}

function jobViewOf(summary: JobSummary, { entry, decision, held }: Known) {
  const spec = entry.tenant.jobs.find(({ name }) => name === summary.job);
  return {
    ...summary,
    wantedParallelism: decision?.to.parallelism[summary.job] ?? null,
    allowedLagSeconds: (spec?.allowedLag ?? 0) / 1000,
    held: held(summary.job) ?? null,
  };
}

/** What a grant cuts of a plan that stands as it was cut before. */
export function cutsOf(free: Plan, plan: Plan, { limit }: NonNullable<Under["grant"]>): Reason[] {
  const [wanted, given] = [free.taskManagers, plan.taskManagers];
  return wanted > given ? [{ kind: "clamped", what: "TaskManagers", wanted, given, limit }] : [];
}

/** Names of the TaskManagers that a decision asks for. */
export function wantedIds(decision: Decision, idOf: (index: number) => string): string[] {
  return Array.from({ length: decision.to.taskManagers }, (_, index) => idOf(index));
}
