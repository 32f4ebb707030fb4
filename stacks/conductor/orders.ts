import * as fs from "node:fs/promises";
import * as path from "node:path";
import { lock } from "proper-lockfile";
import { z } from "zod";
import { writeDurably } from "../../infra/durable-file";
import { UserError } from "../../infra/errors";
import { taskManagersFor } from "../../policies/capacity-plan";
import { holdSchema, type Hold } from "../../policies/decision";
import { problemsOf, type Problem } from "../../policies/problem";
import type { Tenant } from "../../policies/tenant";
import { DAY_MS } from "../../policies/time-window";
import { duration } from "../../policies/units";
import { zoneClock } from "../../policies/zone-clock";
import { Journal } from "./journal";
import type { EntryOf } from "./journal-entry";

/** What people have told the conductor about a tenant. */
export const ordersSchema = z.strictObject({
  /** Nothing is changed while it is. @default false */
  paused: z.boolean().default(false),
  /** A size at which the tenant is kept. */
  hold: holdSchema.optional(),
});
export type Orders = z.output<typeof ordersSchema>;

/** The orders in force at `now`: a missing file is none, and so is a hold that is over. Throws UserError. */
export async function readOrders(file: string, now = new Date()): Promise<Orders> {
  let text: string;
  try {
    text = await fs.readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { paused: false };
    throw error;
  }
  const { paused, hold } = parsed(file, text);
  const over = hold === undefined || Date.parse(hold.until) <= now.getTime();
  return over ? { paused } : { paused, hold };
}

const MEND =
  'Fix: write {"paused": true} or {"paused": false} into it, or remove it so that nothing is ordered.';

function parsed(file: string, text: string): Orders {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new UserError(`The orders ${file} are not JSON (${(error as Error).message}). ${MEND}`);
  }
  const result = ordersSchema.safeParse(raw);
  if (result.success) return result.data;
  throw new UserError(`The orders ${file} can't be read. ${MEND}`, problemsOf(result.error, raw));
}

/** Replaces the orders in one durable step. */
export async function writeOrders(file: string, orders: Orders): Promise<void> {
  await writeDurably(file, `${JSON.stringify(ordersSchema.parse(orders), null, 2)}\n`);
}

export type Order = { order: "pause" } | { order: "resume" } | { order: "hold"; hold: Hold };

/**
 * Takes an order: the journal says it first, so that none is in force of which nobody knows where it came from. Who
 * orders at the same time, here or in another process, waits. A pause leaves a hold as it is; `resume` ends the pause or,
 * where there is none, the hold. Throws UserError where the orders that are there can't be read.
 *
 * @param from `command` or `page`
 * @returns the orders in force
 */
export async function giveOrder(
  place: { orders: string; journal: Journal },
  order: Order,
  from: string,
  now = new Date(),
): Promise<Orders> {
  await fs.mkdir(path.dirname(place.orders), { recursive: true, mode: 0o700 });
  const retries = { retries: 100, factor: 1, minTimeout: 100, maxTimeout: 100 };
  // A process that is frozen for longer loses its hold; the worst of it is that the later of two orders stands.
  const lost = { stale: 5_000, onCompromised: () => undefined };
  const release = await lock(place.orders, { realpath: false, retries, ...lost });
  try {
    const orders = changed(await readOrders(place.orders, now), order);
    const entry: EntryOf<"order"> = { kind: "order", at: now.toISOString(), ...order, from };
    await place.journal.append(entry);
    await writeOrders(place.orders, orders);
    return orders;
  } finally {
    await release().catch(() => undefined);
  }
}

function changed(orders: Orders, order: Order): Orders {
  switch (order.order) {
    case "pause":
      return { ...orders, paused: true };
    case "resume":
      return orders.paused ? { ...orders, paused: false } : { paused: false };
    case "hold":
      return { ...orders, hold: order.hold };
  }
}

/** Why a tenant can't be held at so many TaskManagers; undefined where it can. */
export function checkHold(
  { quota, jobs, taskManager }: Tenant,
  taskManagers: number,
): Problem | undefined {
  const problem = (fault: string, fix: string): Problem => ({
    path: "--task-managers",
    value: taskManagers,
    fault,
    fix,
  });
  if (quota !== undefined && taskManagers > quota.taskManagers) {
    return problem(
      `it exceeds the tenant's quota of ${quota.taskManagers}`,
      `give at most ${quota.taskManagers}, or raise quota.taskManagers in the tenant's file`,
    );
  }
  const smallest = jobs.reduce((sum, { parallelism }) => sum + parallelism.min, 0);
  const slots = taskManagers * taskManager.slots;
  if (slots >= smallest && taskManagers > 0) return undefined;
  const least = Math.max(1, taskManagersFor(smallest, taskManager.slots));
  return problem(
    `they have ${slots} slots, and the jobs need at least ${smallest}`,
    `give at least ${least}`,
  );
}

const UNTIL_FIX =
  "write a time of day such as 18:00, a duration such as 90m or 2h, or an instant with its zone such as 2026-11-21T18:00:00+08:00";
const MOST_DAYS = 366;
/** With seconds or to the minute. */
const instant = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
]);

/**
 * When something is to end, as people type it: `18:00` (the next time a zone's clock shows it), `90m`, `2h` (from now
 * on), `2026-11-21T18:00:00+08:00`.
 *
 * @param zone IANA name, for a time of day
 * @throws UserError for anything else, what is past, and what is more than a year ahead
 */
export function parseUntil(text: string, now: Date, zone: string): Date {
  const refused = (fault: string, fix: string) =>
    new UserError("The end can't be used:", [{ path: "--until", value: text, fault, fix }]);
  const ms = instantOf(text.trim(), now.getTime(), zone);
  if (ms === undefined) throw refused("it is no time at which something could end", UNTIL_FIX);
  if (ms <= now.getTime()) throw refused("it is not after now", "give a later one");
  if (ms > now.getTime() + MOST_DAYS * DAY_MS) {
    throw refused("it is more than a year ahead", "give an earlier one");
  }
  return new Date(ms);
}

function instantOf(text: string, nowMs: number, zone: string): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours !== undefined) return nextTime(Number(hours) * 60 + Number(minutes), nowMs, zone);
  const span = duration.safeParse(text);
  if (span.success) return nowMs + span.data;
  return instant.safeParse(text).success ? Date.parse(text) : undefined;
}

/** The next instant at which a zone's clock shows a time of day; where clocks skip it, the moment of the jump. */
function nextTime(minutes: number, nowMs: number, zone: string): number | undefined {
  const clock = zoneClock(zone);
  const today = Math.floor(clock.wallAt(nowMs) / DAY_MS);
  const times = [today, today + 1].flatMap((day) => {
    const wall = day * DAY_MS + minutes * 60_000;
    const first = clock.instantOf(wall);
    // Where clocks are set back, they show it a second time.
    const second = wall - clock.offsetAt(first + DAY_MS);
    return clock.wallAt(second) === wall ? [first, second] : [first];
  });
  return times.filter((ms) => ms > nowMs).sort((a, b) => a - b)[0];
}
