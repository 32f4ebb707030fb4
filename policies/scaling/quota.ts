import { taskManagersFor } from "../capacity-plan";
import type { Tenant } from "../tenant";
import { fillFairly, type Taker } from "./fair-share";
import type { Cap, Grant, Holder } from "./grant";

/** What a tenant claims of the platform's capacity. Counts are whole TaskManagers. */
export interface Claim {
  name: string;
  /** What is guaranteed to it, if it wants as many. */
  floor: number;
  wanted: number;
  /** The higher is served first. */
  priority: number;
  /** Its part among tenants of the same priority grows with this; above 0. */
  weight: number;
  slotsPerTaskManager: number;
  /** What it runs now. */
  holds: number;
}

/** A tenant's claim: name, priority, weight and slots from its file. */
export function claimOf(
  { name, share, taskManager }: Pick<Tenant, "name" | "share" | "taskManager">,
  counts: Pick<Claim, "floor" | "wanted" | "holds">,
): Claim {
  return { name, ...share, slotsPerTaskManager: taskManager.slots, ...counts };
}

/** TaskManagers that may be left running: no fewer than hold the slots in use. */
export function safeTaskManagers(
  wanted: number,
  usedSlots: number,
  slotsPerTaskManager: number,
): number {
  return Math.max(wanted, taskManagersFor(usedSlots, slotsPerTaskManager));
}

type Row = Taker & { claim: Claim };

/**
 * Shares the platform's capacity among its tenants, whose names differ: floors first, then what more they want; each
 * by priority, the higher first, and among equal priority by weighted max-min fairness over all that a tenant gets.
 * Requests are cut, never refused. The grants stand in the order of the claims, which changes nothing in them.
 *
 * Where all TaskManagers have the same number of slots, more capacity lowers nobody's grant. Where they don't, it
 * may: a large TaskManager that fits at last takes the place of small ones.
 *
 * @param capacitySlots slots of all TaskManagers together; left out: unbounded
 */
export function shareCapacity(claims: readonly Claim[], capacitySlots = Infinity): Grant[] {
  const rows = claims.map((claim) => rowOf(claim, 0, guaranteed(claim)));
  const rest = fillByPriority(rows, capacitySlots);
  for (const row of rows) row.upTo = row.claim.wanted;
  const freeSlots = fillByPriority(rows, rest);
  const atOnce = fillNow(rows, capacitySlots);
  let caps: ((of: Row) => Cap) | undefined;
  const capFor = (row: Row) => (caps ??= capsOf(rows, capacitySlots, freeSlots))(row);
  return rows.map((row, i) => ({
    name: row.name,
    wanted: row.claim.wanted,
    granted: row.given,
    atOnce: atOnce[i] ?? 0,
    ...(row.given < row.claim.wanted ? { cap: capFor(row) } : {}),
  }));
}

/** By name and not by `...`: a conductor shares a thousand claims anew for each that changes. */
function rowOf(claim: Claim, given: number, upTo: number): Row {
  const { name, weight, slotsPerTaskManager } = claim;
  return { name, weight, slotsPerTaskManager, claim, given, upTo };
}

function guaranteed({ floor, wanted }: Claim): number {
  return Math.min(floor, wanted);
}

function fillByPriority(rows: readonly Row[], freeSlots: number): number {
  const classes = new Map<number, Row[]>();
  for (const row of rows) {
    const members = classes.get(row.claim.priority) ?? [];
    members.push(row);
    classes.set(row.claim.priority, members);
  }
  return [...classes]
    .sort(([a], [b]) => b - a)
    .reduce((free, [, members]) => fillFairly(members, free), freeSlots);
}

/** What of its grant each may run while nobody has given anything up yet. */
function fillNow(rows: readonly Row[], capacitySlots: number): number[] {
  const now = rows.map(({ claim, given }) => rowOf(claim, Math.min(given, claim.holds), given));
  const held = rows.reduce((sum, { claim }) => sum + claim.holds * claim.slotsPerTaskManager, 0);
  fillByPriority(now, Math.max(0, capacitySlots - held));
  return now.map(({ given }) => given);
}

const SHOWN = 3;

function capsOf(rows: readonly Row[], capacitySlots: number, freeSlots: number): (of: Row) => Cap {
  const having = rows.filter(({ given }) => given > 0);
  const most = [...having]
    .sort((a, b) => slotsOf(b) - slotsOf(a) || (a.name < b.name ? -1 : 1))
    .slice(0, SHOWN + 1);
  const total = having.reduce((sum, row) => sum + slotsOf(row), 0);
  return (of) => {
    const shown = most.filter((row) => row !== of).slice(0, SHOWN);
    const slots = shown.reduce((sum, row) => sum + slotsOf(row), slotsOf(of));
    return {
      capacitySlots,
      freeSlots,
      holders: shown.map((row) => holder(row, of)),
      others: {
        tenants: having.length - shown.length - (of.given > 0 ? 1 : 0),
        slots: total - slots,
      },
    };
  };
}

function slotsOf({ given, slotsPerTaskManager }: Row): number {
  return given * slotsPerTaskManager;
}

function holder(row: Row, of: Row): Holder {
  return { name: row.name, slots: slotsOf(row), because: because(row, of) };
}

function because(row: Row, of: Row): Holder["because"] {
  if (row.given <= guaranteed(row.claim)) return "floor";
  if (row.claim.priority > of.claim.priority) return "priority";
  return row.claim.priority === of.claim.priority ? "share" : "rest";
}
