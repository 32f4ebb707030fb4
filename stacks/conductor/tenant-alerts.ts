import { AlertBook, alertSettings, type AlertChange } from "../../policies/conduct/alerts";
import { conditionsOf, type Facts } from "../../policies/conduct/conditions";
import type { Entry } from "./journal-entry";

export interface AlertDeps {
  journal: { append(entry: Entry): Promise<void> };
  /** Tells somebody; it neither waits nor throws. */
  send(alert: AlertChange & { at: string }): void;
  now(): number;
  monotonic(): number;
  /** How long a tenant may be cut before somebody is told. */
  cappedMinutes: number;
  /** Alerts that fired when the conductor before this one ended. */
  firing: readonly { alert: string; sentence: string }[];
}

/** A tenant's alerts: journaled and sent when they begin and end. */
export class TenantAlerts {
  private readonly book: AlertBook;

  constructor(private readonly deps: AlertDeps) {
    const { cappedMinutes, firing } = deps;
    this.book = new AlertBook(deps.monotonic(), alertSettings(cappedMinutes), firing);
  }

  async update(facts: Facts): Promise<void> {
    const { conditions, unknown } = conditionsOf(facts);
    const changes = this.book.update(conditions, this.deps.monotonic(), unknown);
    const at = new Date(this.deps.now()).toISOString();
    for (const change of changes) {
      await this.deps.journal.append({ kind: "alert", at, ...change });
      this.deps.send({ ...change, at });
    }
  }

  /** Sentences of those that fire. */
  get firing(): string[] {
    return this.book.firing.map(({ sentence }) => sentence);
  }
}

/** The alerts of a journal that began and did not end. */
export function firingIn(entries: readonly Entry[]): { alert: string; sentence: string }[] {
  const last = new Map(entries.flatMap((e) => (e.kind === "alert" ? [[e.alert, e] as const] : [])));
  return [...last.values()]
    .filter(({ state }) => state === "firing")
    .map(({ alert, sentence }) => ({ alert, sentence }));
}
