import { randomBytes } from "node:crypto";
import * as path from "node:path";
import type { Wish } from "../../policies/simulator/scaler";
import { instantFor, type ScratchEnvironment } from "../driver/scratch-environment";
import { check } from "../workload/checker";
import { CommitWatcher } from "../workload/commit-watcher";
import { startFeeder, type Feeder } from "../workload/feeder";
import type { Verdict } from "../workload/verdict";
import { ClusterWatcher } from "./cluster-watcher";
import type { Conducted } from "./conduct";
import { wordLine } from "./line";
import { Observer } from "./observer";
import type { Observation } from "./sight";

/** An update that was made. Unix time in ms. */
export interface Action {
  wish: Wish;
  second: number;
  updateSeconds: number;
}

export interface FeedOptions {
  linesPerSecond: (second: number) => number;
  seconds: number;
}

/** A tenant on a real cluster: fed, watched, and changed by `pulumi up`. */
export class Stage implements Conducted {
  readonly actions: Action[] = [];
  private feeder: Feeder | undefined;
  private readonly observer: Observer;

  private constructor(
    private readonly environment: ScratchEnvironment,
    private readonly tenant: string,
    readonly slotsPerTaskManager: number,
    private readonly brokers: readonly string[],
    readonly sizes: ClusterWatcher,
    /** Lines as they come into the input topic. */
    readonly input: CommitWatcher,
    /** Records as the job writes them: their transaction ends with the next checkpoint. */
    readonly output: CommitWatcher,
    flinkUrl: string,
  ) {
    this.observer = new Observer(flinkUrl, brokers, this.topics.input);
  }

  /** Brings the tenant up with what should run first, and begins to watch. */
  static async open(
    environment: ScratchEnvironment,
    tenant: string,
    first: Wish,
    slotsPerTaskManager: number,
  ): Promise<Stage> {
    const up = await environment.up(tenant, { at: instantFor(first.parallelism) });
    const { kafkaOnHost, flinkUrl } = up.tenant;
    const brokers = [kafkaOnHost];
    const { input, output } = topicsOf(tenant);
    const stage = new Stage(
      environment,
      tenant,
      slotsPerTaskManager,
      brokers,
      new ClusterWatcher(flinkUrl),
      await CommitWatcher.start({ brokers, topic: input }),
      await CommitWatcher.start({ brokers, topic: output, uncommitted: true }),
      flinkUrl,
    );
    await stage.observer.open();
    return stage;
  }

  /** Begins to feed. Gives the instant at which the feeder began, Unix time in ms. */
  async feed({ linesPerSecond, seconds }: FeedOptions): Promise<number> {
    this.feeder = await startFeeder({
      brokers: this.brokers,
      topic: this.topics.input,
      ledgerFile: this.ledgerFile,
      linesPerSecond,
      maxSeconds: seconds,
      runId: `reality-${randomBytes(4).toString("hex")}`,
      lineAt: wordLine,
    });
    return Date.now() - this.feeder.stats().seconds * 1000;
  }

  observe(): Promise<Observation> {
    return this.observer.observe();
  }

  async act(wish: Wish, second: number): Promise<void> {
    const at = instantFor(wish.parallelism);
    const { seconds: updateSeconds, tenant } = await this.environment.up(this.tenant, { at });
    if (tenant.taskManagers !== wish.taskManagers) {
      throw new Error(`${wish.taskManagers} TaskManagers were wished, ${tenant.taskManagers} run`);
    }
    this.actions.push({ wish, second, updateSeconds });
  }

  /** Stops feeding and counts every word. */
  async count(): Promise<Verdict> {
    await this.feeder?.stop();
    return check({
      brokers: this.brokers,
      inputTopic: this.topics.input,
      outputTopic: this.topics.output,
      ledgerFile: this.ledgerFile,
    });
  }

  async close(): Promise<void> {
    const { feeder, sizes, input, output, observer } = this;
    await Promise.allSettled([
      feeder?.stop(),
      sizes.stop(),
      input.stop(),
      output.stop(),
      observer.close(),
    ]);
  }

  private get topics() {
    return topicsOf(this.tenant);
  }

  private get ledgerFile(): string {
    return path.join(this.environment.folder, `${this.tenant}.ledger`);
  }
}

function topicsOf(tenant: string) {
  return { input: `${tenant}.lines`, output: `${tenant}.counts` };
}
