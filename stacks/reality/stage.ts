import type { Wish } from "../../policies/simulator/scaler";
import { FedTenant } from "../driver/fed-tenant";
import { instantFor, type ScratchEnvironment } from "../driver/scratch-environment";
import type { Conducted } from "./conduct";
import { Observer } from "./observer";
import type { Observation } from "./sight";

/** An update that was made. Unix time in ms. */
export interface Action {
  wish: Wish;
  second: number;
  updateSeconds: number;
}

/** A tenant on a real cluster: fed, watched, and changed by `pulumi up`. */
export class Stage implements Conducted {
  readonly actions: Action[] = [];

  private constructor(
    private readonly environment: ScratchEnvironment,
    /** Its output counts as written: a transaction ends with the next checkpoint only. */
    readonly fed: FedTenant,
    readonly slotsPerTaskManager: number,
    private readonly observer: Observer,
  ) {}

  /** Brings the tenant up with what should run first, and begins to watch. */
  static async open(
    environment: ScratchEnvironment,
    tenant: string,
    first: Wish,
    slotsPerTaskManager: number,
  ): Promise<Stage> {
    const up = await environment.up(tenant, { at: instantFor(first.parallelism) });
    const fed = await FedTenant.watch(environment, up.tenant, { uncommitted: true });
    const observer = new Observer(up.tenant.flinkUrl, fed.brokers, fed.topics.input);
    return new Stage(environment, fed, slotsPerTaskManager, observer);
  }

  observe(): Promise<Observation> {
    return this.observer.observe();
  }

  async act(wish: Wish, second: number): Promise<void> {
    const at = instantFor(wish.parallelism);
    const { seconds: updateSeconds, tenant } = await this.environment.up(this.fed.name, { at });
    if (tenant.taskManagers !== wish.taskManagers) {
      throw new Error(`${wish.taskManagers} TaskManagers were wished, ${tenant.taskManagers} run`);
    }
    this.actions.push({ wish, second, updateSeconds });
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.fed.close(), this.observer.close()]);
  }
}
