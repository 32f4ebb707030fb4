import type { Lease } from "../../infra/lease/lease";
import { say } from "../../infra/progress";
import { nextWakeMs } from "../../policies/conduct/wake";
import { OBSERVATION_SECONDS } from "../../policies/scaling/settings";
import type { Tenant } from "../../policies/tenant";
import type { CapacityBook } from "./capacity-book";
import type { BrokenEntry, CatalogEntry } from "./catalog";
import { JumpWatch, type Clock } from "./clock";
import { Gate } from "./gate";
import type { TenantConductor } from "./tenant-conductor";
import type { ConductorView, TenantView } from "./tenant-view";

/** Tenants that are observed at once: most of the time of each is spent waiting for Flink to fetch its metrics. */
const OBSERVED_AT_ONCE = 256;

export interface EnvironmentDeps {
  environment: string;
  clock: Clock;
  lease: Lease;
  capacity: CapacityBook;
  catalog: { refresh(): Promise<{ entries: CatalogEntry[]; broken: BrokenEntry[] }> };
  /** A tenant that is new. */
  conductorOf(entry: CatalogEntry): Promise<TenantConductor>;
  /** Of the conductor itself, into the journals of all tenants. */
  note(sentence: string): Promise<void>;
  /** After each round. */
  publish(view: ConductorView): Promise<void>;
  /** Once another conductor leads. */
  retire(): Promise<void>;
  identity: { pid: number; host: string };
  /** Only these; left out: all of the environment. */
  only?: readonly string[];
}

/** All tenants of an environment: rounds of cycles, while the lease is held. */
export class EnvironmentConductor {
  private readonly tenants = new Map<string, TenantConductor>();
  private readonly gate = new Gate(OBSERVED_AT_ONCE);
  private readonly jumps: JumpWatch;
  private readonly startedAtMs: number;
  private readonly views = new Map<string, TenantView>();
  private readonly busy = new Set<string>();
  private readonly complained = new Map<string, number>();
  private known: readonly CatalogEntry[] = [];
  private wasLeading: boolean | undefined;
  private lastFence: number | undefined;
  private roundedMs: number | undefined;

  constructor(private readonly deps: EnvironmentDeps) {
    this.jumps = new JumpWatch(deps.clock);
    this.startedAtMs = deps.clock.now();
  }

  /**
   * One round over all tenants; nothing where another conductor has the lease. Gives when to wake for the next, ms. Does
   * not throw: what fails is said, and tried again in the next round.
   *
   * @param enough once it resolves, no tenant is waited for any more; left out: all are
   */
  async round(enough: Promise<unknown> = new Promise(() => undefined)): Promise<number> {
    try {
      return await this.roundNow(enough);
    } finally {
      this.roundedMs = this.deps.clock.monotonic();
    }
  }

  /** Since the last round ended, ms; undefined before the first. */
  get sinceRoundMs(): number | undefined {
    const { roundedMs } = this;
    return roundedMs === undefined ? undefined : this.deps.clock.monotonic() - roundedMs;
  }

  private async roundNow(enough: Promise<unknown>): Promise<number> {
    const { clock, lease, publish } = this.deps;
    const begun = clock.monotonic();
    const leading =
      lease.held() || (await tried("the lease can't be taken", () => lease.acquire())) === true;
    await tried("who leads can't be told", () => this.tellLease(leading));
    if (!leading) return OBSERVATION_SECONDS * 1000;
    await tried("the clock's jump can't be noted", () => this.lookAtClock());
    await Promise.race([this.cycleAll(), enough]);
    const view = this.view((clock.monotonic() - begun) / 1000);
    await tried("the state can't be published", () => publish(view));
    return this.untilNext(begun);
  }

  /** Waits for the updates that run. */
  async finish(): Promise<void> {
    await Promise.all([...this.tenants.values()].map(({ updates }) => updates.running?.work));
  }

  /** Stacks whose update runs. */
  get updating(): string[] {
    return [...this.tenants].flatMap(([stack, { updates }]) => (updates.running ? [stack] : []));
  }

  /** The tenant of a name, as its file last was. */
  tenantOf(name: string): Tenant | undefined {
    return this.known.find(({ tenant }) => tenant.name === name)?.tenant;
  }

  get conductors(): ReadonlyMap<string, TenantConductor> {
    return this.tenants;
  }

  private async tellLease(leading: boolean): Promise<void> {
    const { fence } = this.deps.lease;
    const isSame = !leading || fence === this.lastFence;
    if (leading === this.wasLeading && isSame) return;
    this.wasLeading = leading;
    if (leading) this.lastFence = fence;
    if (!isSame) for (const tenant of this.tenants.values()) tenant.lookAgain();
    if (!leading) await this.deps.retire();
    if (!leading) say(`another conductor of ${this.deps.environment} has the lease; standing by`);
    else if (fence > 0) await this.deps.note(`takes the lease, token ${fence}`);
  }

  private async lookAtClock(): Promise<void> {
    const jump = this.jumps.look();
    if (jump === 0) return;
    for (const tenant of this.tenants.values()) tenant.reset();
    const seconds = Math.round(jump / 1000);
    await this.deps.note(
      `the clock jumped by ${seconds} s; every tenant goes to what is right now, once`,
    );
  }

  private async cycleAll(): Promise<void> {
    const { catalog, only } = this.deps;
    const found = await tried("the stack files can't be read", () => catalog.refresh());
    if (found !== undefined) {
      this.complain(found.broken);
      this.known = found.entries.filter(({ tenant }) => only?.includes(tenant.name) ?? true);
    }
    this.dropOthers(this.known);
    await Promise.all(this.known.map((entry) => this.cycle(entry)));
  }

  /** A tenant whose last cycle is still going on, or waits for its turn, is passed over. */
  private async cycle(entry: CatalogEntry): Promise<void> {
    const { stack } = entry;
    if (this.busy.has(stack)) return;
    this.busy.add(stack);
    await this.gate.through(() => this.cycleNow(entry));
    this.busy.delete(stack);
  }

  private async cycleNow(entry: CatalogEntry): Promise<void> {
    const { stack } = entry;
    try {
      let tenant = this.tenants.get(stack);
      if (tenant === undefined) {
        tenant = await this.deps.conductorOf(entry);
        this.tenants.set(stack, tenant);
      }
      this.views.set(stack, await tenant.cycle(entry));
    } catch (error) {
      say(`${stack}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    }
  }

  private dropOthers(chosen: readonly CatalogEntry[]): void {
    const stacks = new Set(chosen.map(({ stack }) => stack));
    for (const [stack, tenant] of this.tenants) {
      if (stacks.has(stack) || this.busy.has(stack) || tenant.updates.running) continue;
      this.tenants.delete(stack);
      this.views.delete(stack);
    }
    this.deps.capacity.keepOnly(new Set(chosen.map(({ tenant }) => tenant.name)));
  }

  /** Once for each version of a file. */
  private complain(broken: readonly BrokenEntry[]): void {
    for (const { file, error, mtimeMs } of broken) {
      if (this.complained.get(file) === mtimeMs) continue;
      this.complained.set(file, mtimeMs);
      say(`${error.message}\nIts tenant goes on as it was.`);
    }
  }

  private view(cycleSeconds: number): ConductorView {
    const { environment, identity, lease, clock } = this.deps;
    return {
      ...{ environment, ...identity, startedAtMs: this.startedAtMs, atMs: clock.now() },
      ...{ leading: lease.held(), fence: lease.fence, cycleSeconds },
      tenants: [...this.views.values()].sort((a, b) => (a.tenant < b.tenant ? -1 : 1)),
    };
  }

  private untilNext(begun: number): number {
    const { clock } = this.deps;
    const spent = clock.monotonic() - begun;
    const edges = [...this.views.values()].flatMap(({ nextEdgeMs }) => nextEdgeMs ?? []);
    const nowMs = clock.now();
    const everyMs = Math.max(0, OBSERVATION_SECONDS * 1000 - spent);
    return nextWakeMs({ nowMs, edgeMs: Math.min(Infinity, ...edges), everyMs }) - nowMs;
  }
}

/** undefined where it fails, which is said. */
async function tried<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    say(`${what}: ${(error as Error).message}`);
    return undefined;
  }
}
