import { Arrivals, type Batch, type Gap } from "./arrivals";
import { requireTopics } from "./kafka";
import { TopicReader } from "./topic-reader";

export interface CommitWatcherOptions {
  /** host:port each, as this machine reaches them. */
  brokers: readonly string[];
  /** Topic whose newly committed records are watched. */
  topic: string;
  /** Watch records as they are written, before their transaction is committed. @default false */
  uncommitted?: boolean;
}

const POLL_MS = 500;

/**
 * Notes when records became readable to a reader of committed records: the time its answer came in. The broker
 * answers as soon as a transaction is committed, so a gap between arrivals is one in which the sink committed nothing.
 * With several brokers an answer waits for the slowest of them, up to half a second.
 */
export class CommitWatcher {
  private readonly arrivals = new Arrivals();
  private stopped = false;
  private readonly loop: Promise<void>;
  private failure: unknown;

  private constructor(private readonly reader: TopicReader) {
    this.loop = this.watch();
  }

  /** Watches from now on: what is in the topic already is not counted. Throws UserError. */
  static async start(options: CommitWatcherOptions): Promise<CommitWatcher> {
    await requireTopics(options.brokers, [options.topic]);
    return new CommitWatcher(await TopicReader.open({ ...options, from: "end" }));
  }

  /** Length of `longestGap`, in ms. */
  longestGapMs(fromMs: number, toMs: number): number {
    return this.longestGap(fromMs, toMs).ms;
  }

  /**
   * The longest stretch without a newly committed record that touches [fromMs, toMs], Unix time in ms; see
   * Arrivals.longestGap for its edges. Throws when the watcher had to give up.
   */
  longestGap(fromMs: number, toMs: number): Gap {
    this.requireAlive();
    return this.arrivals.longestGap(fromMs, toMs);
  }

  /** What arrived so far, in order, to 20 ms. */
  get batches(): readonly Batch[] {
    this.requireAlive();
    return this.arrivals.batches();
  }

  /** Records newly committed between two instants, Unix time in ms. */
  committedBetween(fromMs: number, toMs: number): number {
    this.requireAlive();
    return this.arrivals.countBetween(fromMs, toMs);
  }

  /** Ends the watching; what was noted stays readable. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
    await this.reader.close();
  }

  private async watch(): Promise<void> {
    try {
      while (!this.stopped) {
        const records = await this.reader.poll(POLL_MS);
        if (records.length > 0) this.arrivals.add(Date.now(), records.length);
      }
    } catch (error) {
      this.failure = error;
    }
  }

  private requireAlive(): void {
    if (this.failure === undefined) return;
    throw new Error("the commit watcher lost its broker", { cause: this.failure });
  }
}
