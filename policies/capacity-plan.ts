import type { Capacity, Reason } from "./decision";
import type { Bounds, Tenant } from "./tenant";
import { wantedParallelism } from "./tenant-parts";

/** TaskManagers that hold this many slots. */
export function taskManagersFor(slotsNeeded: number, slotsPerTaskManager: number): number {
  return Math.ceil(slotsNeeded / slotsPerTaskManager);
}

/** The configured least of what is in force. */
export function configuredCapacity(tenant: Tenant, bounds: Bounds): Capacity {
  const parallelism: Record<string, number> = {};
  for (const job of tenant.jobs) parallelism[job.name] = wantedParallelism(bounds, job);
  const needed = taskManagersFor(slotsOf(parallelism), tenant.taskManager.slots);
  return { taskManagers: Math.max(bounds.floor, needed), parallelism };
}

/** Slots that the jobs hold together. */
export function slotsOf(parallelism: Readonly<Record<string, number>>): number {
  let slots = 0;
  for (const name in parallelism) slots += parallelism[name] ?? 0;
  return slots;
}

export interface Limits {
  floor: number;
  /** TaskManagers. */
  ceiling: number;
  /** What sets the ceiling, for the reader. @default the window */
  by?: string;
}

interface Limited {
  capacity: Capacity;
  /** What was cut or raised. */
  reasons: Reason[];
}

/** Before any limit. */
export interface WantedCapacity {
  parallelism: Readonly<Record<string, number>>;
  /** What the jobs run with. */
  runs: Readonly<Record<string, number>>;
  configured: Readonly<Record<string, number>>;
  /** TaskManagers to have whatever the jobs need. */
  taskManagers: number;
  /** Slots that others hold. */
  otherSlots: number;
}

/**
 * Within the jobs' bounds and the limits. No job gets more at the cost of what another one runs with. Where the limits
 * do not hold that, a job leaves the jobs after it what is configured for them or, at last, their smallest parallelism.
 */
export function limited(tenant: Tenant, limits: Limits, wanted: WantedCapacity): Limited {
  const reasons: Reason[] = [];
  const limit = (what: string, value: number, low: number, high: number, by: string): number => {
    const given = Math.min(Math.max(value, low), high);
    if (given !== value) reasons.push({ kind: "clamped", what, wanted: value, given, limit: by });
    return given;
  };
  let free = limits.ceiling * tenant.taskManager.slots - wanted.otherSlots;
  const left = leftToOthers(tenant, wanted, free);
  let others = slotsOf(left);
  const parallelism: Record<string, number> = {};
  for (const { name, parallelism: bounds } of tenant.jobs) {
    others -= left[name] ?? 0;
    const what = `parallelism of ${name}`;
    const asked = wanted.parallelism[name] ?? bounds.min;
    const inJob = limit(what, asked, bounds.min, bounds.max, "the job's bounds");
    const most = Math.max(bounds.min, free - others);
    const by = limits.by ?? "the window's ceiling";
    const given = limit(what, inJob, bounds.min, most, by);
    parallelism[name] = given;
    free -= given;
  }
  const needed = taskManagersFor(
    slotsOf(parallelism) + wanted.otherSlots,
    tenant.taskManager.slots,
  );
  const taskManagers = limit(
    "TaskManagers",
    Math.max(needed, wanted.taskManagers),
    limits.floor,
    limits.ceiling,
    limits.by ?? "the window's bounds",
  );
  return { capacity: { taskManagers, parallelism }, reasons };
}

/** By job: what it runs with and still wants, or what is configured; the first that fits together, else the smallest. */
function leftToOthers(tenant: Tenant, wanted: WantedCapacity, free: number) {
  const { parallelism, runs, configured } = wanted;
  const keeps: Record<string, number> = {};
  const least: Record<string, number> = {};
  const smallest: Record<string, number> = {};
  for (const { name, parallelism: bounds } of tenant.jobs) {
    const given = configured[name] ?? 0;
    const kept = Math.min(parallelism[name] ?? 0, Math.max(runs[name] ?? 0, given));
    keeps[name] = Math.max(bounds.min, Math.min(kept, bounds.max));
    least[name] = Math.max(bounds.min, Math.min(given, bounds.max));
    smallest[name] = bounds.min;
  }
  return [keeps, least].find((all) => slotsOf(all) <= free) ?? smallest;
}

export function sameCapacity(a: Capacity, b: Capacity): boolean {
  if (a.taskManagers !== b.taskManagers) return false;
  for (const name in a.parallelism) if (a.parallelism[name] !== b.parallelism[name]) return false;
  for (const name in b.parallelism) if (!(name in a.parallelism)) return false;
  return true;
}
