import type { JournalPart } from "../conductor/journal";
import type { Entry, EntryOf } from "../conductor/journal-entry";

/** Kinds that say what became of an update whose conductor died. */
const NOTES: ReadonlySet<Entry["kind"]> = new Set(["conductor", "lock-broken", "skipped", "act"]);

/**
 * What is wrong with a tenant's journal, as sentences: every line can be read; an update is followed by its end or,
 * where its conductor died, by a note; none begins before the one before has ended unless another conductor has taken
 * over; and tokens never get smaller.
 *
 * @param own the conductor's journal of itself
 */
export function journalFaults(journal: JournalPart, own: JournalPart): string[] {
  const { entries } = journal;
  const unreadable = journal.unreadable + own.unreadable;
  const faults = unreadable === 0 ? [] : [`${unreadable} lines can't be read`];
  const acts = entries.filter((entry) => entry.kind === "act");
  for (const [i, act] of acts.entries()) {
    const next = acts[i + 1];
    const later = entries.slice(entries.indexOf(act) + 1);
    const end = later.find((entry) => entry.kind === "done" && entry.id === act.id);
    if (end === undefined && !isNoted(act, later, own.entries)) {
      faults.push(`the update of ${act.at} has no end, and nothing says why`);
    }
    if (next === undefined) continue;
    if (next.fence < act.fence) {
      faults.push(`the update of ${next.at} has token ${next.fence}, after ${act.fence}`);
    }
    const overlaps = end === undefined || entries.indexOf(end) > entries.indexOf(next);
    if (overlaps && next.fence <= act.fence) {
      faults.push(`the update of ${next.at} began before that of ${act.at} had ended`);
    }
  }
  return faults;
}

function isNoted(act: EntryOf<"act">, later: readonly Entry[], own: readonly Entry[]): boolean {
  return (
    later.some(({ kind }) => NOTES.has(kind)) ||
    own.some(({ kind, at }) => kind === "conductor" && Date.parse(at) > Date.parse(act.at))
  );
}
