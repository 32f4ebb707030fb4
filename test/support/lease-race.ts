import { identityOf } from "../../infra/process-identity";
import { StoredLease } from "../../infra/lease/lease";
import type { LeaseStore } from "../../infra/lease/lease-files";

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

/** Freezes the process that works at an effect. */
export type Gated = <T>(effect: () => Promise<T>) => Promise<T>;

/** A process's view of the storage that all share, in which it may be frozen at each effect. */
export type StoreOf = (gated: Gated) => LeaseStore;

/** In which each call is one effect. */
export function gatedStore(store: LeaseStore): StoreOf {
  return (gated) => ({
    highest: () => gated(() => store.highest()),
    claim: (fence) => gated(() => store.claim(fence)),
    read: (fence) => gated(() => store.read(fence)),
    write: (fence, text) => gated(() => store.write(fence, text)),
    sweep: (below) => gated(() => store.sweep(below)),
  });
}

/** Before and after every effect: the process that works is frozen at one until it may pass. */
class Gates {
  private open: (() => void) | undefined;

  get frozen(): boolean {
    return this.open !== undefined;
  }

  pass(): void {
    const { open } = this;
    this.open = undefined;
    open?.();
  }

  readonly gated: Gated = async (effect) => {
    await this.gate();
    const result = await effect();
    await this.gate();
    return result;
  };

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
  private readonly runners: { lease: StoredLease; gates: Gates }[];

  constructor(processes: number, storeOf: StoreOf = gatedStore(new MemoryStore())) {
    const identity = identityOf(process.pid);
    if (identity === undefined) throw new Error("this process can't be seen");
    this.runners = Array.from({ length: processes }, (_, i) => {
      const gates = new Gates();
      const monotonicMs = () => this.nowMs + i * 1_000_003;
      const onLost = () => void (this.lost += 1);
      const options = { identity, ttlMs: TTL_MS, renewMs: null, monotonicMs, onLost };
      return { gates, lease: new StoredLease(storeOf(gates.gated), options) };
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
    const { lease, gates } = runner;
    const before = lease.fence;
    if (move.kind === "release") void lease.release();
    else if (!gates.frozen) void (lease.held() ? lease.renew() : lease.acquire());
    for (let i = 0; i < move.gates; i++) {
      await settled();
      if (!gates.frozen) break;
      gates.pass();
    }
    await settled();
    if (lease.fence !== before) this.taken.push(lease.fence);
  }
}

/** All that can go on without passing a gate has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
