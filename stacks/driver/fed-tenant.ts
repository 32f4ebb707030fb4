import { randomBytes } from "node:crypto";
import * as path from "node:path";
import { check } from "../workload/checker";
import { CommitWatcher } from "../workload/commit-watcher";
import { startFeeder, type Feeder } from "../workload/feeder";
import { lagPerSecond } from "../workload/lag";
import type { Verdict } from "../workload/verdict";
import { wordLine } from "../workload/word-line";
import { ClusterWatcher } from "./cluster-watcher";
import type { ScratchEnvironment } from "./scratch-environment";
import type { TenantOutputs } from "./tenant-probe";

/** How long the count of every word may take. */
const COUNT_LIMIT_MS = 900_000;

export interface FeedOptions {
  /** Lines a second at an instant, Unix time in ms. */
  rateAt: (ms: number) => number;
  /** The feeder stops by itself after so long. */
  maxSeconds: number;
}

/** A tenant of a scratch environment that is fed and watched; its capacity is changed by others. */
export class FedTenant {
  private feeder: Feeder | undefined;

  private constructor(
    readonly name: string,
    readonly brokers: readonly string[],
    private readonly ledgerFile: string,
    readonly sizes: ClusterWatcher,
    /** Lines as they come into the input topic. */
    readonly input: CommitWatcher,
    /** Records that the job puts out. */
    readonly output: CommitWatcher,
  ) {}

  /**
   * Begins to watch a tenant that is up.
   *
   * @param uncommitted its records count as put out when they are written, not when their transaction ends
   */
  static async watch(
    { folder }: ScratchEnvironment,
    { tenant, kafkaOnHost, flinkUrl }: TenantOutputs,
    { uncommitted = false } = {},
  ): Promise<FedTenant> {
    const brokers = [kafkaOnHost];
    const topics = topicsOf(tenant);
    const input = await CommitWatcher.start({ brokers, topic: topics.input });
    const output = await CommitWatcher.start({ brokers, topic: topics.output, uncommitted });
    const ledger = path.join(folder, `${tenant}.ledger`);
    return new FedTenant(tenant, brokers, ledger, new ClusterWatcher(flinkUrl), input, output);
  }

  get topics() {
    return topicsOf(this.name);
  }

  async feed({ rateAt, maxSeconds }: FeedOptions): Promise<void> {
    const calledMs = Date.now();
    this.feeder = await startFeeder({
      brokers: this.brokers,
      topic: this.topics.input,
      ledgerFile: this.ledgerFile,
      linesPerSecond: (second) => rateAt((this.feeder?.startMs ?? calledMs) + second * 1000),
      maxSeconds,
      runId: `${this.name}-${randomBytes(4).toString("hex")}`,
      lineAt: wordLine,
    });
  }

  /** Lines a second that are fed now. */
  get linesPerSecond(): number {
    return this.feeder?.stats().linesPerSecond ?? 0;
  }

  /** Age of the oldest line that nothing was put out for yet. */
  lagSeconds(): number {
    const lastSecond = { startMs: Date.now() - 1_000, seconds: 1 };
    const [lag = 0] = lagPerSecond(this.input.batches, this.output.batches, lastSecond);
    return lag;
  }

  /** Stops feeding and counts every word. */
  async count(): Promise<Verdict> {
    await this.feeder?.stop();
    return check({
      brokers: this.brokers,
      inputTopic: this.topics.input,
      outputTopic: this.topics.output,
      ledgerFile: this.ledgerFile,
      timeoutMs: COUNT_LIMIT_MS,
    });
  }

  /** Ends what was started here; the tenant stays. */
  async close(): Promise<void> {
    const { feeder, sizes, input, output } = this;
    await Promise.allSettled([feeder?.stop(), sizes.stop(), input.stop(), output.stop()]);
  }
}

function topicsOf(tenant: string) {
  return { input: `${tenant}.lines`, output: `${tenant}.counts` };
}
