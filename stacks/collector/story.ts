import { sleep } from "../../infra/flink/wait";
import { startContainer, stopContainer } from "../chaos/containers";
import { statementsOf } from "./changes";
import type { HealthSample } from "./health-watch";
import { killBetweenOffsets } from "./kill";
import { TABLE, type ChangesStage } from "./stage";
import { differences } from "./topic-counts";

/** A batch of changes comes every so often. */
const BATCH_MS = 500;
/** How long counts may take to be those of the table. */
const SETTLE_SECONDS = 180;
/** More than the promised minute: how long it took is judged with the rest. */
const READY_SECONDS = 180;
const FAULT_SECONDS = 120;
/** Those of Kafka's client and of the database's driver are left out. */
const OWN_LINE = /(WARN|ERROR).*\(io\.flinktide\.collector\.\w+\)$/;

/** What the counts came to, all of them after what was changed last. */
export interface Counted {
  /** Events in the collector's topic since its beginning, and how many of them are repeated. */
  events: number;
  repeated: number;
  /** The job's counts are those made in SQL over the table. */
  exact: boolean;
  /** Words of which the job without deduplication has another count than the table. */
  blindDiffers: number;
  /** That job counted just what the topic has, so that it differs for no other reason. */
  blindAsTopic: boolean;
}

/** What health said while something was away. Seconds; null: never. */
export interface Outage {
  notReadyAfter: number | null;
  /** From its return to ready. */
  readyAgainAfter: number | null;
  /** Live was 200 at every look, but for those in which a process that had used up its attempts was started anew. */
  live: boolean;
  /** How often it was. */
  restarts: number;
  /** Whatever health gave as its reason. */
  reasons: string[];
  /** Its own lines in the log above INFO, the first and the last. */
  log: string[];
}

/** Feeds the table batch by batch; whoever plays it goes on where it was. */
export class ChangeFeed {
  batch = 0;

  constructor(private readonly stage: ChangesStage) {}

  /** `after` is called with the number of batches done in this call. */
  async play(batches: number, after?: (done: number) => Promise<void>): Promise<void> {
    for (let done = 1; done <= batches; done++) {
      const due = sleep(BATCH_MS);
      await this.stage.database.sql(statementsOf(TABLE, this.batch));
      this.batch += 1;
      await after?.(done);
      await due;
    }
  }
}

/** Shares of the changes after which something happens. */
export interface Disturbances {
  /** The job is rescaled, to this parallelism. */
  rescales: readonly (readonly [number, number])[];
  /** The collector is killed, as a power cut would. */
  kills: readonly number[];
}

export interface Disturbed {
  seconds: number;
  /** From each kill to ready. */
  readyAfterKill: number[];
  /** Of the updates that rescaled the job. */
  updateSeconds: number[];
}

/**
 * Feeds so many batches while the job is rescaled and the collector is killed, and more for as long as an update
 * takes. Throws where one fails.
 */
export async function disturb(
  stage: ChangesStage,
  feed: ChangeFeed,
  batches: number,
  { rescales, kills }: Disturbances,
): Promise<Disturbed> {
  const started = Date.now();
  const due = (share: number, done: number) => Math.max(1, Math.round(share * batches)) === done;
  const updates = new Sequence<{ seconds: number }>();
  const recoveries = new Sequence<number>();
  await feed.play(batches, async (done) => {
    const rescale = rescales.find(([share]) => due(share, done));
    if (rescale !== undefined) updates.add(() => stage.up(rescale[1]));
    if (kills.some((share) => due(share, done))) recoveries.add(() => kill(stage));
  });
  while (updates.isBusy || recoveries.isBusy) await feed.play(1);
  return {
    seconds: (Date.now() - started) / 1000,
    readyAfterKill: await recoveries.results(),
    updateSeconds: (await updates.results()).map(({ seconds }) => seconds),
  };
}

/** What is to be done beside other things, one after the other. */
class Sequence<T> {
  private readonly all: Promise<T>[] = [];
  private left = 0;

  get isBusy(): boolean {
    return this.left > 0;
  }

  add(work: () => Promise<T>): void {
    this.left += 1;
    const before = this.all.at(-1) ?? Promise.resolve();
    const one = before.then(work).finally(() => (this.left -= 1));
    // Whoever asks for the results gets the failure.
    one.catch(() => undefined);
    this.all.push(one);
  }

  results(): Promise<T[]> {
    return Promise.all(this.all);
  }
}

async function kill(stage: ChangesStage): Promise<number> {
  await killBetweenOffsets(stage.collector);
  const killed = Date.now();
  return ((await stage.watch.until(true, READY_SECONDS)).atMs - killed) / 1000;
}

/** Waits until all counts are those of the table, and tells how they differ where they are not. */
export async function count(stage: ChangesStage): Promise<Counted> {
  const table = await stage.words();
  const { changes, careful, blind } = stage;
  await changes.reaches(table, SETTLE_SECONDS);
  const exact = await careful.reaches(table, SETTLE_SECONDS);
  const blindAsTopic = await blind.reaches(changes.blind.words, SETTLE_SECONDS);
  const { events, duplicates: repeated } = changes.careful;
  return { events, repeated, exact, blindDiffers: differences(blind.words, table), blindAsTopic };
}

/** Stops a container for so long, and starts it again. `beside`: what goes on in the meantime. */
export async function takeAway(
  stage: ChangesStage,
  container: string,
  seconds: number,
  beside: () => Promise<void> = async () => undefined,
): Promise<Outage> {
  const from = stage.watch.samples.length;
  const restarts = await stage.restarts();
  const stopped = Date.now();
  await stopContainer(container);
  await Promise.all([sleep(seconds * 1000), beside()]);
  const back = Date.now();
  await startContainer(container);
  const ready = await stage.watch.until(true, FAULT_SECONDS);
  return outageOf(stage, { from, restarts, stopped, back, ready });
}

/** Gives the collector's user another password for so long. */
export async function changePassword(stage: ChangesStage, seconds: number): Promise<Outage> {
  const from = stage.watch.samples.length;
  const restarts = await stage.restarts();
  const stopped = Date.now();
  await stage.database.setPassword("another-1");
  await stage.database.disconnect();
  await sleep(seconds * 1000);
  const back = Date.now();
  await stage.database.setPassword(stage.password);
  const ready = await stage.watch.until(true, FAULT_SECONDS);
  return outageOf(stage, { from, restarts, stopped, back, ready });
}

/** Purges what a stopped collector has not read: it must not go on. */
export async function purgeBehind(stage: ChangesStage, feed: ChangeFeed): Promise<Outage> {
  await stopContainer(stage.collector);
  await feed.play(2);
  await stage.database.purge();
  const from = stage.watch.samples.length;
  const back = Date.now();
  await startContainer(stage.collector);
  await stage.watch.until(false, READY_SECONDS, /is purged/);
  // It must stay so.
  await sleep(10_000);
  return outageOf(stage, { from, restarts: 0, stopped: back, back, ready: undefined });
}

interface Seen {
  /** Index of the first sample. */
  from: number;
  /** Before. */
  restarts: number;
  stopped: number;
  back: number;
  ready: HealthSample | undefined;
}

async function outageOf(stage: ChangesStage, seen: Seen): Promise<Outage> {
  const { from, restarts: before, stopped, back, ready } = seen;
  const samples = stage.watch.samples.slice(from);
  // Docker counts anew when a container is started by hand.
  const restarts = Math.max(0, (await stage.restarts()) - before);
  const unready = samples.find(({ ready: status }) => status !== 200);
  // While it is being started by hand, nothing answers.
  const first = samples.findIndex(({ live }) => live === 200);
  const dead = samples.slice(Math.max(0, first)).filter(({ live }) => live !== 200);
  const lines = (await stage.log(stopped)).split("\n").filter((line) => OWN_LINE.test(line));
  return {
    notReadyAfter: unready === undefined ? null : (unready.atMs - stopped) / 1000,
    readyAgainAfter: ready === undefined ? null : (ready.atMs - back) / 1000,
    live: dead.every(({ live }) => live === 0 && restarts > 0),
    restarts,
    reasons: [...new Set(samples.map(({ reason }) => reason).filter((reason) => reason !== ""))],
    log: [...new Set([lines[0], lines.at(-1)])].filter((line) => line !== undefined),
  };
}
