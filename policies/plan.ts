import {
  configuredCapacity,
  limited,
  sameCapacity,
  slotsOf,
  taskManagersFor,
  type Limits,
} from "./capacity-plan";
import type { Capacity, Decision, Hold, Reason, Under } from "./decision";
import { explain } from "./explain";
import type { Advice } from "./scaling/advice";
import { aligned } from "./scaling/alignment";
import { taskManagersBySlots } from "./scaling/required";
import type { Bounds, Tenant } from "./tenant";
import { leadFor, nextEdge, windowAt } from "./window-at";

export { taskManagersFor } from "./capacity-plan";
export { nextEdge, windowAt } from "./window-at";

/**
 * What is known about the tenant's cluster before planning. Lead, grant and hold: where they are left out, those of
 * the last decision go on; null is none.
 */
export interface Observed {
  /** The decision that what runs now comes from; undefined where nothing runs yet. */
  decision?: Decision;
  /** What the jobs' load asks for, by job; a job without advice keeps what it has. */
  advice?: Readonly<Record<string, Advice | undefined>>;
  /** Slots of the cluster, whoever holds them. */
  slots?: { total: number; available: number };
  /** What the tenant is granted of a capacity that tenants share, and why it is not more. */
  grant?: Under["grant"] | null;
  /** Measured time from a decision to a job running with it, in milliseconds. */
  leadMs?: number | null;
  /** A size at which a person holds the tenant. */
  hold?: Hold | null;
}

export interface JobPlan {
  name: string;
  parallelism: number;
}

/** What should run at an instant; both targets render this. */
export interface Plan {
  /** Name of what is in force: a window, `otherwise`, or exceptions over them. */
  window: string;
  floor: number;
  ceiling: number;
  taskManagers: number;
  /** TaskManagers × slots per TaskManager. */
  slots: number;
  jobs: JobPlan[];
  decision: Decision;
  /** The decision as a sentence. */
  explanation: string;
  /** What is cut now from what is wanted, also where the decision stands. */
  cuts: Reason[];
  /** When another window or exception will be in force, ISO 8601 in UTC; undefined where none is foreseen. */
  nextEdge?: string;
}

/** What should run for a tenant at an instant, with all that is printed of it. */
export function planFor(tenant: Tenant, now: Date, observed: Observed): Plan {
  const { decision, cuts } = decide(tenant, now, observed);
  const edge = nextEdge(tenant, now, leadFor(tenant, underOf(tenant, observed, now).leadMs));
  return {
    window: decision.window,
    floor: decision.floor,
    ceiling: decision.ceiling,
    taskManagers: decision.to.taskManagers,
    slots: decision.to.taskManagers * tenant.taskManager.slots,
    jobs: tenant.jobs.map((job) => ({
      name: job.name,
      parallelism: decision.to.parallelism[job.name] ?? 1,
    })),
    decision,
    explanation: explain(decision),
    cuts,
    ...(edge === undefined ? {} : { nextEdge: new Date(edge).toISOString() }),
  };
}

/**
 * The decision of a plan.
 *
 * One stands as long as its window is in force, its configuration is unchanged and no load advises otherwise, so that
 * a plan made again a minute later changes nothing (law 3); it is only clamped to the bounds. What the load raised
 * above the configuration is kept over an edge: the load takes it back.
 */
export function decisionFor(tenant: Tenant, now: Date, observed: Observed): Decision {
  return decide(tenant, now, observed).decision;
}

function decide(
  tenant: Tenant,
  now: Date,
  observed: Observed,
): { decision: Decision; cuts: Reason[] } {
  const last = observed.decision;
  const under = underOf(tenant, observed, now);
  const inForce = windowAt(tenant, now, leadFor(tenant, under.leadMs));
  const { name } = inForce;
  const bounds = heldBounds(tenant, inForce.bounds, under.hold);
  const configured = configuredCapacity(tenant, inForce.bounds);
  const stands = last?.window === name && sameCapacity(last.configured, configured);
  const others = slotShortage(tenant, observed);
  const more = grantReasons(last?.under?.grant, under.grant);
  const hold = holdReasons(last?.under?.hold, under.hold);
  const keeps = stands && hold.length === 0 && more.length === 0;
  const kept = keeps && !isAdvised(observed) ? last.to.taskManagers : bounds.floor;
  const { capacity, reasons: cuts } = limited(tenant, limitsOf(bounds, under), {
    parallelism: wantedJobs(tenant, configured, { stands, keeps }, observed),
    runs: last?.to.parallelism ?? {},
    configured: configured.parallelism,
    taskManagers: Math.max(kept, others.taskManagers),
    otherSlots: others.otherSlots,
  });
  fill(tenant, capacity, observed, others.otherSlots);
  const settled =
    stands && last.floor === bounds.floor && last.ceiling === bounds.ceiling && hold.length === 0;
  if (settled && sameCapacity(last.to, capacity)) return { decision: last, cuts };
  const why = [...hold, ...more, ...adviceReasons(observed), ...others.reasons];
  const sameWindow = stands && (settled || hold.length > 0);
  const clock = sameWindow && (cuts.length > 0 || why.length > 0) ? [] : [changeReason(last, name)];
  const decision: Decision = {
    at: now.toISOString(),
    window: name,
    floor: bounds.floor,
    ceiling: bounds.ceiling,
    configured,
    from: last?.to ?? null,
    to: capacity,
    reasons: [...clock, ...why, ...cuts],
    ...(Object.keys(under).length === 0 ? {} : { under }),
  };
  return { decision, cuts };
}

/** What is observed, else what the last decision was taken under; a hold that is over is none. */
function underOf(tenant: Tenant, observed: Observed, now: Date): Under {
  const { decision, leadMs, grant, hold } = observed;
  const last = decision?.under;
  const measured = leadMs === undefined ? last?.leadMs : (leadMs ?? undefined);
  const under = {
    leadMs: isTooLate(tenant, decision, measured, now) ? last?.leadMs : measured,
    grant: grant === undefined ? last?.grant : (grant ?? undefined),
    hold: hold === undefined ? last?.hold : (hold ?? undefined),
  };
  const over = under.hold !== undefined && Date.parse(under.hold.until) <= now.getTime();
  return {
    ...(under.leadMs === undefined ? {} : { leadMs: under.leadMs }),
    ...(under.grant === undefined ? {} : { grant: under.grant }),
    ...(under.hold === undefined || over ? {} : { hold: under.hold }),
  };
}

/** True where the lead would close a window again that the last decision's lead opened early. */
function isTooLate(
  tenant: Tenant,
  last: Decision | undefined,
  leadMs: number | undefined,
  now: Date,
): boolean {
  const opens = (ms: number | undefined) =>
    windowAt(tenant, now, leadFor(tenant, ms)).name === last?.window;
  const isShorter = leadFor(tenant, leadMs) < leadFor(tenant, last?.under?.leadMs);
  return isShorter && !opens(leadMs) && opens(last?.under?.leadMs);
}

/** A hold is both floor and ceiling: within the quota, and with a slot for each job's smallest parallelism. */
function heldBounds(tenant: Tenant, bounds: Bounds, hold: Hold | undefined): Bounds {
  if (hold === undefined) return bounds;
  const smallest = tenant.jobs.reduce((sum, { parallelism }) => sum + parallelism.min, 0);
  const least = Math.max(1, taskManagersFor(smallest, tenant.taskManager.slots));
  const most = tenant.quota?.taskManagers ?? Infinity;
  const held = Math.min(Math.max(hold.taskManagers, least), most);
  return { ...bounds, floor: held, ceiling: held };
}

/** Why a hold that begins, changes or ends is a reason. */
function holdReasons(before: Hold | undefined, now: Hold | undefined): Reason[] {
  if (before?.taskManagers === now?.taskManagers && before?.until === now?.until) return [];
  if (now !== undefined) return [{ kind: "held", ...now }];
  return before === undefined ? [] : [{ kind: "hold-ended", taskManagers: before.taskManagers }];
}

/** More than before of what tenants share; less of it shows in what is cut. */
function grantReasons(before: Under["grant"], now: Under["grant"]): Reason[] {
  if (before === undefined || (now?.taskManagers ?? Infinity) <= before.taskManagers) return [];
  return [{ kind: "regranted", before: before.taskManagers }];
}

function adviceReasons({ advice }: Observed): Reason[] {
  return Object.values(advice ?? {}).flatMap((job) => job?.reasons ?? []);
}

function limitsOf(bounds: Bounds, { grant }: Under): Limits {
  if (grant === undefined || grant.taskManagers >= bounds.ceiling) return bounds;
  const ceiling = grant.taskManagers;
  return { floor: Math.min(bounds.floor, ceiling), ceiling, by: grant.limit };
}

function isAdvised({ advice }: Observed): boolean {
  for (const job in advice) if (advice[job] !== undefined) return true;
  return false;
}

/**
 * Parallelism by job, before any limit: advice and what runs, but not below the configuration; only what `keeps` may
 * stay below it, cut as it was.
 */
function wantedJobs(
  tenant: Tenant,
  configured: Capacity,
  { stands, keeps }: { stands: boolean; keeps: boolean },
  { decision: last, advice }: Observed,
): Record<string, number> {
  const parallelism: Record<string, number> = {};
  for (const { name } of tenant.jobs) {
    const least = configured.parallelism[name] ?? 1;
    const runs = stands ? last?.to.parallelism[name] : raisedByLoad(last, name);
    const advised = advice?.[name]?.parallelism;
    const stays = keeps && advised === undefined && runs !== undefined;
    parallelism[name] = stays ? runs : Math.max(advised ?? runs ?? least, least);
  }
  return parallelism;
}

/** A parallelism above what was configured then. */
function raisedByLoad(last: Decision | undefined, job: string): number | undefined {
  const ran = last?.to.parallelism[job];
  return ran !== undefined && ran > (last?.configured.parallelism[job] ?? 0) ? ran : undefined;
}

/**
 * The source documents' rule on free slots, for slots that jobs hold which the plan does not know: those it knows are
 * sized by their load.
 */
function slotShortage(tenant: Tenant, { decision: last, slots }: Observed) {
  const none = { taskManagers: 0, otherSlots: 0, reasons: [] as Reason[] };
  if (slots === undefined || last === undefined) return none;
  const otherSlots = Math.max(0, slots.total - slots.available - slotsOf(last.to.parallelism));
  if (otherSlots === 0) return none;
  const current = taskManagersFor(slots.total, tenant.taskManager.slots);
  const taskManagers = taskManagersBySlots(current, slots);
  const held: Reason = { kind: "other-slots", slots: otherSlots };
  if (taskManagers === current) return { taskManagers: 0, otherSlots, reasons: [held] };
  return { taskManagers, otherSlots, reasons: [held, { kind: "slots" as const, ...slots }] };
}

/**
 * Slots that are paid for anyway go to the largest of the jobs that are rescaled now, as far as they are of use; but
 * what is to go down does not go up by it.
 */
function fill(
  tenant: Tenant,
  capacity: Capacity,
  { advice, decision: last }: Observed,
  otherSlots: number,
): void {
  const spare =
    capacity.taskManagers * tenant.taskManager.slots - slotsOf(capacity.parallelism) - otherSlots;
  const jobs = tenant.jobs.filter(({ name }) => advice?.[name] !== undefined);
  const size = (name: string) => capacity.parallelism[name] ?? 0;
  const [largest] = jobs.sort((a, b) => size(b.name) - size(a.name));
  if (largest === undefined || spare <= 0) return;
  const down = advice?.[largest.name]?.direction === "down";
  const ran = down ? (last?.to.parallelism[largest.name] ?? Infinity) : Infinity;
  const most = Math.min(size(largest.name) + spare, largest.parallelism.max, ran);
  const filled = aligned(most, largest.maxParallelism);
  capacity.parallelism[largest.name] = Math.max(size(largest.name), filled);
}

function changeReason(last: Decision | undefined, window: string): Reason {
  if (last === undefined) return { kind: "first-plan" };
  if (last.window !== window) return { kind: "window-opened", window, before: last.window };
  return { kind: "config-changed", window };
}
