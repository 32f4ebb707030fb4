import { Partitioners, type Producer } from "kafkajs";
import { kafkaClient, requireTopics, unreachable } from "./kafka";
import { LedgerWriter } from "./ledger";
import { Pace, type Rate } from "./pace";
import { lineAt } from "./text";

export interface FeederOptions {
  /** host:port each, as this machine reaches them. */
  brokers: readonly string[];
  topic: string;
  /** Where to note what the broker acknowledged; made if missing, appended to otherwise. */
  ledgerFile: string;
  linesPerSecond: Rate;
  /** The feeder stops by itself after this many seconds. */
  maxSeconds: number;
  /** First part of every line id `<runId>-<n>`: lower-case letters, digits, hyphens; new for each run. */
  runId: string;
  /** The text of the n-th line, from 0. @default the novel's lines, over and over */
  lineAt?: (n: number) => string;
}

export interface FeederStats {
  /** Lines the rate asked for so far. */
  due: number;
  acknowledged: number;
  /** Lines whose outcome the broker never told. */
  unknown: number;
  seconds: number;
  /** The rate now, in lines per second. */
  linesPerSecond: number;
}

export type FeedSummary = FeederStats & { runId: string; ledgerFile: string };

const TICK_MS = 50;
/** Bounds a batch when a backlog is worked off after the broker was away. */
const MAX_BATCH_LINES = 1000;
const PRODUCER_TRIES = 30;

/** Starts feeding. Throws UserError when no broker answers or the topic is missing. */
export async function startFeeder(options: FeederOptions): Promise<Feeder> {
  await requireTopics(options.brokers, [options.topic]);
  const ledger = new LedgerWriter(options.ledgerFile, options.runId);
  try {
    const producer = await connectProducer(options.brokers);
    return new Feeder(options, ledger, producer);
  } catch (error) {
    ledger.close();
    throw unreachable(options.brokers, error);
  }
}

/** Feeds the text until it is stopped or its time is over. Made by startFeeder. */
export class Feeder {
  /** Settles when the feeder has stopped, for whatever reason. */
  readonly done: Promise<FeedSummary>;
  /** When it began, Unix time in ms. */
  readonly startMs = Date.now();
  private readonly pace: Pace;
  private readonly endMs: number;
  private next = 0;
  private acknowledged = 0;
  private unknown = 0;
  private stopAtMs: number | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly options: FeederOptions,
    private readonly ledger: LedgerWriter,
    private producer: Producer,
  ) {
    this.pace = new Pace(options.linesPerSecond, this.startMs);
    this.endMs = this.startMs + options.maxSeconds * 1000;
    ledger.write({ what: "run", run: options.runId, topic: options.topic, at: this.startMs });
    this.done = this.run();
    this.done.catch(() => undefined);
  }

  /** Another rate from now on. */
  setRate(linesPerSecond: Rate): void {
    this.pace.change(linesPerSecond, this.clock());
  }

  /** Sends what is due, waits for the broker's answers and disconnects. */
  async stop(): Promise<FeedSummary> {
    this.stopAtMs ??= this.clock();
    this.wake();
    return this.done;
  }

  stats(): FeederStats {
    const now = this.clock();
    return {
      due: this.pace.due(now),
      acknowledged: this.acknowledged,
      unknown: this.unknown,
      seconds: (now - this.startMs) / 1000,
      linesPerSecond: this.pace.current(now),
    };
  }

  /** Now, but never past the moment the feeder ends. */
  private clock(): number {
    return Math.min(Date.now(), this.stopAtMs ?? this.endMs);
  }

  private async run(): Promise<FeedSummary> {
    try {
      for (let tick = 1; ; tick += 1) {
        const last = Date.now() >= (this.stopAtMs ?? this.endMs);
        await this.sendDue();
        if (last) break;
        await this.sleepUntil(this.startMs + tick * TICK_MS);
      }
    } finally {
      await this.producer.disconnect().catch(() => undefined);
      this.ledger.close();
    }
    const { runId, ledgerFile } = this.options;
    return { ...this.stats(), runId, ledgerFile };
  }

  private async sendDue(): Promise<void> {
    for (;;) {
      const due = this.pace.due(this.clock()) - this.next;
      if (due <= 0) return;
      await this.send(Math.min(due, MAX_BATCH_LINES));
    }
  }

  /** One batch at a time: the next one waits for the answer, as idempotence with kafkajs wants it. */
  private async send(count: number): Promise<void> {
    const { runId: run, topic, lineAt: textAt = lineAt } = this.options;
    const range = { run, from: this.next, to: this.next + count - 1 };
    const messages = Array.from({ length: count }, (_, i) => ({
      key: `${run}-${range.from + i}`,
      value: textAt(range.from + i),
    }));
    this.ledger.write({ what: "sent", ...range, at: Date.now() });
    this.next += count;
    try {
      await this.producer.send({ topic, messages, acks: -1 });
      this.ledger.write({ what: "acked", ...range, at: Date.now() });
      this.acknowledged += count;
    } catch (error) {
      this.ledger.write({ what: "unknown", ...range, at: Date.now(), error: `${error}` });
      this.unknown += count;
      await this.replaceProducer();
    }
  }

  /**
   * After a batch of unknown outcome the producer must not go on: kafkajs would give its sequence numbers to the
   * next batch, and a broker that has the old one would acknowledge the new one as a repetition and drop it.
   */
  private async replaceProducer(): Promise<void> {
    await this.producer.disconnect().catch(() => undefined);
    this.producer = await connectProducer(this.options.brokers, PRODUCER_TRIES);
  }

  private async sleepUntil(atMs: number): Promise<void> {
    const waitMs = Math.min(atMs, this.endMs) - Date.now();
    if (waitMs <= 0 || this.stopAtMs !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs + 1);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function connectProducer(brokers: readonly string[], tries = 5): Promise<Producer> {
  const producer = kafkaClient(brokers).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  for (let left = tries; ; left -= 1) {
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      if (left <= 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
