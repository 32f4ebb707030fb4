import { NO_WINDOW } from "../../../policies/decision";
import { explain } from "../../../policies/explain";
import type { Tenant } from "../../../policies/tenant";
import type { Entry, EntryOf } from "../journal-entry";
import { unfinished } from "../journal";
import type { Orders } from "../orders";
import type { TenantView } from "../tenant-view";
import { printAhead, printInstant, printSpan, zoneOf, type Telling } from "./clock";
import { edgeSentences } from "./edges";
import { printHold, sentence } from "./entry";
import { isStale, printStale, workOf } from "./freshness";
import { jobSentences } from "./job";
import { NO_RESULT } from "./log";

/**
 * Why a tenant is as it is: what runs, since when and because of what, what is measured, what holds it back, and what
 * the clock brings next. A line each.
 *
 * @param view what the conductor published last; undefined where it has not
 * @param entries of the tenant's journal, oldest first; some of the last are enough
 * @param tenant for its time zone and the edges of its windows; without it, instants are in the machine's zone
 */
export function why(
  view: TenantView | undefined,
  entries: readonly Entry[],
  orders: Orders,
  now: Date,
  tenant?: Tenant,
): string {
  const at: Telling = { nowMs: now.getTime(), zone: zoneOf(tenant) };
  const seen = view === undefined ? withoutView(entries, at) : withView(view, entries, at);
  const back = [...heldBack(view, orders, at), ...open(view, entries, at)];
  return [...seen, ...back, ...edgeSentences(view, tenant, at)].join("\n");
}

function withoutView(entries: readonly Entry[], { zone }: Telling): string[] {
  const act = entries.findLast(isAct);
  const journal =
    act === undefined
      ? ["Its journal has no decision."]
      : [`The last decision, of ${told(act.at, zone)}: ${explain(act.decision)}`];
  return ["No conductor tells of it now.", ...journal];
}

function withView(view: TenantView, entries: readonly Entry[], at: Telling): string[] {
  const { atMs, decision, explanation } = view;
  return [
    ...(isStale(atMs, at.nowMs) ? [`What is told here is ${printStale(atMs, at.nowMs)}.`] : []),
    `${view.tenant} has ${taskManagers(view)}${since(view, entries, at)}.`,
    ...(decision === null ? [] : [`Because: ${explanation ?? explain(decision)}`]),
    ...healed(view, entries, at),
    `${inForce(view)} ${view.floor} to ${view.ceiling} TaskManagers.`,
    ...view.jobs.flatMap(jobSentences),
  ];
}

function taskManagers(view: TenantView): string {
  const { taskManagers: count, wantedTaskManagers: wanted, slotsTotal, slotsAvailable } = view;
  const asked = wanted === null || wanted === count ? "" : `, ${wanted} wanted`;
  if (count === null) return `a number of TaskManagers that is not known${asked}`;
  const slots =
    slotsTotal === null || slotsAvailable === null
      ? ""
      : ` with ${slotsTotal - slotsAvailable} of ${slotsTotal} slots in use`;
  return `${count} TaskManager${count === 1 ? "" : "s"}${asked}${slots}`;
}

/** Since the update that brought the decision in force ended. */
function since({ decision }: TenantView, entries: readonly Entry[], at: Telling): string {
  if (decision === null) return "";
  const ids = entries.flatMap((e) => (isAct(e) && e.decision.at === decision.at ? [e.id] : []));
  const done = entries.find((e) => e.kind === "done" && e.ok && ids.includes(e.id));
  const ms = Date.parse(done?.at ?? decision.at);
  const how = done === undefined ? "as decided at" : "since";
  return `, ${how} ${printInstant(ms, at.zone, at.nowMs)} (${printSpan(at.nowMs - ms)} ago)`;
}

/** What was mended since the decision. */
function healed({ decision }: TenantView, entries: readonly Entry[], { zone }: Telling): string[] {
  const after = decision === null ? Infinity : Date.parse(decision.at);
  const heals = entries
    .filter(isAct)
    .filter(({ cause, at }) => cause === "heal" && Date.parse(at) >= after);
  const last = heals.at(-1);
  if (last === undefined) return [];
  const times = heals.length === 1 ? "once" : `${heals.length} times`;
  const found = last.found === undefined ? "." : `: ${sentence(last.found)}`;
  return [`Healed ${times} since then, last at ${told(last.at, zone)}${found}`];
}

function inForce({ window, hold }: TenantView): string {
  if (hold !== null) return "While it is held, it has";
  return window === NO_WINDOW ? "Outside the windows it has" : `Window ${window} allows`;
}

/** What keeps anything from being changed. */
function heldBack(
  view: TenantView | undefined,
  { paused, hold }: Orders,
  { nowMs, zone }: Telling,
): string[] {
  const untilMs = Date.parse(hold?.until ?? "");
  return [
    ...(paused ? ["It is paused: nothing is changed until somebody resumes it."] : []),
    ...(hold === undefined
      ? []
      : [`It is to be ${printHold(hold, zone)} (${printAhead(untilMs, nowMs)}).`]),
    ...(view?.problem == null ? [] : [`Problem: ${sentence(view.problem)}`]),
    ...(view?.alerts ?? []).map((alert) => `Alert: ${sentence(alert)}`),
  ];
}

/** What is under way, or was when its conductor died. */
function open(
  view: TenantView | undefined,
  entries: readonly Entry[],
  { nowMs, zone }: Telling,
): string[] {
  const doing = workOf(view, nowMs);
  if (doing !== undefined) return [`Now: ${sentence(doing)}`];
  const dead = unfinished(entries).at(-1);
  if (dead === undefined || dead !== entries.findLast(isAct)) return [];
  return [`The update of ${told(dead.at, zone)} has no result: ${NO_RESULT}.`];
}

function isAct(entry: Entry): entry is EntryOf<"act"> {
  return entry.kind === "act";
}

function told(at: string, zone: string): string {
  return printInstant(Date.parse(at), zone);
}
