import * as fc from "fast-check";
import { sameCapacity } from "../../../policies/capacity-plan";
import { planFor } from "../../../policies/plan";
import { unfinished } from "../../../stacks/conductor/journal";
import type { Entry } from "../../../stacks/conductor/journal-entry";
import { Bench, HELD, MINUTE, SECOND, STALE, type End } from "./conducted";
import { tenantOf } from "./narrated";

/** What may happen to a tenant, its conductor and the world around them. */
type Step =
  | { kind: "cycles"; times: number }
  | { kind: "time passes"; minutes: number }
  | { kind: "clock is set"; minutes: number }
  | { kind: "load"; factor: number }
  | { kind: "metrics are gone" }
  | { kind: "lock"; lock: "free" | "held" | "stale" }
  | { kind: "next updates"; ends: End[] }
  | { kind: "update hangs" }
  | { kind: "update ends" }
  | { kind: "lease is lost" }
  | { kind: "another conductor acts" }
  | { kind: "lease is taken" }
  | { kind: "conductor dies" }
  | { kind: "pulumi up by hand" }
  | { kind: "pause" }
  | { kind: "resume" }
  | { kind: "hold"; taskManagers: number; minutes: number }
  | { kind: "file"; variant: number }
  | { kind: "job"; state: "FAILED" | "GONE" | "RESTARTING" | undefined }
  | { kind: "TaskManager"; missing: boolean }
  | { kind: "JobManager"; silent: boolean };

const end: fc.Arbitrary<End> = fc.constantFrom<End>(
  ...(["well", "killed", "locked", "throws"] as const),
  { error: "no slots" },
);
const of = <K extends Step["kind"]>(kind: K, weight: number, rest: object = {}) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), ...rest }) as unknown as fc.Arbitrary<Step>,
});
const upTo = (max: number) => fc.integer({ min: 1, max });
const step = fc.oneof(
  of("cycles", 12, { times: upTo(12) }),
  of("time passes", 2, { minutes: upTo(200) }),
  of("clock is set", 1, { minutes: fc.constantFrom(-60, 60, -600, 600) }),
  of("load", 1, { factor: fc.constantFrom(0.1, 1, 2, 4) }),
  of("metrics are gone", 1),
  of("lock", 3, { lock: fc.constantFrom("free", "held", "stale") }),
  of("next updates", 3, { ends: fc.array(end, { maxLength: 4 }) }),
  of("hold", 4, { taskManagers: upTo(6), minutes: upTo(90) }),
  of("file", 2, { variant: fc.integer({ min: 0, max: 2 }) }),
  of("job", 1, { state: fc.constantFrom("FAILED", "GONE", "RESTARTING", undefined) }),
  of("TaskManager", 1, { missing: fc.boolean() }),
  of("JobManager", 1, { silent: fc.boolean() }),
  of("lease is lost", 1),
  of("another conductor acts", 1),
  of("lease is taken", 3),
  of("update hangs", 1),
  of("update ends", 2),
  of("pause", 1),
  of("resume", 3),
  of("conductor dies", 1),
  of("pulumi up by hand", 1),
);

const VARIANTS = [
  tenantOf(),
  tenantOf({ otherwise: { floor: 2, ceiling: 3 } }),
  tenantOf({ windows: [], otherwise: { floor: 1, ceiling: 4, parallelism: 5 } }),
];

/** A bench to which things happen, and which looks at every step whether what must hold does. */
class Play {
  readonly bench: Bench;
  /** Entries of a conductor that has died go nowhere. */
  private generation = 0;

  constructor(ignoresLease: boolean) {
    const lease = () => this.bench.lease;
    this.bench = new Bench({
      tenant: VARIANTS[0],
      deps: ignoresLease
        ? {
            lease: {
              held: () => true,
              get fence() {
                return lease().fence;
              },
            },
          }
        : {},
    });
    const { deps } = this.bench as unknown as {
      deps: { journal: { append(e: Entry): Promise<void> } };
    };
    const { append } = deps.journal;
    this.journalTo = () => {
      const mine = this.generation;
      deps.journal = {
        append: async (entry) => {
          if (mine === this.generation) await append(this.checked(entry));
        },
      };
    };
    this.journalTo();
    this.bench.restart();
  }
  private readonly journalTo: () => void;

  /** What did not hold when an entry was journaled: the conductor takes an error there for the disk's. */
  private readonly broken: string[] = [];

  private checked(entry: Entry): Entry {
    const holds = (condition: boolean, what: string) => condition || this.broken.push(what);
    const { lease, orders, entries, stack } = this.bench;
    if (entry.kind === "act") {
      holds(lease.isHeld, "an act without the lease");
      holds(entry.fence === lease.fence, "an act with another token than the lease's");
      holds(!orders.paused, "an act while paused");
      holds(stack.running === 0, "an act while an update runs");
    }
    if (entry.kind === "done") {
      const acts = entries.filter((one) => one.kind === "act" && one.id === entry.id);
      const dones = entries.filter((one) => one.kind === "done" && one.id === entry.id);
      holds(acts.length === 1 && dones.length === 0, "a done that is not one act's");
    }
    return entry;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      await this.take(one);
      this.check();
    }
  }

  private check(): void {
    const { stack, events } = this.bench;
    holds(this.broken.length === 0, this.broken.join("; "));
    holds(stack.mostAtOnce <= 1, "two updates at once");
    let acted = 0;
    for (const event of events) {
      if (event === "act") acted += 1;
      if (event === "update") holds((acted -= 1) >= 0, "an update that is not in the journal");
      // One that waited for its turn may never have begun.
      if (event === "done") acted = 0;
    }
  }

  private async take(one: Step): Promise<void> {
    const { bench } = this;
    switch (one.kind) {
      case "cycles":
        return this.cycles(one.times);
      case "time passes":
        return bench.clock.pass(one.minutes * MINUTE);
      case "clock is set":
        bench.clock.jump(one.minutes * MINUTE);
        return bench.conductor.reset();
      case "update hangs":
        return bench.stack.hang();
      case "update ends":
        bench.stack.finish();
        return bench.conductor.updates.running?.work;
      case "conductor dies": {
        this.generation += 1;
        this.journalTo();
        const last = bench.journaled("act").at(-1);
        return bench.restart(unfinished(bench.entries).some((act) => act === last));
      }
      case "file":
        return bench.adopt(VARIANTS[one.variant] as (typeof VARIANTS)[0]);
      case "next updates":
        bench.stack.ends = [...one.ends];
        return;
      default:
        return this.change(one);
    }
  }

  private change(one: Step): void {
    const { bench } = this;
    const { cluster, lease, stack } = bench;
    if (one.kind === "load") {
      const produced = 2000 * one.factor;
      cluster.load = { producedPerSecond: produced, backlogRecords: one.factor > 1 ? 50_000 : 0 };
    }
    if (one.kind === "metrics are gone") cluster.load = { consumedPerSecond: undefined };
    if (one.kind === "lock")
      bench.lock = { free: { kind: "free" as const }, held: HELD, stale: STALE }[one.lock];
    if (one.kind === "lease is lost") lease.isHeld = false;
    // What holds the lock of a stack keeps others out of it.
    if (one.kind === "another conductor acts" && !lease.isHeld && stack.running === 0) {
      lease.fence += 1;
      stack.actElsewhere(lease.fence);
    }
    if (one.kind === "lease is taken" && !lease.isHeld) {
      bench.lease = { isHeld: true, fence: lease.fence + 1 };
      bench.conductor.lookAgain();
    }
    if (one.kind === "pulumi up by hand" && stack.running === 0) stack.upByHand();
    if (one.kind === "pause") bench.orders = { ...bench.orders, paused: true };
    if (one.kind === "resume") bench.orders = { paused: false };
    if (one.kind === "hold") {
      const until = new Date(bench.clock.now() + one.minutes * MINUTE).toISOString();
      bench.orders = { ...bench.orders, hold: { taskManagers: one.taskManagers, until } };
    }
    if (one.kind === "job")
      cluster.states = one.state === undefined ? {} : { wordcount: one.state };
    if (one.kind === "TaskManager") {
      if (one.missing) cluster.missing.add("tm-1");
      else cluster.missing.clear();
    }
    if (one.kind === "JobManager") cluster.silent = one.silent;
  }

  private async cycles(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const { bench } = this;
      // Pulumi itself holds the lock while it works, whoever began it.
      const { lock } = bench;
      if (bench.stack.running > 0) bench.lock = HELD;
      await bench.cycle();
      if (bench.lock === HELD) bench.lock = lock;
      this.check();
    }
  }

  /** All that is wrong ends; what follows within the longest pause between two tries. */
  async recover(): Promise<void> {
    const { bench } = this;
    const { stack, cluster } = bench;
    stack.finish();
    await bench.conductor.updates.running?.work;
    await new Promise(setImmediate);
    stack.ends = [];
    bench.lock = { kind: "free" };
    cluster.states = {};
    cluster.missing.clear();
    cluster.silent = false;
    // So busy that neither fewer nor more slots are of use, however many there are.
    cluster.load = { busyRatio: 0.8 };
    bench.orders = { ...bench.orders, paused: false };
    this.change({ kind: "lease is taken" });
    await this.cycles(80);
  }

  /** True where nothing is asked of the stack as long as there is no edge near, and no load to follow. */
  async staysIdle(): Promise<boolean> {
    const { stack, cluster, clock, entry } = this.bench;
    cluster.load = { consumedPerSecond: undefined };
    // Until what was advised before is forgotten.
    await this.cycles(30);
    const { decision } = stack;
    const { nextEdge } = planFor(entry.tenant, new Date(clock.now()), { decision });
    const edges = [nextEdge, decision?.under?.hold?.until].map((at = "9999-01-01") =>
      Date.parse(at),
    );
    const quiet = Math.min(...edges) - clock.now() > 5 * MINUTE;
    const [updates, reads] = [stack.requests.length, stack.reads];
    await this.cycles(20);
    return !quiet || (stack.requests.length === updates && stack.reads === reads);
  }

  /** True where what the stack decided is what should run now, in the conductor's own eyes and in those of a hand. */
  get isRight(): boolean {
    const { bench } = this;
    const { decision } = bench.stack;
    if (decision === undefined) return false;
    const now = new Date(bench.clock.now() - 5 * SECOND);
    const { hold = null } = bench.orders;
    return [{ decision, hold, grant: null }, { decision }].every((observed) =>
      sameCapacity(planFor(bench.entry.tenant, now, observed).decision.to, decision.to),
    );
  }
}

function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`it does not hold: ${what}`);
}

const steps = fc.array(step, { minLength: 20, maxLength: 60, size: "max" });

test("whatever happens: one update at a time, in the journal, under the lease; and it converges", async () => {
  const seen = { updates: 0, skipped: 0, broken: 0, deaths: 0, heals: 0 };
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const play = new Play(false);
      await play.run(taken);
      await play.recover();
      holds(
        play.isRight,
        `it should have become right: ${JSON.stringify(play.bench.stack.decision)}`,
      );
      const { bench } = play;
      holds(bench.conductor.updates.unsettled === undefined, "an update is left as it died");
      holds(await play.staysIdle(), "it is not idle");
      seen.updates += bench.stack.requests.length;
      seen.skipped += bench.journaled("skipped").length;
      seen.broken += bench.journaled("lock-broken").length;
      seen.heals += bench.journaled("act").filter(({ cause }) => cause === "heal").length;
      seen.deaths += taken.filter(({ kind }) => kind === "conductor dies").length;
    }),
    { numRuns: 60 },
  );
  for (const [what, times] of Object.entries(seen)) expect([what, times > 8]).toEqual([what, true]);
}, 120_000);

test("a control: a conductor that does not mind the lease is found out", async () => {
  const property = fc.asyncProperty(steps, (taken) => new Play(true).run(taken));
  const result = await fc.check(property, { numRuns: 100 });
  expect(result.failed).toBe(true);
  expect(String(result.errorInstance)).toContain("an act without the lease");
}, 60_000);
