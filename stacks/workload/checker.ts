import { readLedger, type LedgerRun } from "./ledger";
import { requireTopics } from "./kafka";
import { LineTally } from "./line-tally";
import { TopicReader } from "./topic-reader";
import { verdictOf, type Ending, type Verdict } from "./verdict";
import { WordTally } from "./word-tally";
import { wordsOf } from "./words";

export interface CheckOptions {
  /** host:port each, as this machine reaches them. */
  brokers: readonly string[];
  /** Topic of the lines fed. Nobody may write to it during the check. */
  inputTopic: string;
  /** Topic of the running counts. */
  outputTopic: string;
  /** What the feeder noted; without it lines are not held against what was acknowledged. */
  ledgerFile?: string;
  /** The check ends after so long whatever it found. @default 120000 */
  timeoutMs?: number;
  /** Nothing new for so long while records are missing: they count as lost. Longer than a checkpoint. @default 15000 */
  quietMs?: number;
  /** Once all is there, how long to wait for records too many. @default 2000 */
  settleMs?: number;
  /** Called about once a second while it reads. */
  onProgress?: (progress: { words: number; records: number; found: number }) => void;
}

const POLL_MS = 200;
const PROGRESS_MS = 1000;

/** Reads all input and the committed output, and says whether every word was counted once. Throws UserError. */
export async function check(options: CheckOptions): Promise<Verdict> {
  const { brokers, inputTopic, outputTopic } = options;
  const deadline = Date.now() + (options.timeoutMs ?? 120_000);
  const runs = options.ledgerFile === undefined ? [] : readLedger(options.ledgerFile);
  await requireTopics(brokers, [inputTopic, outputTopic]);
  const tally = new WordTally();
  const lines = await readInput(options, runs, tally, deadline);
  const reader = await TopicReader.open({ brokers, topic: outputTopic, from: "beginning" });
  try {
    const ending = await readOutput(reader, options, tally, deadline);
    return verdictOf(tally, lines.verdict(), ending, await openRecords(reader));
  } finally {
    await reader.close();
  }
}

/** Everything that is in the input topic now. */
async function readInput(
  { brokers, inputTopic, onProgress }: CheckOptions,
  runs: readonly LedgerRun[],
  tally: WordTally,
  deadline: number,
): Promise<LineTally> {
  const lines = new LineTally(runs.filter((run) => run.topic === inputTopic));
  const reader = await TopicReader.open({ brokers, topic: inputTopic, from: "beginning" });
  const tell = throttled(tally, onProgress);
  try {
    const ends = await reader.ends();
    while (!reader.reached(ends)) {
      if (Date.now() > deadline) throw new Error("time was up before the input was read");
      for (const { key, value } of await reader.poll(POLL_MS)) {
        lines.add(key?.toString("utf8") ?? "");
        for (const word of wordsOf(value?.toString("utf8") ?? "")) tally.expect(word);
      }
      tell();
    }
    return lines;
  } finally {
    await reader.close();
  }
}

/** Reads the output until it is complete and settled, nothing new comes, or time is up. */
async function readOutput(
  reader: TopicReader,
  options: CheckOptions,
  tally: WordTally,
  deadline: number,
): Promise<Ending> {
  const { quietMs = 15_000, settleMs = 2000 } = options;
  const tell = throttled(tally, options.onProgress);
  let newsAt = Date.now();
  for (;;) {
    const records = await reader.poll(POLL_MS);
    for (const { key, value, partition } of records) {
      tally.record(key?.toString("utf8") ?? "", value?.toString("utf8") ?? "", partition);
    }
    tell();
    const now = Date.now();
    if (records.length > 0) newsAt = now;
    const complete = tally.found === tally.expectedRecords;
    if (now - newsAt >= (complete ? settleMs : quietMs)) return complete ? "complete" : "quiet";
    if (now > deadline) return "timeout";
  }
}

/** Records that an open transaction keeps from readers; markers count too. */
async function openRecords(reader: TopicReader): Promise<number> {
  const ends = await reader.ends();
  return [...ends.values()].reduce((sum, { stable, high }) => sum + (high - stable), 0);
}

function throttled(tally: WordTally, onProgress: CheckOptions["onProgress"]): () => void {
  let toldAt = Date.now();
  return () => {
    if (onProgress === undefined || Date.now() - toldAt < PROGRESS_MS) return;
    toldAt = Date.now();
    onProgress({ words: tally.expectedRecords, records: tally.records, found: tally.found });
  };
}
