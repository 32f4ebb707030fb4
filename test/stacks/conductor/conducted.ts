import type { Decision } from "../../../policies/decision";
import { planFor } from "../../../policies/plan";
import type { CompleteObservation } from "../../../policies/scaling/observation";
import type { Tenant } from "../../../policies/tenant";
import type {
  Actuator,
  StackOutputs,
  UpdateRequest,
  UpdateResult,
} from "../../../stacks/conductor/actuator";
import { CapacityBook } from "../../../stacks/conductor/capacity-book";
import type { CatalogEntry } from "../../../stacks/conductor/catalog";
import type { Clock } from "../../../stacks/conductor/clock";
import { Gate } from "../../../stacks/conductor/gate";
import { entrySchema, type Entry, type EntryOf } from "../../../stacks/conductor/journal-entry";
import type { TenantObservation } from "../../../stacks/conductor/observe/tenant-observer";
import type { Orders } from "../../../stacks/conductor/orders";
import {
  TenantConductor,
  type TenantDeps,
  type Watcher,
} from "../../../stacks/conductor/tenant-conductor";
import type { TenantView } from "../../../stacks/conductor/tenant-view";
import { wantedIds } from "../../../stacks/conductor/view";
import type { LockState } from "../../../stacks/driver/pulumi-lock";
import { observedOf, type LastUpdate } from "../../../stacks/handed";
import { observationWith } from "../../support/observation";
import { at, ms, tenantOf } from "./narrated";

/** A tenant's conductor, real but for what it acts on: a clock, a stack, its lock, a cluster, a lease. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

export class FakeClock implements Clock {
  private monotonicMs = 1_000_000;

  /** @param wallMs before eight in Shanghai, outside the windows */
  constructor(private wallMs = ms("07:00:00")) {}

  readonly now = () => this.wallMs;
  readonly monotonic = () => this.monotonicMs;

  pass(time: number): void {
    this.wallMs += time;
    this.monotonicMs += time;
  }

  /** Somebody sets it. */
  jump(by: number): void {
    this.wallMs += by;
  }
}

/** How an update ends; `refused` is what the stack's program says by itself. */
export type End = "well" | "killed" | "locked" | "throws" | { error: string };

/** A stack whose updates do what the stack's program does: plan from what is handed over, and keep it as outputs. */
export class FakeStack implements Actuator {
  readonly requests: UpdateRequest[] = [];
  reads = 0;
  readable = true;
  /** Of the next updates; where none is left they end well. */
  ends: End[] = [];
  seconds = 6;
  running = 0;
  mostAtOnce = 0;
  private last: LastUpdate = { fence: 0 };
  private release: (() => void) | undefined;
  private waits = false;
  private updates = 0;

  constructor(
    private readonly clock: Clock,
    private readonly tenant: () => Tenant,
    private readonly onUpdate: () => void = () => undefined,
  ) {}

  get decision(): Decision | undefined {
    return this.last.decision;
  }

  get fence(): number {
    return this.last.fence;
  }

  async outputs(): Promise<StackOutputs | undefined> {
    this.reads += 1;
    if (!this.readable) throw new Error("no backend");
    return this.current();
  }

  async update(request: UpdateRequest): Promise<UpdateResult> {
    this.requests.push(request);
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    this.onUpdate();
    if (this.waits) await new Promise<void>((resolve) => (this.release = resolve));
    this.running -= 1;
    const end = this.ends.shift() ?? "well";
    if (end === "throws") throw new Error("docker does not answer");
    const base = { ok: false, locked: end === "locked", seconds: this.seconds, changes: {} };
    if (end === "killed") {
      return { ...base, errors: ["pulumi was ended by SIGKILL"], outputs: undefined };
    }
    if (end === "locked") return { ...base, errors: ["currently locked by"], outputs: undefined };
    if (end !== "well") return { ...base, errors: [end.error], outputs: undefined };
    try {
      this.settleOn(request.handed);
    } catch (error) {
      return { ...base, errors: [(error as Error).message], outputs: undefined };
    }
    return { ...base, ok: true, changes: { update: 1 }, errors: [], outputs: this.current() };
  }

  /** `pulumi up` by hand, with the tenant's file as it is or as another one. */
  upByHand(tenant = this.tenant()): void {
    this.settleOn(undefined, tenant);
  }

  /** Another conductor's update under its own lease. */
  actElsewhere(fence: number): void {
    const observed = this.last.decision === undefined ? {} : { decision: this.last.decision };
    const now = new Date(this.clock.now());
    this.settleOn({ fence, decision: planFor(this.tenant(), now, observed).decision });
  }

  /** The next update goes on until `finish`. */
  hang(): void {
    this.waits = true;
  }

  finish(): void {
    this.waits = false;
    this.release?.();
    this.release = undefined;
  }

  private settleOn(handed?: UpdateRequest["handed"], tenant = this.tenant()): void {
    const observed = observedOf(this.last, handed);
    const { decision } = planFor(tenant, new Date(this.clock.now()), observed);
    this.updates += 1;
    this.last = { decision, fence: handed?.fence ?? this.last.fence };
  }

  private current(): StackOutputs | undefined {
    const { decision, fence } = this.last;
    if (decision === undefined) return undefined;
    const jobs = Object.entries(decision.to.parallelism).map(
      ([name, parallelism]) => [name, { jobId: `${name}-${this.updates}`, parallelism }] as const,
    );
    const outputs = {
      ...{ flinkUrl: "http://127.0.0.1:8081", kafkaOnHost: "127.0.0.1:9094" },
      ...{ jobs: Object.fromEntries(jobs), decision, fence },
    };
    return JSON.parse(JSON.stringify(outputs)) as StackOutputs;
  }
}

/** What Flink shows: what the stack's decision asks for, but for what a test takes from it. */
export class FakeCluster {
  silent = false;
  readonly missing = new Set<string>();
  /** Registered, too. */
  readonly others: string[] = [];
  /** By job. */
  states: Record<string, "FAILED" | "RESTARTING" | "GONE"> = {};
  load: Partial<CompleteObservation> = {};
  observed = 0;
  readonly cancelled: string[] = [];

  constructor(private readonly slots: () => number) {}

  watcher(decision: () => Decision | undefined): Watcher {
    return {
      observe: async (jobIds, nowMs) => this.look(decision(), jobIds, nowMs),
      exceptionOf: async (jobId) => `${jobId} fell`,
      cancel: async (jobId) => void this.cancelled.push(jobId),
    };
  }

  private look(
    decision: Decision | undefined,
    jobIds: Readonly<Record<string, string>>,
    nowMs: number,
  ): TenantObservation {
    this.observed += 1;
    const slots = this.slots();
    const ids = Array.from({ length: decision?.to.taskManagers ?? 0 }, (_, i) => `tm-${i + 1}`);
    const taskManagers = [...ids, ...this.others]
      .filter((id) => !this.missing.has(id))
      .map((id) => ({ id, slots, freeSlots: 0, heartbeatAgeMs: 1000 }));
    const slotsTotal = taskManagers.length * slots;
    const jobs = Object.entries(jobIds).map(([name, jobId]) => {
      const state = this.silent ? null : (this.states[name] ?? ("RUNNING" as const));
      const parallelism = decision?.to.parallelism[name] ?? 1;
      const seen = { ...observationWith({ atMs: nowMs, parallelism }), ...this.load };
      const observation = state === "RUNNING" ? seen : undefined;
      return [name, { state, jobId, observation, arrived: undefined, taken: undefined }] as const;
    });
    return {
      atMs: nowMs,
      cluster: this.silent ? undefined : { taskManagers, slotsTotal, slotsAvailable: 0 },
      jobs: Object.fromEntries(jobs),
      liveJobs: this.silent ? undefined : jobs.length,
      problems: this.silent ? ["Flink does not answer"] : [],
    };
  }
}

export function entryOf(tenant: Tenant, changes: Partial<CatalogEntry> = {}): CatalogEntry {
  return {
    ...{ stack: `dev-${tenant.name}`, tenant, mtimeMs: 1 },
    ...{ file: `Pulumi.dev-${tenant.name}.yaml`, text: "config: {}\n" },
    ...changes,
  };
}

export interface BenchOptions {
  tenant?: Tenant;
  clock?: FakeClock;
  capacity?: CapacityBook;
  gate?: Gate;
  afterCrash?: boolean;
  deps?: Partial<TenantDeps>;
}

/** One tenant's conductor and the world around it. */
export class Bench {
  readonly clock: FakeClock;
  readonly stack: FakeStack;
  readonly cluster: FakeCluster;
  readonly entries: Entry[] = [];
  /** What was journaled and updated, in order. */
  readonly events: string[] = [];
  readonly sent: { alert: string; state: string }[] = [];
  readonly restarted: string[] = [];
  readonly seconds: number[] = [];
  lease = { isHeld: true, fence: 7 };
  lock: LockState = { kind: "free" };
  /** Called where the lock is looked at. */
  onLook: () => void = () => undefined;
  orders: Orders = { paused: false };
  entry: CatalogEntry;
  conductor: TenantConductor;
  private readonly deps: TenantDeps;

  constructor({ tenant = tenantOf(), afterCrash = false, ...options }: BenchOptions = {}) {
    this.clock = options.clock ?? new FakeClock();
    this.entry = entryOf(tenant);
    this.stack = new FakeStack(
      this.clock,
      () => this.entry.tenant,
      () => this.events.push("update"),
    );
    this.cluster = new FakeCluster(() => this.entry.tenant.taskManager.slots);
    this.deps = { ...this.fakes(options), ...options.deps };
    this.conductor = new TenantConductor(this.entry, this.deps, afterCrash);
  }

  private fakes({ capacity, gate }: BenchOptions): TenantDeps {
    const lease = () => this.lease;
    return {
      actuator: this.stack,
      journal: { append: (entry) => this.append(entry) },
      lock: { look: async () => this.look(), free: async () => this.free() },
      gate: gate ?? new Gate(4),
      lease: {
        held: () => this.lease.isHeld,
        get fence() {
          return lease().fence;
        },
      },
      clock: this.clock,
      capacity: capacity ?? new CapacityBook(undefined),
      orders: async () => this.orders,
      watcher: () => this.cluster.watcher(() => this.stack.decision),
      host: {
        restartTaskManager: async (id: string) => void this.restarted.push(id),
      } as unknown as TenantDeps["host"],
      wanted: (decision) => wantedIds(decision, (index) => `tm-${index + 1}`),
      firing: [],
      history: async () => [],
      dryRun: false,
      send: ({ alert, state }) => void this.sent.push({ alert, state }),
      cappedMinutes: 15,
      onUpdate: (seconds) => void this.seconds.push(seconds),
    };
  }

  /** The same world, and a conductor that knows nothing of it yet. */
  restart(afterCrash = false): void {
    this.conductor = new TenantConductor(this.entry, this.deps, afterCrash);
  }

  /** So many cycles, 5 s apart, each with the end of the update that it begins; the last one's view. */
  async cycle(times = 1): Promise<TenantView> {
    for (let left = times; ; left--) {
      const view = await this.conductor.cycle(this.entry);
      if (this.stack.running === 0) await this.conductor.updates.running?.work;
      this.clock.pass(5 * SECOND);
      if (left <= 1) return view;
    }
  }

  /** Cycles until the wall clock shows a time, the last one at it or within 5 s before. */
  async until(wallMs: number): Promise<TenantView> {
    let view = await this.cycle();
    while (this.clock.now() < wallMs) view = await this.cycle();
    return view;
  }

  adopt(tenant: Tenant): void {
    this.entry = entryOf(tenant, { mtimeMs: this.entry.mtimeMs + 1 });
  }

  journaled<K extends Entry["kind"]>(kind: K): EntryOf<K>[] {
    return this.entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  }

  /** Of the updates that were asked for, in order. */
  get decisions(): Decision[] {
    return this.stack.requests.map(({ handed }) => handed.decision);
  }

  private async append(entry: Entry): Promise<void> {
    this.entries.push(entrySchema.parse(entry));
    this.events.push(entry.kind);
  }

  private look(): LockState {
    this.onLook();
    return this.lock;
  }

  private async free() {
    const was = this.lock;
    if (was.kind !== "stale") return undefined;
    this.lock = { kind: "free" };
    return was;
  }
}

type HeldLock = Extract<LockState, { kind: "held" }>;

export const HELD: HeldLock = {
  ...{ kind: "held", host: "h", pid: 9, since: "2026-11-23T00:00:00.000Z" },
  sentence: "The stack is locked by process 9 on h.",
};
export const STALE: LockState = {
  ...{ kind: "stale", host: "h", pid: 9, since: "2026-11-23T00:00:00.000Z" },
  proof: "Process 9 is gone.",
};

/** Orders that hold a tenant until a time of the Monday in Shanghai. */
export const hold = (taskManagers: number, until: string): Orders => ({
  ...{ paused: false, hold: { taskManagers, until: at(until) } },
});

/** TaskManagers of the updates, in order. */
export const sizes = (bench: Bench) => bench.decisions.map(({ to }) => to.taskManagers);
