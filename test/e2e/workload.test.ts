import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Partitioners, type Transaction } from "kafkajs";
import { check } from "../../stacks/workload/checker";
import { CommitWatcher } from "../../stacks/workload/commit-watcher";
import { startFeeder } from "../../stacks/workload/feeder";
import { createTopics, kafkaClient, lagRecords } from "../../stacks/workload/kafka";
import { readLedger } from "../../stacks/workload/ledger";
import { TopicReader } from "../../stacks/workload/topic-reader";
import { wordsOf } from "../../stacks/workload/words";
import { startKafka, type TestKafka } from "../support/kafka";

jest.setTimeout(120_000);

let kafka: TestKafka;
let brokers: string[];
let dir: string;
beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-workload-"));
  kafka = await startKafka();
  brokers = [kafka.broker];
}, 900_000);
afterAll(async () => {
  await kafka?.remove();
  fs.rmSync(dir, { recursive: true });
}, 60_000);

interface Row {
  key: string;
  value: string;
}

/** New topics for one test. */
async function topics(): Promise<{ input: string; output: string }> {
  const id = randomBytes(4).toString("hex");
  const names = { input: `lines-${id}`, output: `counts-${id}` };
  await createTopics(brokers, { [names.input]: 2, [names.output]: 3 });
  return names;
}

/** Opens a transaction with these records in it, all in partition 0; the caller ends it. */
async function transaction(
  topic: string,
  rows: readonly Row[],
): Promise<{ end: (how: "commit" | "abort") => Promise<void>; add: (r: Row[]) => Promise<void> }> {
  const producer = kafkaClient(brokers).producer({
    transactionalId: `txn-${randomBytes(4).toString("hex")}`,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const open: Transaction = await producer.transaction();
  const add = async (more: readonly Row[]) => {
    await open.send({ topic, messages: more.map((row) => ({ ...row, partition: 0 })) });
  };
  await add(rows);
  return {
    add,
    end: async (how) => {
      await open[how]();
      await producer.disconnect();
    },
  };
}

/** Feeds for a moment and gives what a perfect job would put out, in order. */
async function feedAndCount(input: string): Promise<{ ledgerFile: string; perfect: Row[] }> {
  const ledgerFile = path.join(dir, `${input}.ndjson`);
  const feeder = await startFeeder({
    brokers,
    topic: input,
    ledgerFile,
    linesPerSecond: 300,
    maxSeconds: 1,
    runId: "feed",
  });
  await feeder.done;
  const counts = new Map<string, number>();
  const perfect = (await readAll(input)).flatMap((row) =>
    wordsOf(row.value).map((word) => {
      const count = (counts.get(word) ?? 0) + 1;
      counts.set(word, count);
      return { key: word, value: String(count) };
    }),
  );
  return { ledgerFile, perfect };
}

async function readAll(topic: string): Promise<Row[]> {
  const reader = await TopicReader.open({ brokers, topic, from: "beginning" });
  const rows: Row[] = [];
  for (const ends = await reader.ends(); !reader.reached(ends);) {
    for (const { key, value } of await reader.poll(100)) {
      rows.push({ key: String(key), value: String(value) });
    }
  }
  await reader.close();
  return rows;
}

async function commit(topic: string, rows: readonly Row[]): Promise<void> {
  const open = await transaction(topic, rows);
  await open.end("commit");
}

const quick = { quietMs: 1500, settleMs: 500, timeoutMs: 60_000 };

test("a perfect output is exact; rolled-back transactions of two producers are not counted", async () => {
  const { input, output } = await topics();
  const { ledgerFile, perfect } = await feedAndCount(input);
  const half = Math.floor(perfect.length / 2);
  // The second one to begin ends first, so that the broker lists the two in the "wrong" order.
  const first = await transaction(output, perfect.slice(0, 5));
  const second = await transaction(output, perfect.slice(5, 10));
  await first.add(perfect.slice(10, 15));
  await second.end("abort");
  await first.add(perfect.slice(15, 20));
  await commit(output, perfect.slice(0, half));
  await first.end("abort");
  await commit(output, perfect.slice(half));
  const verdict = await check({
    brokers,
    inputTopic: input,
    outputTopic: output,
    ledgerFile,
    ...quick,
  });
  expect(verdict).toMatchObject({
    exact: true,
    ending: "complete",
    words: perfect.length,
    records: perfect.length,
    outOfOrder: 0,
    lines: { inTopic: 300, acknowledged: 300, missing: 0, repeated: 0, foreign: 0 },
  });
});

test("a lost, a doubled and a foreign record are reported, each by its word", async () => {
  const { input, output } = await topics();
  const { ledgerFile, perfect } = await feedAndCount(input);
  const lost = perfect.find((row) => row.key === "the" && row.value === "7");
  const doubled = perfect.find((row) => row.key === "sea" && row.value === "1");
  expect([lost, doubled]).not.toContain(undefined);
  await commit(output, [
    ...perfect.filter((row) => row !== lost),
    ...perfect.filter((row) => row === doubled),
    { key: "notaword", value: "1" },
  ]);
  const verdict = await check({
    brokers,
    inputTopic: input,
    outputTopic: output,
    ledgerFile,
    ...quick,
  });
  expect(verdict).toMatchObject({ exact: false, ending: "quiet", lost: 1, duplicated: 1 });
  expect(verdict.unexpected).toBe(1);
  expect(verdict.perWord.map(({ word, lost, duplicated }) => ({ word, lost, duplicated }))).toEqual(
    expect.arrayContaining([
      { word: "the", lost: 1, duplicated: 0 },
      { word: "sea", lost: 0, duplicated: 1 },
    ]),
  );
});

test("what an open transaction holds is missing, and said to be held", async () => {
  const { input, output } = await topics();
  const { perfect } = await feedAndCount(input);
  await commit(output, perfect.slice(3));
  const held = await transaction(output, perfect.slice(0, 3));
  const verdict = await check({ brokers, inputTopic: input, outputTopic: output, ...quick });
  await held.end("commit");
  expect(verdict).toMatchObject({ exact: false, lost: 3, uncommitted: 3 });
  const after = await check({ brokers, inputTopic: input, outputTopic: output, ...quick });
  expect(after).toMatchObject({ exact: true, uncommitted: 0 });
});

test("every acknowledged line is there once although the broker was killed in between", async () => {
  const { input, output } = await topics();
  const ledgerFile = path.join(dir, `${input}.ndjson`);
  const feeder = await startFeeder({
    brokers,
    topic: input,
    ledgerFile,
    linesPerSecond: 200,
    maxSeconds: 90,
    runId: "killed",
  });
  await until(() => feeder.stats().acknowledged > 100);
  await kafka.kill();
  await kafka.start();
  const before = feeder.stats().acknowledged;
  feeder.setRate(1000);
  await until(() => feeder.stats().acknowledged > before + 1000);
  const summary = await feeder.stop();
  expect(summary.acknowledged + summary.unknown).toBe(summary.due);
  const [run] = readLedger(ledgerFile);
  const sum = (run?.acknowledged ?? []).reduce((n, { from, to }) => n + to - from + 1, 0);
  expect(sum).toBe(summary.acknowledged);
  const { lines } = await check({
    brokers,
    inputTopic: input,
    outputTopic: output,
    ledgerFile,
    quietMs: 1,
  });
  expect(lines).toMatchObject({
    acknowledged: summary.acknowledged,
    missing: 0,
    repeated: 0,
    foreign: 0,
    inTopic: summary.acknowledged + lines.unknownFound,
  });
});

test("the watcher sees records when they are committed, or when they are written if told so", async () => {
  const { output } = await topics();
  await commit(output, [{ key: "old", value: "1" }]);
  // The broker answers before the commit is readable; the watcher shall start after it.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const watcher = await CommitWatcher.start({ brokers, topic: output });
  const early = await CommitWatcher.start({ brokers, topic: output, uncommitted: true });
  const from = Date.now();
  const open = await transaction(output, [
    { key: "a", value: "1" },
    { key: "b", value: "1" },
  ]);
  const rolledBack = await transaction(output, [{ key: "a", value: "1" }]);
  await until(() => early.committedBetween(from, Date.now() + 1) === 3);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(watcher.committedBetween(from, Date.now() + 1)).toBe(0);
  await rolledBack.end("abort");
  const ended = Date.now();
  await open.end("commit");
  await until(() => watcher.committedBetween(from, Date.now() + 1) === 2);
  const gap = watcher.longestGap(from, Date.now());
  await Promise.all([watcher.stop(), early.stop()]);
  expect(early.batches.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  expect(gap.fromMs).toBe(from);
  expect(gap.toMs).toBeGreaterThanOrEqual(ended);
});

test("the lag is what a group has not committed yet", async () => {
  const { input } = await topics();
  const { perfect } = await feedAndCount(input);
  expect(perfect.length).toBeGreaterThan(300);
  expect(await lagRecords(brokers, input, "nobody")).toBe(300);
  const admin = kafkaClient(brokers).admin();
  await admin.connect();
  await admin.setOffsets({
    groupId: "reader",
    topic: input,
    partitions: [{ partition: 0, offset: "100" }],
  });
  await admin.disconnect();
  expect(await lagRecords(brokers, input, "reader")).toBe(200);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
}
