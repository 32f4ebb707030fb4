import type { Reason } from "../decision";
import { printReason } from "../explain";
import { printSeconds } from "./print-seconds";

/** Something that is wrong now. */
export type Condition =
  /** Updates in a row; `error` is what the last one said. */
  | { alert: "update-failed"; failures: number; error?: string }
  | { alert: "job-not-running"; job: string; state: string; exception?: string }
  /** Less is given than wanted, and why. */
  | { alert: "capped"; cuts: readonly Reason[] }
  | { alert: "metrics-missing"; job: string }
  | { alert: "cluster-unreachable" }
  | { alert: "healing-gave-up"; subject: string; why: string };
export type AlertName = Condition["alert"];

/** An alert that began or ended. */
export interface AlertChange {
  /** The alert's name, with a colon and its job or TaskManager where there may be several: `job-not-running:wordcount`. */
  alert: string;
  state: "firing" | "resolved";
  sentence: string;
}

export interface AlertSettings {
  /** How long a condition has to last before its alert fires, in milliseconds. */
  afterMs: Readonly<Record<AlertName, number>>;
  /** How long it has to be gone before the alert is resolved, in milliseconds. */
  goneMs: number;
}

/** @param cappedMinutes how long a tenant may be cut before somebody is told */
export function alertSettings(cappedMinutes = 15): AlertSettings {
  const afterMs = {
    "update-failed": 0,
    // A rescale takes seconds, a lost TaskManager less than this.
    "job-not-running": 60_000,
    capped: cappedMinutes * 60_000,
    "metrics-missing": 120_000,
    // The container restarts by itself, within 20 s.
    "cluster-unreachable": 60_000,
    "healing-gave-up": 0,
  };
  return { afterMs, goneMs: 30_000 };
}

interface Entry {
  /** When the condition began, and was last seen. */
  sinceMs: number;
  seenMs: number;
  goneSinceMs?: number;
  firing: boolean;
  sentence: string;
}

/** Which alerts of a tenant fire. Deterministic; only differences of `atMs` are used. */
export class AlertBook {
  private readonly entries = new Map<string, Entry>();
  private lastMs = -Infinity;

  /**
   * @param atMs of a clock that is not set
   * @param firing alerts that fired when the book before this one ended: they are resolved like any other
   */
  constructor(
    atMs: number,
    private readonly settings: AlertSettings = alertSettings(),
    firing: readonly { alert: string; sentence: string }[] = [],
  ) {
    for (const { alert, sentence } of firing) {
      this.entries.set(alert, { sinceMs: atMs, seenMs: atMs, firing: true, sentence });
    }
  }

  /** `unknown`: alerts whose conditions can't be told now; those begin nothing and end nothing. */
  update(
    conditions: readonly Condition[],
    atMs: number,
    unknown: readonly AlertName[] = [],
  ): AlertChange[] {
    if (atMs < this.lastMs) this.clockWentBack(atMs);
    this.lastMs = atMs;
    const present = new Map(conditions.map((condition) => [keyOf(condition), condition]));
    const held = new Set<string>(unknown);
    const changes: AlertChange[] = [];
    for (const [alert, entry] of this.entries) {
      if (present.has(alert)) continue;
      if (!this.isOver(entry, atMs, held.has(nameOf(alert)))) continue;
      this.entries.delete(alert);
      if (entry.firing) changes.push({ alert, state: "resolved", sentence: overSentence(entry) });
    }
    for (const [alert, condition] of present) {
      const entry = this.entryOf(alert, atMs);
      entry.sentence = sentenceOf(condition, atMs - entry.sinceMs);
      if (entry.firing || atMs - entry.sinceMs < this.settings.afterMs[condition.alert]) continue;
      entry.firing = true;
      changes.push({ alert, state: "firing", sentence: entry.sentence });
    }
    return changes;
  }

  /** Those that fire, in the order in which their conditions began. */
  get firing(): { alert: string; sentence: string }[] {
    return [...this.entries].flatMap(([alert, { firing, sentence }]) =>
      firing ? [{ alert, sentence }] : [],
    );
  }

  private entryOf(alert: string, atMs: number): Entry {
    const entry = this.entries.get(alert) ?? {
      ...{ sinceMs: atMs, seenMs: atMs, firing: false, sentence: "" },
    };
    entry.seenMs = atMs;
    entry.goneSinceMs = undefined;
    this.entries.set(alert, entry);
    return entry;
  }

  /** Of a condition that is not there, or not known to be. */
  private isOver(entry: Entry, atMs: number, unknown: boolean): boolean {
    if (!entry.firing) return true;
    if (unknown) entry.goneSinceMs = undefined;
    else entry.goneSinceMs ??= atMs;
    return atMs - (entry.goneSinceMs ?? atMs) >= this.settings.goneMs;
  }

  private clockWentBack(atMs: number): void {
    for (const entry of this.entries.values()) {
      entry.sinceMs = entry.firing ? Math.min(entry.sinceMs, atMs) : atMs;
      entry.seenMs = Math.min(entry.seenMs, atMs);
      entry.goneSinceMs = undefined;
    }
  }
}

function keyOf(condition: Condition): string {
  if ("job" in condition) return `${condition.alert}:${condition.job}`;
  return "subject" in condition ? `${condition.alert}:${condition.subject}` : condition.alert;
}

function nameOf(alert: string): string {
  return alert.split(":", 1)[0] ?? alert;
}

function overSentence({ sinceMs, seenMs, sentence }: Entry): string {
  return `Over, after ${printSeconds(seenMs - sinceMs)}: ${sentence}`;
}

function sentenceOf(condition: Condition, sinceMs: number): string {
  const since = printSeconds(sinceMs);
  switch (condition.alert) {
    case "update-failed": {
      const said = condition.error === undefined ? "" : `; the last said: ${line(condition.error)}`;
      return `${condition.failures} updates in a row failed${said}.`;
    }
    case "job-not-running": {
      const { job, state, exception } = condition;
      const why = exception === undefined ? "" : `; its exception: ${line(exception)}`;
      return `${job} has not been RUNNING for ${since}, it is ${state}${why}.`;
    }
    case "capped":
      return `Less than is wanted has been given for ${since}: ${condition.cuts.map(printReason).join("; ")}.`;
    case "metrics-missing":
      return `The load of ${condition.job} could not be measured for ${since}; its capacity is not lowered meanwhile.`;
    case "cluster-unreachable":
      return `The JobManager has not answered for ${since}.`;
    case "healing-gave-up":
      return `${condition.why}.`;
  }
}

/** The first line that says something, without a full stop. */
function line(text: string): string {
  const first = text.trim().split("\n", 1)[0] ?? "";
  return first.trim().replace(/\.$/, "");
}
