import type { Decision, Reason } from "../../policies/decision";
import { sameCapacity } from "../../policies/capacity-plan";
import { measuredLeadMs } from "../../policies/conduct/lead";
import { explain } from "../../policies/explain";
import { planFor, type Plan } from "../../policies/plan";
import { claimOf } from "../../policies/scaling/quota";
import type { StackOutputs } from "./actuator";
import { Advisor } from "./advisor";
import type { CapacityBook } from "./capacity-book";
import { measuredAlike, type CatalogEntry } from "./catalog";
import type { Clock } from "./clock";
import { seenFacts } from "./facts";
import { mayWhile, Medic, type Finding } from "./medic";
import type { TenantObservation } from "./observe/tenant-observer";
import type { Orders } from "./orders";
import type { TenantView } from "./tenant-view";
import type { TenantTarget } from "./target";
import { TenantAlerts, type AlertDeps } from "./tenant-alerts";
import { Updates, type Intent, type UpdatesDeps } from "./updates";
import { cutsOf, summaryOf, viewOf } from "./view";

/** A TaskManager that has left is registered for as long as its heartbeats are waited for. */
const SURPRISED_MS = 60_000;

/** Watches one tenant through the addresses that its stack names. */
export interface Watcher {
  observe(jobIds: Readonly<Record<string, string>>, nowMs: number): Promise<TenantObservation>;
  /** The newest exception of a job, as far as Flink tells. */
  exceptionOf(jobId: string): Promise<string | undefined>;
  /** Asks Flink to end a job without a savepoint; whether it does is seen later. */
  cancel(jobId: string): Promise<void>;
}

export interface TenantDeps extends Omit<UpdatesDeps, keyof Clock>, TenantTarget {
  clock: Clock;
  capacity: CapacityBook;
  orders(): Promise<Orders>;
  watcher(entry: CatalogEntry, outputs: StackOutputs): Watcher;
  /** Alerts that fired when the conductor before this one ended. */
  firing: readonly { alert: string; sentence: string }[];
  /** What was measured of the job before this process started; empty where nobody knows. */
  history(job: string): Promise<readonly { atMs: number; rate: number }[]>;
  /** Decides and reports, but changes nothing. */
  dryRun: boolean;
  send: AlertDeps["send"];
  /** How long a tenant may be cut before somebody is told. */
  cappedMinutes: number;
}

/** One tenant's cycle: observe, decide, act. */
export class TenantConductor {
  readonly updates: Updates;
  readonly medic: Medic;
  private readonly alerts: TenantAlerts;
  /** What would be done now; for a dry run. */
  intent: Intent | undefined;
  /** What is wanted and cut. */
  cuts: Reason[] = [];
  private outputs: StackOutputs | undefined;
  /** What follows the stack's decision without changing anything that runs, such as a window of the same size. */
  private standing: Decision | undefined;
  private said = "";
  private looked = false;
  /** When, by the monotonic clock. */
  private lookedMs = -Infinity;
  private paused = false;
  private recalled = false;
  private watcher: Watcher | undefined;
  private advisor: Advisor;
  /** Why it can't be observed or updated as it should be. */
  problem: string | undefined;
  private counts = { cycles: 0, decisions: 0 };

  constructor(
    private entry: CatalogEntry,
    private readonly deps: TenantDeps,
    afterCrash: boolean,
  ) {
    this.advisor = new Advisor(entry.tenant);
    const { now, monotonic } = deps.clock;
    this.updates = new Updates(
      { ...deps, now, monotonic },
      (outputs) => this.settle(outputs),
      afterCrash,
    );
    this.medic = new Medic(deps);
    this.alerts = new TenantAlerts({ ...deps, now, monotonic });
  }

  /** One cycle. Whatever can't be reached is in the view; it does not throw for it. */
  async cycle(entry: CatalogEntry): Promise<TenantView> {
    this.adopt(entry);
    this.counts.cycles += 1;
    this.problem = undefined;
    const orders = await this.orders();
    const nowMs = this.deps.clock.now();
    // Who pauses does something by hand.
    if (this.paused && !orders.paused) this.looked = false;
    this.paused = orders.paused;
    if (!this.looked) await this.look();
    if (!this.recalled) await this.recall();
    const seen = await this.observe(nowMs);
    if (this.isSurprising(seen)) await this.look();
    const plan = this.plan(orders, seen, nowMs);
    const finding = await this.examine(seen, !orders.paused);
    await this.stand(plan.decision);
    this.intent = this.intentOf(plan, finding, seen);
    if (!this.deps.dryRun) {
      if (!orders.paused) await this.act(nowMs);
      if (this.looked) await this.alarm(seen);
    }
    return this.view(plan, orders, seen, nowMs);
  }

  /** Orders that can't be read might forbid what would be done. */
  private orders(): Promise<Orders> {
    return this.deps.orders().catch((error: Error) => {
      this.problem = error.message;
      return { paused: true };
    });
  }

  /** Another conductor may have acted. */
  lookAgain(): void {
    this.looked = false;
    this.advisor.followed();
  }

  /** Forgets what was measured: the clock by which it was is no more. */
  reset(): void {
    this.advisor = new Advisor(this.entry.tenant);
    this.recalled = false;
  }

  private adopt(entry: CatalogEntry): void {
    if (entry.mtimeMs === this.entry.mtimeMs) return;
    const { tenant } = this.entry;
    this.entry = entry;
    if (measuredAlike(tenant, entry.tenant)) return;
    this.reset();
    this.watch();
  }

  /** What the stack's last update left; asked once, and again after whatever may have changed it. */
  private async look(): Promise<void> {
    try {
      this.lookedMs = this.deps.clock.monotonic();
      this.take(await this.deps.actuator.outputs(this.entry.stack));
      this.looked = true;
    } catch (error) {
      this.problem = `the stack can't be read: ${(error as Error).message}`;
    }
  }

  private watch(): void {
    this.watcher = this.outputs && this.deps.watcher(this.entry, this.outputs);
  }

  /** The load of the last week, so that a new process forecasts as the one before it. */
  private async recall(): Promise<void> {
    this.recalled = true;
    for (const { name } of this.entry.tenant.jobs) {
      this.advisor.remember(name, await this.deps.history(name));
    }
  }

  /** After an update: what the stack says now. */
  private async settle(outputs: StackOutputs | undefined): Promise<void> {
    if (outputs === undefined) {
      this.looked = false;
      return;
    }
    this.take(outputs);
    this.advisor.followed();
  }

  /** A watcher's rates are differences, so it stays where it still looks at the right place. */
  private take(outputs: StackOutputs | undefined): void {
    const { flinkUrl, kafkaOnHost } = this.outputs ?? {};
    this.outputs = outputs;
    this.standing = undefined;
    if (outputs?.flinkUrl !== flinkUrl || outputs?.kafkaOnHost !== kafkaOnHost) this.watch();
  }

  private async observe(nowMs: number): Promise<TenantObservation | undefined> {
    const jobs = Object.entries(this.outputs?.jobs ?? {});
    const ids = Object.fromEntries(jobs.map(([name, { jobId }]) => [name, jobId]));
    const seen = await this.watcher?.observe(ids, nowMs);
    if (seen !== undefined && seen.problems.length > 0) this.problem = seen.problems.join("; ");
    return seen;
  }

  /** True where there are TaskManagers that the decision does not know: somebody may have updated the stack. */
  private isSurprising(seen: TenantObservation | undefined): boolean {
    const { decision, deps } = this;
    if (decision === undefined || this.updates.running) return false;
    const wanted = new Set(deps.wanted(decision, seen));
    const others = seen?.cluster?.taskManagers.some(({ id }) => !wanted.has(id)) ?? false;
    return others && deps.clock.monotonic() - this.lookedMs >= SURPRISED_MS;
  }

  private get decision(): Decision | undefined {
    return this.updates.running?.decision ?? this.standing ?? this.outputs?.decision;
  }

  private plan(orders: Orders, seen: TenantObservation | undefined, nowMs: number): Plan {
    const { tenant } = this.entry;
    const { decision } = this;
    if (decision !== undefined && seen !== undefined) this.learn(seen, decision, nowMs);
    const leadMs = measuredLeadMs(this.updates.durations);
    const observed = {
      ...{ advice: this.advisor.advice, hold: orders.hold ?? null, grant: null },
      ...(decision === undefined ? {} : { decision }),
      ...(leadMs === undefined ? {} : { leadMs }),
      ...this.sharedSlots(seen),
    };
    const now = new Date(nowMs);
    const free = planFor(tenant, now, observed);
    const holds = this.claim(free, 0);
    const grant = this.deps.capacity.grantFor(tenant.name);
    const plan = grant === null ? free : planFor(tenant, now, { ...observed, grant });
    // Before any other tenant asks for it.
    if (!orders.paused) this.claim(free, Math.max(holds, plan.taskManagers));
    this.cuts = grant === null || plan.cuts.length > 0 ? plan.cuts : cutsOf(free, plan, grant);
    return plan;
  }

  /** The cluster's slots where jobs that the plan does not know may hold some. */
  private sharedSlots(seen: TenantObservation | undefined) {
    const { cluster, liveJobs = 0 } = seen ?? {};
    if (cluster === undefined || liveJobs <= this.entry.tenant.jobs.length) return {};
    return { slots: { total: cluster.slotsTotal, available: cluster.slotsAvailable } };
  }

  private learn(seen: TenantObservation, decision: Decision, nowMs: number): void {
    const updating = this.updates.running !== undefined;
    const observations = Object.fromEntries(
      Object.entries(seen.jobs).map(([name, { observation }]) => [
        name,
        observation && { ...observation, running: observation.running && !updating },
      ]),
    );
    this.advisor.observe(observations, decision, nowMs);
  }

  /** Claims what the plan wants. Gives what the tenant holds: until an update has ended, what it gives up, too. */
  private claim({ floor, taskManagers: wanted }: Plan, reserved: number): number {
    const decisions = [this.outputs?.decision, this.updates.running?.decision];
    const holds = Math.max(reserved, ...decisions.map((one) => one?.to.taskManagers ?? 0));
    this.deps.capacity.claim(claimOf(this.entry.tenant, { floor, wanted, holds }));
    return holds;
  }

  /** Takes over a decision that asks for what runs already: it needs no update. */
  private async stand(decision: Decision): Promise<void> {
    const { decision: last, deps } = this;
    if (last === undefined || decision === last || this.updates.running || deps.dryRun) return;
    if (!sameCapacity(last.to, decision.to) || !sameHold(last, decision)) return;
    this.standing = decision;
    const sentence = `No update is needed: ${explain(decision)}`;
    if (sentence === this.said) return;
    this.said = sentence;
    const at = new Date(deps.clock.now()).toISOString();
    await deps.journal.append({ kind: "conductor", at, sentence });
  }

  /** An update where the plan has moved on from what runs, or what should run does not. */
  private intentOf(
    { decision }: Plan,
    finding: Finding | undefined,
    seen: TenantObservation | undefined,
  ): Intent | undefined {
    const { updates, deps } = this;
    if (!this.looked || updates.running || !deps.capacity.isComplete) return undefined;
    const observation = summaryOf(this.entry.tenant.jobs, seen);
    if (decision !== this.decision) return { cause: "decision", decision, observation, ...finding };
    const found = finding?.found ?? updates.unsettled;
    if (found === undefined) return undefined;
    return { cause: "heal", decision, observation, ...finding, found };
  }

  /** Has the medic look, and gives what it wants to be brought back by an update. */
  private async examine(
    seen: TenantObservation | undefined,
    allowed: boolean,
  ): Promise<Finding | undefined> {
    const { decision } = this;
    if (decision === undefined || seen === undefined || !this.looked) return undefined;
    const { updates, deps } = this;
    const mayAct = allowed && !deps.dryRun && deps.lease.held();
    const finding = await this.medic.look(seen, {
      wanted: deps.wanted(decision, seen),
      may: mayAct ? mayWhile(updates.running !== undefined) : "nothing",
      endedMs: updates.endedMs,
      cancel: async (job) => this.watcher?.cancel(seen.jobs[job]?.jobId ?? ""),
    });
    return finding && !(await this.hasMoved()) ? finding : undefined;
  }

  /** True where somebody else has updated the stack since it was looked at. */
  private async hasMoved(): Promise<boolean> {
    const before = this.outputs;
    await this.look();
    const moved = JSON.stringify(this.outputs) !== JSON.stringify(before);
    // By its identity, a decision is known to stand.
    if (!moved) this.outputs = before;
    else this.looked = false;
    return moved;
  }

  /** Room on the nodes for what is planned. */
  private async keepRoom(nowMs: number): Promise<void> {
    const fault = await this.deps.room?.keep(this.entry.tenant, this.decision, nowMs);
    this.problem ??= fault;
  }

  private async act(nowMs: number): Promise<void> {
    // An update that runs takes the room itself.
    if (this.updates.running === undefined) await this.keepRoom(nowMs);
    if (this.intent === undefined) return;
    const blocked = await this.updates
      .begin(this.entry, this.intent)
      .catch((error: Error) => error.message);
    if (blocked !== undefined) this.problem ??= `not updated: ${blocked}`;
    else if (this.intent.cause === "decision") this.counts.decisions += 1;
  }

  private async alarm(seen: TenantObservation | undefined): Promise<void> {
    const { updates, medic } = this;
    // What an update stops is no fault.
    if (updates.running !== undefined) return;
    const exceptionOf = async (jobId: string) => this.watcher?.exceptionOf(jobId);
    await this.alerts.update({
      ...(await seenFacts(seen, exceptionOf)),
      cuts: this.cuts,
      failedUpdates: updates.failures,
      givenUp: medic.givenUp,
      ...(updates.lastError === undefined ? {} : { updateError: updates.lastError }),
    });
  }

  private view(
    plan: Plan,
    orders: Orders,
    seen: TenantObservation | undefined,
    atMs: number,
  ): TenantView {
    const { decision, updates, medic, advisor } = this;
    return viewOf({
      ...{ entry: this.entry, plan, orders, seen, atMs, decision },
      held: (job) => advisor.held(job)?.detail,
      doing: updates.doing,
      alerts: this.alerts.firing,
      problem: this.problem ?? updates.lastError,
      counts: {
        ...{ ...this.counts, ...updates.counts },
        heals: updates.counts.heals + medic.restarts,
      },
      lastUpdateSeconds: updates.lastSeconds,
    });
  }
}

function sameHold(a: Decision, b: Decision): boolean {
  return JSON.stringify(a.under?.hold) === JSON.stringify(b.under?.hold);
}
