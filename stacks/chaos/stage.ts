import * as fs from "node:fs";
import * as path from "node:path";
import { sleep, waitFor } from "../../infra/flink/wait";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import type { TenantInput } from "../../policies/tenant";
import { Journal, readJournal } from "../conductor/journal";
import { giveOrder } from "../conductor/orders";
import { conductorPaths } from "../conductor/paths";
import { ConductorProcess, type ConductorStart } from "../driver/conductor-process";
import { FedTenant } from "../driver/fed-tenant";
import { inspectLock } from "../driver/pulumi-lock";
import type { ScratchEnvironment, ScratchTenant } from "../driver/scratch-environment";
import { inspectCluster, tenantOutputsSchema } from "../driver/tenant-probe";
import type { Verdict } from "../workload/verdict";
import type { Breaker } from "./breaker";
import { dockerBreaker } from "./docker-breaker";
import { amiss, type Sight } from "./amiss";
import { journalFaults } from "./journal-check";

const LINES_PER_SECOND = 60;
export const SIZES = { least: 1, most: 2 };
const SLOTS = 2;
/** The job takes all slots of the size that is ordered. */
const BY_ORDER = { floor: SIZES.least, ceiling: SIZES.most, parallelism: SIZES.most * SLOTS };
const HOUR_MS = 3_600_000;
const LOOK_MS = 500;
/** In which a conductor takes over that stands by. */
const LEADER_LIMIT_MS = 30_000;
/** A fault takes a while to show; the stream's lag shows every one of them within this. */
const WELL_FOR_MS = 8_000;
/** Where the conductor and its journals are kept after a run. */
const KEPT = path.join(PROJECT_DIR, "out", "chaos");

export interface StageOptions {
  /** @default exactly-once */
  guarantee?: ScratchTenant["guarantee"];
  /** What the tenant should have while no window is open, in place of a size by order. */
  otherwise?: TenantInput["otherwise"];
  /** What it is broken by. @default Docker's */
  breaker?: Breaker;
  /** Ends the run between two looks. */
  signal: AbortSignal;
}

/** A fed tenant, and the conductors that look after it; its size is what was ordered last. */
export class ChaosStage {
  static readonly tenant = "acme";
  /** TaskManagers that should run, and as many slots' parallelism. */
  size = SIZES.least;
  /** Where the conductors keep what survives them. */
  readonly paths: ReturnType<typeof conductorPaths>;
  private readonly conductors: ConductorProcess[] = [];
  private fed: FedTenant | undefined;
  private flinkUrl = "";
  private logs = 0;

  private constructor(
    readonly environment: ScratchEnvironment,
    /** The tenant as its stack file has it. */
    readonly block: TenantInput,
    readonly breaker: Breaker,
    private readonly signal: AbortSignal,
  ) {
    this.paths = conductorPaths(environment.name, environment.folder);
  }

  /** Has a conductor bring up the tenant, and feeds it. */
  static async open(environment: ScratchEnvironment, options: StageOptions): Promise<ChaosStage> {
    await environment.upPlatform();
    const { guarantee, otherwise, signal } = options;
    const { tenant: name } = ChaosStage;
    const change = { windows: [], otherwise: otherwise ?? BY_ORDER };
    const block = await environment.addTenant({ name, version: "1.14", guarantee, change });
    const { breaker = dockerBreaker(environment, name) } = options;
    const stage = new ChaosStage(environment, block, breaker, signal);
    try {
      if (otherwise === undefined) await stage.hold(SIZES.least);
      await stage.startConductor();
      await stage.bringUp();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** The conductor that leads. Throws where none does within 30 s. */
  async leader(): Promise<ConductorProcess> {
    const leads = (one: ConductorProcess) => one.alive && one.view()?.leading === true;
    const found = await waitFor(async () => this.conductors.find(leads), LEADER_LIMIT_MS, LOOK_MS);
    if (found === undefined) throw new Error("no conductor leads");
    return found;
  }

  /** One more conductor. */
  async startConductor(start?: ConductorStart): Promise<ConductorProcess> {
    this.logs += 1;
    const log = path.join(KEPT, this.environment.name, `conductor-${this.logs}.log`);
    const started = await ConductorProcess.start(this.environment, log, start);
    this.conductors.push(started);
    return started;
  }

  /** Ends the conductors in order; `but`: not this one. */
  async stopConductors(but?: ConductorProcess): Promise<void> {
    await Promise.all(this.conductors.filter((one) => one !== but).map((one) => one.stop()));
    this.conductors.splice(0, this.conductors.length, ...(but === undefined ? [] : [but]));
  }

  /** Orders a size; the conductor follows within seconds. */
  async hold(taskManagers: number): Promise<void> {
    const { tenant } = ChaosStage;
    const place = {
      orders: this.paths.orders(tenant),
      journal: new Journal(this.paths.journal(tenant)),
    };
    const until = new Date(Date.now() + 6 * HOUR_MS).toISOString();
    await giveOrder(place, { order: "hold", hold: { taskManagers, until } }, "command");
    this.size = taskManagers;
  }

  /** Orders the other one of two sizes: an update. */
  async resize(): Promise<void> {
    await this.hold(SIZES.least + SIZES.most - this.size);
  }

  /** True while any pulumi has the tenant's stack, alive or not. */
  async isLocked(): Promise<boolean> {
    const { environment } = this;
    const backend = environment.variables.PULUMI_BACKEND_URL ?? "";
    const state = await inspectLock(backend, environment.stackOf(ChaosStage.tenant));
    return state.kind !== "free";
  }

  container(process: string): string {
    return this.environment.container(ChaosStage.tenant, process);
  }

  /**
   * Gives when all was well from, Unix time in ms; or, where the time is up, what is still amiss.
   *
   * @param wellForMs all has to be well for so long
   */
  async settle(limitMs: number, wellForMs = WELL_FOR_MS): Promise<number | string> {
    const deadline = performance.now() + limitMs;
    const calledMs = Date.now();
    let wellSince: number | undefined;
    for (;;) {
      this.signal.throwIfAborted();
      const atMs = Date.now();
      const ordered = { taskManagers: this.size, parallelism: this.size * SLOTS };
      const fault = amiss(await this.look(calledMs), ordered);
      wellSince = fault === undefined ? (wellSince ?? atMs) : undefined;
      if (wellSince !== undefined && Date.now() - wellSince >= wellForMs) return wellSince;
      if (fault !== undefined && performance.now() > deadline) return fault;
      await sleep(LOOK_MS);
    }
  }

  /** The longest stretch since an instant in which nothing was committed, in seconds. */
  gapSeconds(fromMs: number): number {
    return (this.fed?.output.longestGapMs(fromMs, Date.now()) ?? 0) / 1000;
  }

  /** When what should run now was first seen to run, Unix time in ms. */
  firstAtSize(fromMs: number): number | undefined {
    const { size } = this;
    return this.fed?.sizes.firstSince(
      fromMs,
      ({ taskManagers, parallelism }) => taskManagers === size && parallelism === size * SLOTS,
    );
  }

  mostLiveJobs(fromMs: number): number {
    return this.fed?.sizes.mostLiveJobs(fromMs) ?? 0;
  }

  async journalFaults(): Promise<string[]> {
    const { journal, ownJournal } = this.paths;
    return journalFaults(
      await readJournal(journal(ChaosStage.tenant)),
      await readJournal(ownJournal),
    );
  }

  /** Stops feeding, counts every word that was ever fed, and feeds on. */
  async count(): Promise<Verdict> {
    if (this.fed === undefined) throw new Error("nothing was fed");
    const verdict = await this.fed.count();
    await this.feed(this.fed);
    return verdict;
  }

  /** What runs stays, for whoever removes the environment; journals and logs are kept. */
  async close(): Promise<void> {
    await this.stopConductors();
    await this.fed?.close();
    await this.breaker.close();
    const kept = path.join(KEPT, this.environment.name, "conductor");
    if (fs.existsSync(this.paths.folder)) fs.cpSync(this.paths.folder, kept, COPIED);
  }

  private async bringUp(): Promise<void> {
    const { environment } = this;
    const conductor = await this.leader();
    const ready = await waitFor(
      async () => {
        conductor.requireAlive();
        const [tenant] = conductor.view()?.tenants ?? [];
        return tenant?.jobs.every(({ state }) => state === "RUNNING") || undefined;
      },
      180_000,
      LOOK_MS,
    );
    if (ready === undefined) throw new Error("the conductor did not bring its tenant up");
    const outputs = await environment.pulumi.outputs(environment.stackOf(ChaosStage.tenant));
    const tenant = tenantOutputsSchema.parse(outputs);
    this.flinkUrl = tenant.flinkUrl;
    this.fed = await FedTenant.watch(environment, tenant);
    await this.feed(this.fed);
  }

  private feed(fed: FedTenant): Promise<void> {
    return fed.feed({ rateAt: () => LINES_PER_SECOND, maxSeconds: 6 * 3600 });
  }

  private async look(sinceMs: number): Promise<Sight> {
    const cluster = await inspectCluster(this.flinkUrl).catch(() => undefined);
    return { view: this.shown(sinceMs), cluster, lagSeconds: this.fed?.lagSeconds() };
  }

  /** What was published since an instant by this machine's clock, whatever the conductor's clock says. */
  private shown(sinceMs: number) {
    const isNew = fs.statSync(this.paths.status, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (isNew < sinceMs) return undefined;
    const views = this.conductors.filter(({ alive }) => alive).map((one) => one.view());
    const [tenant] = views.find((view) => view?.leading)?.tenants ?? [];
    return tenant;
  }
}

/** A socket can't be copied. */
const COPIED = { recursive: true, filter: (file: string) => !fs.lstatSync(file).isSocket() };
