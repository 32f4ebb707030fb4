import { exec, tryExec } from "../../infra/exec";
import { prepareImages } from "../../infra/images/prepare";
import { COLLECTOR_IMAGE } from "../../infra/images/versions";
import { instantFor, ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { TopicReader } from "../../stacks/workload/topic-reader";
import type { TenantInput } from "../../policies/tenant";
import { eventually, inside, TestContainers } from "../support/containers";
import { MariaDb, mariadbImage } from "../support/mariadb";
import { wordsOfTable } from "../support/row-words";

jest.setTimeout(1_800_000);

/** Changes made in all, at a steady rate. */
const CHANGES = 100_000;
const BATCH = 500;
const BATCH_MS = 500;
/** Share of the changes after which the job is rescaled, to this parallelism. */
const RESCALES = new Map([
  [0.2, 4],
  [0.5, 2],
  [0.8, 3],
]);
/** Share of the changes after which the collector is killed. */
const KILLS = [0.35, 0.65];
const PASSWORD = "pw-4Kd8.Tn2sV";

const containers = new TestContainers("collector-job", "cdctest");
let environment: ScratchEnvironment;
let database: MariaDb;

beforeAll(async () => {
  await containers.removeAll();
  await prepareImages([COLLECTOR_IMAGE]);
  environment = await ScratchEnvironment.create();
  await environment.upPlatform();
  const network = ["--network", `flinktide-${environment.name}`, "--network-alias", "mariadb"];
  const writable = ["--volume", "/var/lib/mysql"];
  const image = await mariadbImage();
  database = new MariaDb(await containers.run("mariadb", image, [...network, ...writable]));
  await database.prepare("shop", PASSWORD);
  await database.sql(
    "CREATE TABLE shop.notes (id INT PRIMARY KEY AUTO_INCREMENT, body VARCHAR(200))",
  );
}, 1_800_000);
afterAll(async () => {
  await containers.removeAll();
  await environment?.remove();
}, 120_000);

function job(name: string, topic: string, deduplicate: boolean) {
  return {
    name,
    jar: "wordcount",
    entryClass: "io.flinktide.wordcount.ChangeCount",
    args: [
      ...["--brokers", "{kafka}", "--input-topic", "acme.changes", "--output-topic", topic],
      ...["--group-id", name, "--transactional-id-prefix", `${name}-{lineage}`],
      ...["--max-parallelism", "{maxParallelism}", "--checkpoint-interval-ms", "1000"],
      ...["--text-column", "body", "--deduplicate", String(deduplicate)],
    ],
    parallelism: { min: 1, max: 4 },
  };
}

async function start(version: "1.14" | "1.20"): Promise<string> {
  const block = await environment.addTenant({ name: "acme", version });
  const tenant: TenantInput = {
    ...block,
    topics: [
      { name: "acme.changes", partitions: 2 },
      { name: "acme.words", partitions: 4 },
      { name: "acme.blind", partitions: 4 },
    ],
    collectors: [
      {
        name: "shop",
        database: {
          type: "mariadb",
          host: "mariadb",
          port: 3306,
          username: "cdc",
          passwordKey: "collector:database",
          schema: "shop",
        },
        sink: { topic: "acme.changes" },
        heap: "256MiB",
      },
    ],
    jobs: [job("careful", "acme.words", true), job("blind", "acme.blind", false)],
  };
  environment.writeTenant(tenant, { "collector:database": PASSWORD });
  return (await environment.up("acme", { at: instantFor(1) })).tenant.kafkaOnHost;
}

/** Two inserts, an update of the first of them, and from the second batch on a delete in the batch before. */
function statements(batch: number): string {
  const lines = ["BEGIN"];
  for (let i = 0; i < BATCH / 4; i++) {
    const id = batch * BATCH + i * 2 + 1;
    const words = `row ${["alpha", "beta", "gamma"][i % 3]} ${"abcdefghij"[batch % 10]}x`;
    const rows = `(${id}, '${words}'), (${id + 1}, '${words}')`;
    lines.push(`INSERT INTO shop.notes (id, body) VALUES ${rows}`);
    lines.push(`UPDATE shop.notes SET body = 'changed ${words}' WHERE id = ${id}`);
    if (batch > 0) lines.push(`DELETE FROM shop.notes WHERE id = ${id + 1 - BATCH}`);
  }
  return [...lines, "COMMIT"].join(";\n");
}

async function changeAll(): Promise<void> {
  const batches = CHANGES / BATCH;
  const events: Promise<unknown>[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const due = new Promise((resolve) => setTimeout(resolve, BATCH_MS));
    await database.sql(statements(batch));
    const share = (batch + 1) / batches;
    const parallelism = RESCALES.get(share);
    if (parallelism !== undefined) {
      events.push(environment.up("acme", { at: instantFor(parallelism) }));
    }
    if (KILLS.includes(share)) {
      const collector = environment.container("acme", "collector-shop");
      await tryExec("docker", ["exec", collector, "pkill", "-9", "java"]);
    }
    await due;
  }
  await Promise.all(events);
}

/** The last count of each word in a job's topic, without those that stand nowhere any more. */
async function lastCounts(broker: string, topic: string, expected: string): Promise<string> {
  const last = new Map<string, number>();
  const reader = await TopicReader.open({ brokers: [broker], topic, from: "beginning" });
  const counts = () => JSON.stringify([...last].filter(([, count]) => count !== 0).sort());
  const look = async () => {
    for (const { key, value } of await reader.poll(200)) last.set(String(key), Number(value));
    return counts() === expected ? true : undefined;
  };
  // What never agrees is told by the counts themselves.
  await eventually(`the counts in ${topic}`, look, 120).catch(() => undefined);
  await reader.close();
  return counts();
}

test("100,000 changes, three rescales, two kills: the job's counts are those of the table", async () => {
  const broker = await start("1.14");
  await changeAll();
  const answer = await database.sql("SELECT body FROM shop.notes");
  const table = JSON.stringify(wordsOfTable(answer.split("\n")));
  expect(await lastCounts(broker, "acme.words", table)).toBe(table);
  // The control: the same topic, counted without looking at what came already.
  expect(await lastCounts(broker, "acme.blind", table)).not.toBe(table);
});

test("the password is neither in the stack's state nor in what Docker says of the container", async () => {
  const state = JSON.stringify(await environment.pulumi.resources(environment.stackOf("acme")));
  const container = environment.container("acme", "collector-shop");
  const inspected = await exec("docker", ["inspect", container]);
  expect([state.includes(PASSWORD), inspected.includes(PASSWORD)]).toEqual([false, false]);
  expect(state).toContain(container);
  expect(await inside(container, "cat", "/run/secrets/database-password")).toBe(PASSWORD);
});
