import { identityOf } from "../../infra/process-identity";
import { StoredLease } from "../../stacks/conductor/lease";
import type { LeaseStore } from "../../stacks/conductor/lease-files";

/** Claims and records in memory; claims as LeaseFiles makes them. */
export class MemoryStore implements LeaseStore {
  private readonly claims = new Set<number>();
  private readonly texts = new Map<number, string>();

  async highest(): Promise<number> {
    return Math.max(0, ...this.claims);
  }

  async claim(fence: number): Promise<boolean> {
    if (this.claims.has(fence)) return false;
    this.claims.add(fence);
    return true;
  }

  async read(fence: number): Promise<string> {
    return this.texts.get(fence) ?? "";
  }

  async write(fence: number, text: string): Promise<void> {
    this.texts.set(fence, text);
  }

  async sweep(below: number): Promise<void> {
    for (const fence of this.claims) {
      if (fence < below) this.claims.delete(fence);
    }
  }
}

/** Gates before and after every effect: the process that works on the store is frozen at one until it may pass. */
class GatedStore implements LeaseStore {
  private open: (() => void) | undefined;

  constructor(private readonly store: LeaseStore) {}

  get frozen(): boolean {
    return this.open !== undefined;
  }

  pass(): void {
    const { open } = this;
    this.open = undefined;
    open?.();
  }

  highest = () => this.gated(() => this.store.highest());
  claim = (fence: number) => this.gated(() => this.store.claim(fence));
  read = (fence: number) => this.gated(() => this.store.read(fence));
  write = (fence: number, text: string) => this.gated(() => this.store.write(fence, text));
  sweep = (below: number) => this.gated(() => this.store.sweep(below));

  private async gated<T>(effect: () => Promise<T>): Promise<T> {
    await this.gate();
    const result = await effect();
    await this.gate();
    return result;
  }

  private gate(): Promise<void> {
    return new Promise((resolve) => (this.open = resolve));
  }
}

export const TTL_MS = 15_000;

/**
 * What happens next; `process` counts from 0, `gates` are how many it passes before it is frozen again. A process at
 * work goes on with what it was frozen in; otherwise it renews the lease, or tries to acquire it.
 */
export type Move =
  { kind: "work" | "release"; process: number; gates: number } | { kind: "advance"; ms: number };

/** Processes with clocks of their own, which read differently and go equally fast, and one lease. */
export class LeaseRace {
  /** By all, in order. */
  readonly taken: number[] = [];
  lost = 0;
  private nowMs = 0;
  private readonly runners: { lease: StoredLease; store: GatedStore }[];

  constructor(processes: number, shared: LeaseStore = new MemoryStore()) {
    const identity = identityOf(process.pid);
    if (identity === undefined) throw new Error("this process can't be seen");
    this.runners = Array.from({ length: processes }, (_, i) => {
      const store = new GatedStore(shared);
      const monotonicMs = () => this.nowMs + i * 1_000_003;
      const onLost = () => void (this.lost += 1);
      const options = { identity, ttlMs: TTL_MS, renewMs: null, monotonicMs, onLost };
      return { store, lease: new StoredLease(store, options) };
    });
  }

  /** The fences of those who hold the lease now, each by its own clock. */
  holders(): number[] {
    return this.runners.filter(({ lease }) => lease.held()).map(({ lease }) => lease.fence);
  }

  async play(move: Move): Promise<void> {
    if (move.kind === "advance") {
      this.nowMs += move.ms;
      return;
    }
    const runner = this.runners[move.process];
    if (runner === undefined) throw new Error(`there is no process ${move.process}`);
    const { lease, store } = runner;
    const before = lease.fence;
    if (move.kind === "release") void lease.release();
    else if (!store.frozen) void (lease.held() ? lease.renew() : lease.acquire());
    for (let i = 0; i < move.gates; i++) {
      await settled();
      if (!store.frozen) break;
      store.pass();
    }
    await settled();
    if (lease.fence !== before) this.taken.push(lease.fence);
  }
}

/** All that can go on without passing a gate has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
