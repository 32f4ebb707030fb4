import { spawn } from "node:child_process";
import { exec, tryExec } from "../../infra/exec";
import { sleep } from "../../infra/flink/wait";
import { ensureDocker } from "../../infra/toolchain/docker-engine";
import { killBetweenOffsets } from "../../stacks/collector/kill";
import { passwordInFile, searchFor } from "../../stacks/collector/secrecy";
import type { ChangesTopic } from "../../stacks/collector/topic-counts";
import { CollectorStage, PASSWORD, SCHEMA } from "../support/collector-stage";
import { eventually } from "../support/containers";

jest.setTimeout(600_000);

const stage = new CollectorStage();
beforeAll(async () => {
  await ensureDocker();
  await stage.open();
}, 1_800_000);
afterAll(() => stage.close(), 60_000);

const NOTES = `${SCHEMA}.notes`;
const sql = (statements: string) => stage.database.sql(statements);

/** Reads the topic until its words are the table's, and gives what the two ways of counting make of it. */
async function wordsInTopic(): Promise<Pick<ChangesTopic, "careful" | "blind">> {
  const topic = await stage.changes();
  try {
    const words = await stage.words();
    await topic.reaches(words, 120);
    expect(topic.careful.words).toEqual(words);
    return topic;
  } finally {
    await topic.close();
  }
}

/** Inserts, updates and deletes, mixed, in transactions of ten. */
async function change(from: number, count: number): Promise<void> {
  const statements: string[] = [];
  for (let i = from; i < from + count; i++) {
    if (i % 10 === 0) statements.push("BEGIN");
    const words = `note ${["alpha", "beta", "gamma", "delta"][i % 4]} w${"abcdefghij"[i % 10]}`;
    statements.push(`INSERT INTO ${NOTES} (id, body) VALUES (${i + 1}, '${words}')`);
    if (i % 3 === 0) statements.push(`UPDATE ${NOTES} SET body='changed ${words}' WHERE id=${i}`);
    if (i % 5 === 0) statements.push(`DELETE FROM ${NOTES} WHERE id=${i - 4}`);
    if (i % 10 === 9) statements.push("COMMIT");
  }
  await sql([...statements, "COMMIT"].join(";\n"));
}

/** The same, over some seconds. */
async function changeSlowly(from: number, count: number): Promise<void> {
  const [parts, pauseMs] = [8, 200];
  for (let i = 0; i < parts; i++) {
    await change(from + (i * count) / parts, count / parts);
    await sleep(pauseMs);
  }
}

it("refuses to start without what it needs, naming all of it", async () => {
  const { code, stderr } = await tryExec("docker", ["run", "--rm", stage.image]);
  expect({ code, stderr: stderr.trim() }).toEqual({
    code: 78,
    stderr:
      "The collector can't start, since DATAHUB_ENDPOINT, DATAHUB_ACCESS_ID, DATAHUB_ACCESS_KEY_FILE, DATABASE_HOST, DATABASE_PASSWORD_FILE are missing.",
  });
});

describe("a collector", () => {
  beforeAll(async () => {
    await change(1, 200);
    await stage.startCollector();
    await stage.ready();
  }, 300_000);

  it("answers at exactly the guide's paths", async () => {
    expect(await stage.health("/health")).toMatchObject({
      code: 200,
      body: { status: "UP", engine: "running", database: true, kafka: true },
    });
    expect(await stage.health("/health/live")).toEqual({ code: 200, body: { status: "UP" } });
    expect(await stage.health("/health/ready")).toEqual({ code: 200, body: { status: "UP" } });
    const metrics = await stage.ask("/metrics");
    expect(metrics.code).toBe(200);
    expect(metrics.text).toMatch(/^flinktide_collector_ready 1$/m);
    await eventually("the stream", async () => {
      const { text } = await stage.ask("/metrics");
      return /^debezium_streaming_connected 1$/m.test(text) ? true : undefined;
    });
    expect((await stage.ask("/q/health")).code).toBe(404);
  });

  it("runs as cdcuser, who can write its data and /tmp only", async () => {
    const whoami = await exec("docker", ["exec", stage.collector, "id", "-un"]);
    expect(whoami.trim()).toBe("cdcuser");
    const write = await tryExec("docker", ["exec", stage.collector, "touch", "/opt/x"]);
    expect(write.stderr).toContain("Read-only file system");
  });

  it("sends the snapshot, then what changes", async () => {
    await wordsInTopic();
    await change(201, 200);
    const { careful } = await wordsInTopic();
    // 400 rows inserted, of which some are updated, some deleted; the snapshot has what stood there.
    expect(careful.duplicates).toBe(0);
    await eventually("no lag", async () => {
      const { text } = await stage.ask("/metrics");
      const none = ["seconds 0.0", "bytes 0"].map((lag) => `\nflinktide_collector_lag_${lag}\n`);
      return none.every((line) => text.includes(line)) ? true : undefined;
    });
  });

  it("loses nothing when it is killed twice; without deduplication the words differ", async () => {
    for (const from of [401, 2401]) {
      await Promise.all([changeSlowly(from, 2000), killBetweenOffsets(stage.collector)]);
      await stage.ready();
    }
    const { careful, blind } = await wordsInTopic();
    expect(careful.duplicates).toBeGreaterThan(0);
    expect(blind.words).not.toEqual(careful.words);
  });

  it("waits for a database that is away, and goes on", async () => {
    await exec("docker", ["stop", stage.database.container]);
    await stage.notReady(/./);
    expect(await stage.health("/health/live")).toMatchObject({ code: 200 });
    await exec("docker", ["start", stage.database.container]);
    await stage.database.answers();
    await change(4401, 50);
    await stage.ready();
    await wordsInTopic();
  });

  it("waits for a Kafka that is away, and goes on", async () => {
    await exec("docker", ["stop", stage.kafka]);
    await stage.notReady(/Kafka/);
    await change(4451, 50);
    await exec("docker", ["start", stage.kafka]);
    await stage.ready();
    await wordsInTopic();
  });

  it("shows the password to nobody", async () => {
    const search = () => searchFor(PASSWORD, { container: stage.collector, texts: {} });
    expect((await search()).found).toEqual([]);
    // Where it must be, it is found.
    expect(await passwordInFile(stage.collector)).toBe(PASSWORD);
    // The control: a process that has it as an argument.
    const careless = spawn(process.execPath, ["-e", "setTimeout(() => 0, 60_000)", PASSWORD]);
    expect((await search()).found).toEqual(["process list of the machine"]);
    careless.kill();
  });

  it("does not go on where the binlog was purged behind it", async () => {
    await exec("docker", ["stop", stage.collector]);
    await change(4501, 50);
    await stage.database.purge();
    await exec("docker", ["start", stage.collector]);
    await stage.notReady(/is purged \(there: binlog\.\d+ to binlog\.\d+\)/);
    expect(await stage.health("/health/live")).toMatchObject({ code: 200 });
    expect((await stage.ask("/metrics")).text).toMatch(/^flinktide_collector_stopped 1$/m);
    expect(await stage.log()).toContain("The engine stays stopped: The binlog at ");
    await stage.removeCollector();
  });
});

it("tries a wrong password as often as allowed, and goes on when it is right", async () => {
  await stage.startCollector({ RETRY_BACKOFF_MS: "500" }, "wrong-password");
  const denied = await eventually("the attempts in the log", async () => {
    const log = await stage.log();
    return log.includes("Gave up after 3 attempts") ? log : undefined;
  });
  expect(denied).toMatch(/Attempt 3 of 3 follows in 500 ms: .*Access denied/);
  expect(denied).not.toContain("wrong-password");
  await stage.database.setPassword("wrong-password");
  await stage.ready();
  await stage.database.setPassword(PASSWORD);
});
