import type { Capacity, Hold } from "../../../policies/decision";
import { explain } from "../../../policies/explain";
import { span } from "../../simulate/print";
import type { Entry, EntryOf } from "../journal-entry";
import { machineZone, printInstant } from "./clock";

/**
 * An entry of the journal as a plain sentence on one line.
 *
 * @param zone IANA name of the zone in which instants are told. @default the machine's
 */
export function narrate(entry: Entry, zone = machineZone()): string {
  switch (entry.kind) {
    case "act":
      return printAct(entry);
    case "done":
      return printDone(entry);
    case "skipped":
      return sentence(`Nothing was done: ${entry.reason}`);
    case "lock-broken":
      return `A stale lock on the stack was removed, whose holder, process ${entry.pid} on ${entry.host}, is dead: ${sentence(entry.proof)}`;
    case "restarted":
      return `Container ${entry.container} was restarted: ${sentence(entry.why)}`;
    case "order":
      return printOrder(entry, zone);
    case "alert":
      return `Alert ${entry.alert}${entry.state === "firing" ? "" : " is over"}: ${sentence(entry.sentence)}`;
    case "conductor":
      return sentence(entry.sentence);
  }
}

/** What an update was to bring, and why. */
export function printAct({ cause, found, decision }: EntryOf<"act">): string {
  if (cause === "decision") return explain(decision);
  const what = found === undefined ? "what runs is not what should" : unended(found);
  return `Healing: ${what}; to run again: ${printCapacity(decision.to)}.`;
}

function printDone(done: EntryOf<"done">): string {
  return `The update ${done.ok ? "is " : ""}${printOutcome(done)}.`;
}

/** How an update ended, without a full stop: `done in 8.4 s`. */
export function printOutcome({ ok, seconds, changes, settledOn, errors }: EntryOf<"done">): string {
  const took = span(seconds);
  if (!ok) {
    return `failed after ${took}: ${errors.map(unended).join("; ") || "it did not say why"}`;
  }
  const nothing = Object.keys(changes).length === 0 ? ", nothing changed" : "";
  const other =
    settledOn === undefined ? "" : `; the stack settled on ${unended(explain(settledOn))}`;
  return `done in ${took}${nothing}${other}`;
}

/** `TaskManagers 2, wordcount parallelism 4` */
export function printCapacity({ taskManagers, parallelism }: Capacity): string {
  const jobs = Object.entries(parallelism).map(([job, p]) => `, ${job} parallelism ${p}`);
  return `TaskManagers ${taskManagers}${jobs.join("")}`;
}

/** `held at 6 TaskManagers until 2026-11-23 18:00` */
export function printHold({ taskManagers, until }: Hold, zone: string): string {
  return `held at ${taskManagers} TaskManagers until ${printInstant(Date.parse(until), zone)}`;
}

function printOrder({ order, hold, from }: EntryOf<"order">, zone: string): string {
  if (order === "pause") return `By hand (${from}): paused.`;
  if (order === "resume") return `By hand (${from}): resumed.`;
  return `By hand (${from}): ${hold === undefined ? "held" : printHold(hold, zone)}.`;
}

/** On one line, with one full stop. */
export function sentence(text: string): string {
  return `${unended(text)}.`;
}

/** On one line, without a full stop. */
export function unended(text: string): string {
  return text.replace(/\s+/g, " ").trim().replace(/\.$/, "");
}
