import type { Entry, EntryOf } from "../journal-entry";
import { machineZone, printDay, printTime } from "./clock";
import { narrate, printAct, printOutcome, sentence, unended } from "./entry";

export interface LogOptions {
  /** IANA name. @default the machine's */
  zone?: string;
  /** How many lines at most, the newest. @default all */
  last?: number;
  /** Fence of a conductor that is in the midst of an update of this tenant. */
  underWay?: number;
}

/**
 * A journal for people: a line for each update with its result, and for everything else that happened; under a line
 * for each day.
 */
export function narrateLog(
  entries: readonly Entry[],
  { zone = machineZone(), last = Infinity, underWay }: LogOptions = {},
): string {
  const lines: string[] = [];
  let day = "";
  for (const { atMs, text } of eventsOf(entries, zone, underWay).slice(-last)) {
    if (printDay(atMs, zone) !== day) {
      day = printDay(atMs, zone);
      lines.push(`${day}, ${zone}`);
    }
    lines.push(`  ${printTime(atMs, zone)} ${text}`);
  }
  return lines.join("\n");
}

interface LogEvent {
  atMs: number;
  text: string;
}

function eventsOf(entries: readonly Entry[], zone: string, underWay?: number): LogEvent[] {
  const ends = new Map(
    entries.flatMap((entry) => (entry.kind === "done" ? [[entry.id, entry] as const] : [])),
  );
  const begun = new Set(entries.flatMap((entry) => (entry.kind === "act" ? [entry.id] : [])));
  const newest = entries.findLast((entry) => entry.kind === "act");
  return entries.flatMap((entry) => {
    if (entry.kind === "done" && begun.has(entry.id)) return [];
    const atMs = Date.parse(entry.at);
    if (entry.kind !== "act") return [{ atMs, text: narrate(entry, zone) }];
    const goesOn = entry === newest && entry.fence === underWay;
    return [{ atMs, text: printUpdate(entry, ends.get(entry.id), goesOn) }];
  });
}

/** An update with its result. */
function printUpdate(
  act: EntryOf<"act">,
  done: EntryOf<"done"> | undefined,
  goesOn: boolean,
): string {
  const open = goesOn ? "under way" : NO_RESULT;
  return sentence(`${unended(printAct(act))}; ${done === undefined ? open : printOutcome(done)}`);
}

/** What is to say of an update without a result whose conductor is not at it. */
export const NO_RESULT = "its conductor died; the next one goes on from what it finds";
