import * as os from "node:os";
import { step } from "../../infra/progress";
import type { TenantInput } from "../../policies/tenant";
import { heldPerSecond } from "../driver/cluster-watcher";
import { FedTenant } from "../driver/fed-tenant";
import { ScratchEnvironment, type ScratchTenant } from "../driver/scratch-environment";
import { lagPerSecond, perSecond } from "../workload/lag";
import { compressed, DAYS, dayTrace, type TenantDay } from "./day";
import { sleepUntil } from "./interrupt";
import { progressLine } from "./progress";
import type { Count, Series } from "./result";
import type { Size } from "./updates";

const MINUTE_MS = 60_000;
/** Before the day, at its first load. */
const LEAD_IN_MS = 90_000;
/** In which jobs load their classes and get into their stride. */
const WARM_UP_MS = 30_000;
/** After the day and after each update, in which what belongs to it is still seen. */
export const AFTERMATH_MS = 5_000;
/** In which the last updates and what they do to the stream are over. */
const LONGEST_END_MS = 180_000;
const PROGRESS_MS = 15_000;
/** The platform's Prometheus feeds nothing but the forecast here, and two cores have enough to do. */
const SCRAPE_SECONDS = 15;

/** One tenant on the stage. */
export interface StagedTenant {
  day: TenantDay;
  block: TenantInput;
  /** What runs at first. */
  first: Size;
  fed: FedTenant;
}

export interface Played {
  startMs: number;
  loadAverage: { start: number; end: number };
}

export interface PlayOptions {
  minutes: number;
  seed: number;
  signal: AbortSignal;
}

/** All tenants in an environment of their own, fed and watched. */
export class Stage {
  private constructor(
    readonly environment: ScratchEnvironment,
    readonly tenants: readonly StagedTenant[],
    private readonly options: PlayOptions,
  ) {}

  /** Brings everything up, lets `act` happen on it, and removes it all, whatever happens. */
  static async with<T>(
    tenantOf: (day: TenantDay) => ScratchTenant,
    options: PlayOptions,
    act: (stage: Stage) => Promise<T>,
  ): Promise<T> {
    const environment = await ScratchEnvironment.create();
    const tenants: StagedTenant[] = [];
    try {
      await step("platform", () =>
        environment.upPlatform({ scrapeIntervalSeconds: SCRAPE_SECONDS }),
      );
      for (const day of DAYS) {
        options.signal.throwIfAborted();
        tenants.push(await step(day.name, () => open(environment, day, tenantOf(day))));
      }
      options.signal.throwIfAborted();
      return await act(new Stage(environment, tenants, options));
    } finally {
      await Promise.all(tenants.map(({ fed }) => fed.close()));
      await step("removing the environment", () => environment.remove());
    }
  }

  /** Begins to feed, at the first load of the day. Gives the full minute at which the day itself begins. */
  async warmUp(): Promise<number> {
    const { minutes, seed, signal } = this.options;
    const startMs = Math.ceil((Date.now() + LEAD_IN_MS) / MINUTE_MS) * MINUTE_MS;
    const endMs = startMs + minutes * MINUTE_MS;
    for (const { day, fed } of this.tenants) {
      const { rateAt } = compressed(dayTrace(day, seed), startMs, minutes);
      // What goes on at the end of the day is measured on a stream that goes on, too.
      await fed.feed({ rateAt, maxSeconds: (endMs + LONGEST_END_MS - Date.now()) / 1000 });
    }
    await sleepUntil(Date.now() + WARM_UP_MS, signal);
    return startMs;
  }

  /**
   * Lets the day pass, and says every few seconds how things stand.
   *
   * @param news what happened since it was last asked, for people; throws where the day can't go on
   */
  async play(startMs: number, news: () => Promise<string[]>): Promise<Played> {
    if (Date.now() > startMs) throw new Error("the day began before all was ready for it");
    const endMs = startMs + this.options.minutes * MINUTE_MS;
    await this.follow(startMs, { startMs, endMs }, news);
    const start = os.loadavg()[0] ?? 0;
    await this.follow(endMs, { startMs, endMs }, news);
    const end = os.loadavg()[0] ?? 0;
    await this.aftermath();
    return { startMs, loadAverage: { start, end } };
  }

  /** Waits until what was just done shows. */
  aftermath(): Promise<void> {
    return sleepUntil(Date.now() + AFTERMATH_MS, this.options.signal);
  }

  /** What was measured of a tenant. */
  seriesOf({ fed, first }: StagedTenant, startMs: number): Series {
    const span = { startMs, seconds: this.options.minutes * 60 };
    const { input, output, sizes } = fed;
    const lag = lagPerSecond(input.batches, output.batches, span);
    const held = (of: (size: Partial<Size>) => number | undefined, before: number) =>
      heldPerSecond(sizes.samples, span, of, before);
    return {
      arrived: perSecond(input.batches, span),
      lagSeconds: lag.map((seconds) => Math.round(seconds * 100) / 100),
      taskManagers: held(({ taskManagers }) => taskManagers, first.taskManagers),
      parallelism: held(({ parallelism }) => parallelism, first.parallelism),
    };
  }

  /** Counts every word of a tenant. */
  async count({ fed }: StagedTenant): Promise<Count> {
    const verdict = await step(`${fed.name}: counting every word`, () => fed.count());
    const { exact, words, lost, duplicated, sentence } = verdict;
    return { exact, words, lost, duplicated, sentence };
  }

  private async follow(
    untilMs: number,
    day: { startMs: number; endMs: number },
    news: () => Promise<string[]>,
  ): Promise<void> {
    while (Date.now() < untilMs) {
      await sleepUntil(Math.min(untilMs, Date.now() + PROGRESS_MS), this.options.signal);
      progressLine(this.tenants, day, await news());
    }
  }
}

async function open(
  environment: ScratchEnvironment,
  day: TenantDay,
  tenant: ScratchTenant,
): Promise<StagedTenant> {
  const block = await environment.addTenant(tenant);
  const { tenant: outputs } = await environment.up(day.name);
  const [job] = Object.values(outputs.jobs);
  const first = { taskManagers: outputs.taskManagers, parallelism: job?.parallelism ?? 0 };
  return { day, block, first, fed: await FedTenant.watch(environment, outputs) };
}
