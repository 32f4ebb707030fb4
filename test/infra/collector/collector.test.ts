import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { exec } from "../../../infra/exec";
import { recipeDirectory } from "../../../infra/images/context";

// A JVM for each question.
jest.setTimeout(60_000);

/** The classes that need no library. */
const PURE = [
  ...["EngineProperties", "Failure", "Gap", "Lag", "Position", "Refusal", "Secrets", "Settings"],
  ...["Sink", "Variables", "Status", "Metrics", "Beans", "Watchdog", "ChangeSize"],
];

let folder: string;
let password: string;
let accessKey: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-collector-"));
  const sources = path.join(recipeDirectory("cdc-collector"), "src/io/flinktide/collector");
  const java = PURE.map((name) => path.join(sources, `${name}.java`));
  await exec("javac", ["-d", folder, ...java, path.join(__dirname, "Probe.java")]);
  password = path.join(folder, "password");
  accessKey = path.join(folder, "access-key");
  fs.writeFileSync(password, "s3cret\n");
  fs.writeFileSync(accessKey, 'k"e\\y');
}, 120_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function probe(...requests: string[]): Promise<string[]> {
  const input = requests.map((request) => `${request}\n`).join("");
  const out = await exec("java", ["-cp", folder, "io.flinktide.collector.Probe"], { input });
  return out.split("\n").slice(0, -1);
}

const ask = async (request: string) => (await probe(request))[0] ?? "";
const propertiesOf = (answer: string) =>
  Object.fromEntries(answer.split("\t").map((line) => line.split(/=(.*)/s).slice(0, 2)));
const variables = (more: Record<string, string> = {}) =>
  Object.entries({
    DATABASE_HOST: "db",
    DATABASE_PASSWORD_FILE: password,
    DATAHUB_ENDPOINT: "kafka://k:9092",
    ...more,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

describe("Debezium's properties", () => {
  it("follow from the guide's defaults", async () => {
    const properties = propertiesOf(await ask(`settings ${variables()}`));
    expect(properties).toEqual({
      name: "collector",
      "topic.prefix": "collector",
      "connector.class": "io.debezium.connector.mysql.MySqlConnector",
      "database.hostname": "db",
      "database.port": "2881",
      "database.user": "root",
      "database.password": "s3cret",
      "database.server.id": expect.stringMatching(/^\d{6,10}$/),
      "database.include.list": "test",
      "snapshot.mode": "initial",
      "include.schema.changes": "false",
      "tombstones.on.delete": "false",
      "errors.max.retries": "0",
      "offset.storage": "io.flinktide.collector.DurableOffsets",
      "offset.storage.file.filename": "/opt/cdc-collector/data/offsets.json",
      "offset.flush.interval.ms": "1000",
      "schema.history.internal": "io.debezium.storage.file.history.FileSchemaHistory",
      "schema.history.internal.file.filename": "/opt/cdc-collector/data/schema-history.jsonl",
      "schema.history.internal.store.only.captured.tables.ddl": "true",
      "key.converter.schemas.enable": "false",
      "value.converter.schemas.enable": "false",
    });
  });

  it("name tables so that each fits itself alone, and the star any text", async () => {
    const schema = { DATABASE_TYPE: "mariadb", DATABASE_SCHEMA: "my-db" };
    const given = { ...schema, DATABASE_TABLES: "a.b,ord*" };
    expect(propertiesOf(await ask(`settings ${variables(given)}`))).toMatchObject({
      "connector.class": "io.debezium.connector.mariadb.MariaDbConnector",
      "database.include.list": "my\\-db",
      "table.include.list": "my\\-db\\.a\\.b,my\\-db\\.ord.*",
    });
  });

  it("have another server id for another source, and the same for the same", async () => {
    const ids = (
      await probe(
        `settings ${variables()}`,
        `settings ${variables()}`,
        `settings ${variables({ DATABASE_SCHEMA: "other" })}`,
      )
    ).map((answer) => propertiesOf(answer)["database.server.id"]);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});

describe("the producer's properties", () => {
  const common = {
    "client.id": "cdc-collector-group",
    acks: "all",
    "linger.ms": "5",
    "batch.size": "131072",
    "retry.backoff.ms": "2000",
    "retry.backoff.max.ms": "2000",
    "key.serializer": "org.apache.kafka.common.serialization.StringSerializer",
    "value.serializer": "org.apache.kafka.common.serialization.StringSerializer",
  };

  it("are plain for Kafka", async () => {
    expect(propertiesOf(await ask(`producer ${variables()}`))).toEqual({
      ...common,
      "bootstrap.servers": "k:9092",
      "enable.idempotence": "true",
    });
  });

  it("are SASL over TLS, without idempotence, for DataHub", async () => {
    const given = {
      DATAHUB_ENDPOINT: "https://datahub.aliyuncs.com",
      DATAHUB_ACCESS_ID: "ann",
      DATAHUB_ACCESS_KEY_FILE: accessKey,
      RETRY_BACKOFF_MS: "500",
    };
    expect(propertiesOf(await ask(`producer ${variables(given)}`))).toEqual({
      ...common,
      "retry.backoff.ms": "500",
      "retry.backoff.max.ms": "500",
      "bootstrap.servers": "datahub.aliyuncs.com:9092",
      "security.protocol": "SASL_SSL",
      "sasl.mechanism": "PLAIN",
      "sasl.jaas.config":
        'org.apache.kafka.common.security.plain.PlainLoginModule required username="ann" password="k\\"e\\\\y";',
      "enable.idempotence": "false",
      "max.in.flight.requests.per.connection": "1",
    });
  });
});

describe("what is refused", () => {
  it("names everything that is missing, in one sentence", async () => {
    expect(await probe("settings", "settings DATAHUB_ENDPOINT=kafka://k:1")).toEqual([
      "The collector can't start, since DATAHUB_ENDPOINT, DATAHUB_ACCESS_ID, DATAHUB_ACCESS_KEY_FILE, DATABASE_HOST, DATABASE_PASSWORD_FILE are missing.",
      "The collector can't start, since DATABASE_HOST, DATABASE_PASSWORD_FILE are missing.",
    ]);
  });

  it.each([
    [
      { DATABASE_PASSWORD: "s3cret" },
      "DATABASE_PASSWORD is set, but variables can be read by others; put it in a file and its path in DATABASE_PASSWORD_FILE.",
    ],
    [
      { DATABASE_PASSWORD_FILE: "/none" },
      'DATABASE_PASSWORD_FILE is "/none", which can\'t be read.',
    ],
    [{ DATABASE_PORT: "x" }, 'DATABASE_PORT is "x"; give a whole number from 1 to 65535.'],
    [
      { RETRY_MAX_ATTEMPTS: "-1" },
      'RETRY_MAX_ATTEMPTS is "-1"; give a whole number from 0 to 1000000.',
    ],
    [{ DATABASE_TYPE: "oracle" }, 'DATABASE_TYPE is "oracle"; give oceanbase, mysql or mariadb.'],
    [
      { DATAHUB_ENDPOINT: "datahub" },
      'DATAHUB_ENDPOINT is "datahub"; give https://HOST for DataHub or kafka://HOST:PORT for Kafka.',
    ],
  ])("%j", async (given, answer) => {
    expect(await ask(`settings ${variables(given as Record<string, string>)}`)).toBe(answer);
  });
});

describe("lag", () => {
  it.each([
    ["nothing seen yet", "n:5000", "0.0"],
    ["a head that is not reached", "h:1000:b.000001:50 n:3000", "3.0"],
    ["a head that is reached", "h:1000:b.000001:50 d:b.000001:50 n:3000", "0.0"],
    ["one of two heads", "h:1000:b.000001:50 h:2000:b.000001:90 d:b.000001:60 n:3500", "2.5"],
    ["a later file", "h:1000:b.000001:50 h:2000:b.000002:4 d:b.000002:4 n:9000", "0.0"],
    ["the seventh digit", "h:1000:b.1000000:4 d:b.999999:9 n:2000", "2.0"],
  ])("after %s", async (_, steps, answer) => expect(await ask(`lag ${steps}`)).toBe(answer));
});

describe("changes in unread bytes", () => {
  it.each([
    ["are not known before a change", "0 700 b.1:100:0 700", "0 -1 -1"],
    ["are as many as lately", "b.1:100:0 b.1:1100:10 500", "5"],
    ["count what is not collected to what is", "b.1:100:0 b.1:1100:0 b.1:2100:10 1000", "5"],
    ["go by newer changes more", "b.1:0:0 b.1:1000:10 b.1:3000:20 3000", "20"],
    [
      "take nothing from one file to the next",
      "b.1:0:0 b.1:1000:10 b.2:4:500 b.2:1004:510 200",
      "2",
    ],
  ])("%s", async (_, steps, answer) => expect(await ask(`size ${steps}`)).toBe(answer));
});

describe("a lost connection", () => {
  it.each([
    ["is told once its time is over", "0:1:1 1000:1:0 1999:1:0 2000:1:0 9000:1:0", "...!."],
    ["is forgiven when it comes back", "0:1:1 1000:1:0 1900:1:1 3800:1:0", "...."],
    ["is none before there was one", "0:1:0 9000:1:0", ".."],
    ["is none of an engine that is starting", "0:1:1 1000:0:0 9000:1:0", "..."],
  ])("%s", async (_, looks, answers) => expect(await ask(`watchdog ${looks}`)).toBe(answers));
});

describe("a gap in the binlog", () => {
  const FIX =
    "Changes are lost to the collector, so it does not go on. Fix: give it an empty data volume and a new topic, so that it takes a new snapshot, and let the database keep its binlogs longer.";
  it.each([
    ["b.000002:7 b.000001:100 b.000002:10 b.000003:30", "none | unread 33"],
    ["b.000003:30 b.000003:30", "none | unread 0"],
    [
      "b.000001:7 b.000002:10 b.000003:30",
      `gap: The binlog at b.000001:7, from where changes have to be read, is purged (there: b.000002 to b.000003). ${FIX} | unread 40`,
    ],
    // The database was set back: what was read is not there.
    [
      "b.000003:31 b.000003:30",
      `gap: The binlog at b.000003:31, from where changes have to be read, is purged (there: b.000003 to b.000003). ${FIX} | unread 0`,
    ],
  ])("%s", async (given, answer) => expect(await ask(`gap ${given}`)).toBe(answer));
});

it("a failure is told by its innermost cause, and is for good where the binlog is gone", async () => {
  expect(
    await probe(
      "failure Connection refused",
      "failure Could not find first log file name in binary log index file",
      "failure x Error code: 1236; SQLSTATE: HY000.",
    ),
  ).toEqual([
    "Failure[message=Connection refused, forGood=false]",
    "Failure[message=Could not find first log file name in binary log index file, forGood=true]",
    "Failure[message=x Error code: 1236; SQLSTATE: HY000., forGood=true]",
  ]);
});

it("no secret stays in a text", async () => {
  expect(await ask("mask s3cret password=s3cret, s3cret!")).toBe("password=********, ********!");
});

describe("readiness", () => {
  const page = (
    ready: number,
    stopped: number,
    database: number,
    kafka: number,
    snapshot: number,
  ) =>
    [
      `ready{collector="a"} ${ready}`,
      `stopped{collector="a"} ${stopped}`,
      `database_up{collector="a"} ${database}`,
      `kafka_up{collector="a"} ${kafka}`,
      `snapshot_running{collector="a"} ${snapshot}`,
      `lag_seconds{collector="a"} 0.0`,
    ].map((line) => `flinktide_collector_${line}`);
  it.each([
    ["running 1 1 0 1", "ready", page(1, 0, 1, 1, 0)],
    ["running 1 1 1 0", "ready", page(1, 0, 1, 1, 1)],
    ["running 1 1 0 0", "the engine is not connected to the binlog", page(0, 0, 1, 1, 0)],
    ["running 0 1 0 1", "the database does not answer", page(0, 0, 0, 1, 0)],
    ["running 1 0 0 1", "Kafka does not answer", page(0, 0, 1, 0, 0)],
    ["starting 1 1 0 1", "the engine is starting", page(0, 0, 1, 1, 0)],
    ["stopped 1 1 0 1", "purged", page(0, 1, 1, 1, 0)],
  ])("%s: %s", async (given, reason, lines) => {
    expect((await ask(`metrics ${given}`)).split("\t")).toEqual([reason, ...lines]);
  });
});
