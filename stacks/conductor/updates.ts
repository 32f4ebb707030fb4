import { randomUUID } from "node:crypto";
import { sameCapacity } from "../../policies/capacity-plan";
import type { Decision } from "../../policies/decision";
import { explain } from "../../policies/explain";
import type { Actuator, StackOutputs, UpdateResult } from "./actuator";
import type { CatalogEntry } from "./catalog";
import type { Gate } from "./gate";
import type { Entry, EntryOf, Summary } from "./journal-entry";
import type { StackLock } from "./stack-lock";

const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 300_000;
/** The lead comes from the last so many. */
const KEPT_DURATIONS = 10;
const NOT_HELD = "the lease is not held";
/** What the provider of containers says where one of that name is left of an update that was killed. */
const LEFT_BEHIND = /already in use by container|pending operations/i;

export interface UpdatesDeps {
  actuator: Actuator;
  journal: { append(entry: Entry): Promise<void> };
  lock: StackLock;
  /** Bounds how many updates run at once. */
  gate: Gate;
  /** True while this conductor may act, and the token under which it does. */
  lease: { held(): boolean; readonly fence: number };
  now(): number;
  monotonic(): number;
  /** Told of every update that succeeded. */
  onUpdate(seconds: number): void;
}

/** Something to be done with a stack. */
export interface Intent {
  cause: EntryOf<"act">["cause"];
  found?: string;
  decision: Decision;
  observation: Summary;
  /** Has the real world looked at first. */
  refresh?: boolean;
}

/** One tenant's updates, one at a time: journaled before they begin, and tried again ever more slowly. */
export class Updates {
  running: { decision: Decision; startedMs: number; work: Promise<void> } | undefined;
  /** In a row. */
  failures = 0;
  lastError: string | undefined;
  lastSeconds: number | undefined;
  /** When the last one ended, by the monotonic clock. */
  endedMs = -Infinity;
  readonly counts = { updates: 0, failedUpdates: 0, rescales: 0, heals: 0, skipped: 0 };
  /** Of those that changed capacity, in seconds. */
  readonly durations: number[] = [];
  private retryMs = -Infinity;
  private skippedFor: string | undefined;

  constructor(
    private readonly deps: UpdatesDeps,
    /** Called with what the stack says of itself after an update; undefined where it must be asked. */
    private readonly onEnd: (outputs: StackOutputs | undefined) => Promise<void>,
    /** True where an update may have died halfway. */
    private afterCrash: boolean,
  ) {}

  /** Begins an update unless one runs or it is too early to try again. Says why it did not begin. */
  async begin(entry: CatalogEntry, intent: Intent): Promise<string | undefined> {
    const { deps } = this;
    if (this.running !== undefined) return "an update is running";
    const waitMs = this.retryMs - deps.monotonic();
    if (waitMs > 0) return `tried again in ${Math.ceil(waitMs / 1000)} s`;
    if (!deps.lease.held()) return NOT_HELD;
    const found = await deps.lock.look();
    // It may have been lost meanwhile.
    if (!deps.lease.held()) return NOT_HELD;
    if (found.kind === "held") return this.skip(found.sentence);
    if (found.kind === "stale") await this.breakLock();
    else if (this.skippedFor === undefined) return this.start(entry, intent);
    this.skippedFor = undefined;
    await this.onEnd(undefined);
    return "another update has just ended; what it left is looked at first";
  }

  private async start(entry: CatalogEntry, intent: Intent): Promise<undefined> {
    const { deps } = this;
    const id = randomUUID();
    const { fence } = deps.lease;
    const { cause, found, decision, observation } = intent;
    await deps.journal.append({
      ...{ kind: "act", at: this.at(), id, fence, cause, observation, decision },
      ...(found === undefined ? {} : { found }),
    });
    const work = this.run(entry, intent, id, fence);
    this.running = { decision, startedMs: deps.monotonic(), work };
  }

  /** Why what runs may not be what the stack says: an update that did not end well, as far as is known. */
  get unsettled(): string | undefined {
    if (this.failures > 0) return "the last update failed";
    return this.afterCrash ? "an update did not come to its end" : undefined;
  }

  /** What is being done, as a sentence. */
  get doing(): string | undefined {
    if (this.running === undefined) return undefined;
    const seconds = (this.deps.monotonic() - this.running.startedMs) / 1000;
    return `updating for ${Math.round(seconds)} s: ${explain(this.running.decision)}`;
  }

  /** Never rejects: nobody waits for it. */
  private async run(entry: CatalogEntry, intent: Intent, id: string, fence: number) {
    try {
      const result = await this.update(entry, intent, fence).catch(failed);
      this.account(intent, result);
      const settled = result.outputs?.decision;
      const other = settled !== undefined && settled.at !== intent.decision.at;
      await this.deps.journal.append({
        ...{ kind: "done", at: this.at(), id, ok: result.ok, seconds: result.seconds },
        ...{ changes: result.changes, errors: result.errors },
        ...(other ? { settledOn: settled } : {}),
      });
      await this.onEnd(result.outputs);
    } catch (error) {
      this.lastError = `the end of the update can't be noted: ${(error as Error).message}`;
      await this.onEnd(undefined);
    } finally {
      this.endedMs = this.deps.monotonic();
      this.running = undefined;
    }
  }

  private update(entry: CatalogEntry, { decision, refresh }: Intent, fence: number) {
    const { actuator, gate, lease } = this.deps;
    return gate.through(async () =>
      lease.held() && lease.fence === fence
        ? actuator.update({
            ...{ stack: entry.stack, tenant: entry.tenant.name, text: entry.text },
            handed: { fence, decision },
            afterCrash: this.afterCrash || refresh === true,
          })
        : abandoned(),
    );
  }

  private account({ decision, cause }: Intent, result: UpdateResult): void {
    const { counts } = this;
    if (result.locked) {
      counts.skipped += 1;
      this.wait(FIRST_RETRY_MS);
      return;
    }
    counts.updates += 1;
    if (cause === "heal") counts.heals += 1;
    this.lastSeconds = result.seconds;
    if (result.ok) {
      this.deps.onUpdate(result.seconds);
      this.failures = 0;
      this.afterCrash = false;
      this.lastError = undefined;
      if (cause === "decision" && decision.from && !sameCapacity(decision.from, decision.to)) {
        counts.rescales += 1;
        this.durations.push(result.seconds);
        this.durations.splice(0, this.durations.length - KEPT_DURATIONS);
      }
      return;
    }
    const [error = "pulumi gave no reason"] = result.errors;
    this.lastError = error;
    this.afterCrash ||= result.errors.some(
      (text) => LEFT_BEHIND.test(text) || text.startsWith("pulumi was ended"),
    );
    counts.failedUpdates += 1;
    this.failures += 1;
    this.wait(Math.min(FIRST_RETRY_MS * 2 ** (this.failures - 1), LONGEST_RETRY_MS));
  }

  private wait(ms: number): void {
    this.retryMs = this.deps.monotonic() + ms;
  }

  private async breakLock(): Promise<void> {
    const broken = await this.deps.lock.free();
    if (broken === undefined) return;
    this.afterCrash = true;
    const { host, pid, proof } = broken;
    await this.deps.journal.append({ kind: "lock-broken", at: this.at(), host, pid, proof });
  }

  /** Noted once for each reason in a row. */
  private async skip(reason: string): Promise<string> {
    this.counts.skipped += 1;
    if (this.skippedFor !== reason) {
      this.skippedFor = reason;
      await this.deps.journal.append({ kind: "skipped", at: this.at(), reason });
    }
    return reason;
  }

  private at(): string {
    return new Date(this.deps.now()).toISOString();
  }
}

function failed(error: Error): UpdateResult {
  return {
    ...{ ok: false, locked: false, seconds: 0, changes: {}, outputs: undefined },
    errors: [error.message],
  };
}

function abandoned(): UpdateResult {
  return {
    ...{ ok: false, locked: true, seconds: 0, changes: {}, outputs: undefined },
    errors: ["the lease was lost before the update began"],
  };
}
