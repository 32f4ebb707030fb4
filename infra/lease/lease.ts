import { randomUUID } from "node:crypto";
import { isGone, type ProcessIdentity } from "../process-identity";
import { LeaseFiles, type LeaseStore } from "./lease-files";
import { parseRecord, type LeaseRecord } from "./lease-record";

/** Lets one process at a time act. */
export interface Lease {
  /** Token of the last time it was taken, larger than everyone's before; 0 where this one never took it. */
  readonly fence: number;
  /** True while nobody else can have it. To be asked right before acting. */
  held(): boolean;
  /** Takes it where it is free; true where it is held then. To be tried again and again by a standby. */
  acquire(): Promise<boolean>;
  /** Gives it up; the next one has it at once. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  /** Of this process. */
  identity: ProcessIdentity;
  /** A holder that did not renew for so long has lost it. @default 15000 */
  ttlMs?: number;
  /** Between renewals; null where the owner calls `renew`. @default 5000 */
  renewMs?: number | null;
  /** A clock that is never set. @default since this process started */
  monotonicMs?: () => number;
  /** Called once each time it is lost, with why as a sentence: another one has it, or it was renewed too late. */
  onLost(why: string): void;
}

/** The holder gives up this part of the time to live before others may take over. */
const MARGIN = 0.2;

interface Claim {
  fence: number;
  renewals: number;
  /** By this process's clock. */
  heldUntilMs: number;
}

/**
 * A lease by the rules of client-go's leader election, without a lock: a standby compares what it sees with its own
 * clock only, and takes over by claiming the next fence, which one alone can.
 *
 * No two hold it at an instant, wherever a process is frozen. A renewal counts from the instant before it was written,
 * and only if it was complete before the time of the one before had run out. A standby takes over once it has read
 * the same record over the whole time to live; so its last look was after the holder's time had run out, and a
 * renewal that counts would have been there to be seen.
 */
export class StoredLease implements Lease {
  private readonly id = randomUUID();
  private readonly ttlMs: number;
  private readonly now: () => number;
  private current: Claim | undefined;
  private lastFence = 0;
  private timer: NodeJS.Timeout | undefined;
  private renewing = false;
  private problem = "";
  /** What a standby saw last, and since when it has not changed. */
  private seen: { state: string; sinceMs: number } | undefined;
  /** Ends with the last piece of work; there is one at a time. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: LeaseStore,
    private readonly options: LeaseOptions,
  ) {
    this.ttlMs = options.ttlMs ?? 15_000;
    this.now = options.monotonicMs ?? (() => performance.now());
  }

  get fence(): number {
    return this.lastFence;
  }

  held(): boolean {
    return this.current !== undefined && this.now() < this.current.heldUntilMs;
  }

  /** Throws where the storage can't be read or written. */
  acquire(): Promise<boolean> {
    return this.inTurn(async () => {
      if (this.held()) return true;
      this.loseLate();
      // Before the look and not after it: a pause between the two must not make what was seen look older.
      const lookedMs = this.now();
      const fence = await this.store.highest();
      const text = await this.store.read(fence);
      return this.isFree(fence, text, lookedMs) ? this.take(fence + 1) : false;
    });
  }

  /** True where it is held on. Never throws: what failed is tried again until it is too late. */
  async renew(): Promise<boolean> {
    this.renewing = true;
    try {
      return await this.inTurn(() => this.renewNow());
    } catch (error) {
      this.problem = `: ${error instanceof Error ? error.message : error}`;
      return this.held();
    } finally {
      this.renewing = false;
    }
  }

  /** `held` is false at once. Throws where it can't be written; others then wait until it has run out. */
  release(): Promise<void> {
    const given = this.drop();
    return this.inTurn(async () => {
      const claim = given ?? this.drop();
      if (claim === undefined || (await this.store.highest()) !== claim.fence) return;
      const { fence, renewals } = claim;
      await this.write({ holder: null, fence, renewals });
    });
  }

  private isFree(fence: number, text: string, lookedMs: number): boolean {
    if (fence === 0) return true;
    const holder = parseRecord(text, fence)?.holder;
    if (holder === null || holder?.id === this.id) return true;
    if (holder !== undefined && isGone(holder) === true) return true;
    // The text and not what it says: renewals must also be seen of a holder that writes in another way.
    const state = `${fence} ${text}`;
    if (this.seen?.state !== state) this.seen = { state, sinceMs: this.now() };
    return lookedMs - this.seen.sinceMs >= this.ttlMs;
  }

  private async take(fence: number): Promise<boolean> {
    const heldUntilMs = this.now() + this.ttlMs * (1 - MARGIN);
    if (!(await this.store.claim(fence))) return false;
    await this.write(this.record(fence, 0));
    const highest = await this.store.highest();
    // A number that was free because those who took it and the next one were swept meanwhile.
    if (highest !== fence || this.now() >= heldUntilMs) return false;
    this.current = { fence, renewals: 0, heldUntilMs };
    this.lastFence = fence;
    this.problem = "";
    this.startTimer();
    // What stays is swept by the next one.
    await this.store.sweep(fence).catch(() => undefined);
    return this.held();
  }

  private async renewNow(): Promise<boolean> {
    const claim = this.current;
    if (claim === undefined) return false;
    if (!this.held()) return this.loseLate();
    const heldUntilMs = this.now() + this.ttlMs * (1 - MARGIN);
    if (await this.isTaken(claim)) return false;
    claim.renewals += 1;
    await this.write(this.record(claim.fence, claim.renewals));
    if (this.current !== claim) return false;
    if (!this.held()) return this.loseLate();
    claim.heldUntilMs = heldUntilMs;
    this.problem = "";
    return true;
  }

  private async isTaken(claim: Claim): Promise<boolean> {
    const highest = await this.store.highest();
    if (highest === claim.fence) return false;
    if (this.current === claim) this.lose(`its token is ${claim.fence}, the newest is ${highest}`);
    return true;
  }

  private loseLate(): false {
    return this.lose(`it could not be renewed in time${this.problem}`);
  }

  private lose(why: string): false {
    const lost = this.drop();
    if (lost !== undefined) this.options.onLost(`The lease is lost: ${why}.`);
    return false;
  }

  private drop(): Claim | undefined {
    const claim = this.current;
    this.current = undefined;
    clearInterval(this.timer);
    return claim;
  }

  private startTimer(): void {
    const everyMs = this.options.renewMs === undefined ? 5_000 : this.options.renewMs;
    if (everyMs === null) return;
    this.timer = setInterval(() => {
      // Also while a renewal hangs.
      if (!this.held()) this.loseLate();
      else if (!this.renewing) void this.renew();
    }, everyMs);
    this.timer.unref();
  }

  private record(fence: number, renewals: number): LeaseRecord {
    return { holder: { ...this.options.identity, id: this.id }, fence, renewals };
  }

  private write(record: LeaseRecord): Promise<void> {
    return this.store.write(record.fence, JSON.stringify(record));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }
}

/** A lease between the processes of one machine. `folder` holds it; for its content see LeaseFiles. */
export class FileLease extends StoredLease {
  constructor({ folder, ...options }: LeaseOptions & { folder: string }) {
    super(new LeaseFiles(folder), options);
  }
}
