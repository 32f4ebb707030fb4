import * as fs from "node:fs";
import * as path from "node:path";
import { builtImage } from "../../infra/images/built-image";
import { COLLECTOR_IMAGE } from "../../infra/images/versions";
import { exec } from "../../infra/exec";
import { sleep } from "../../infra/flink/wait";
import { COLLECTOR_USER, MariaDb } from "../collector/mariadb";
import type { ScratchEnvironment } from "../driver/scratch-environment";
import { createTopics, kafkaClient } from "../workload/kafka";
import { BARE_PREFIX, bareDebeziumImage, bareProperties } from "./bare-debezium";

const SCHEMA = "bench";
const TABLE = "notes";
const PASSWORD = "bench-1";
const HEAP = "512m";
const LOOK_MS = 100;
const LIMIT_MS = 600_000;
const SETTLE_MS = 2_000;

/** Who reads the database. */
export type Way = "product" | "bare";

/** How fast records came into a topic. */
export interface Growth {
  /** From the start of the container to the first record. */
  firstAfterSeconds: number;
  /** From the first record to the last. */
  perSecond: number;
}

/** A database, a Kafka, and collectors between them, one at a time. */
export class CollectorRun {
  private runs = 0;

  private constructor(
    private readonly environment: ScratchEnvironment,
    private readonly database: MariaDb,
    private readonly broker: string,
    readonly images: Readonly<Record<Way, string>>,
  ) {}

  /** A table with so many rows; `broker` is the platform's Kafka on this machine. */
  static async open(environment: ScratchEnvironment, broker: string, rows: number) {
    const { name } = environment;
    const labels = ["--label", `flinktide.environment=${name}`];
    const database = await MariaDb.start(`${name}-mariadb`, `flinktide-${name}`, labels);
    await database.prepare(SCHEMA, PASSWORD);
    await database.sql(TABLE_SQL(rows));
    const images = { product: await builtImage(COLLECTOR_IMAGE), bare: await bareDebeziumImage() };
    return new CollectorRun(environment, database, broker, images);
  }

  /** One collector with empty data: all rows as a snapshot, then changes that were made while it was stopped. */
  async measure(way: Way, changes: number): Promise<{ snapshot: Growth; stream: Growth }> {
    this.runs += 1;
    const topic = way === "product" ? `changes-${this.runs}` : `${BARE_PREFIX}.${SCHEMA}.${TABLE}`;
    await this.emptyTopic(topic);
    const rows = Number(await this.database.sql(`SELECT COUNT(*) FROM ${SCHEMA}.${TABLE}`));
    const started = Date.now();
    const container = await this.start(way, topic);
    try {
      const snapshot = await this.watch(topic, { from: 0, to: rows, started });
      // What it has sent is stored, and the stream begins.
      await sleep(SETTLE_MS);
      await exec("docker", ["stop", container]);
      await this.database.sql(`CALL ${SCHEMA}.churn(${changes})`);
      const from = await this.end(topic);
      const again = Date.now();
      await exec("docker", ["start", container]);
      return {
        snapshot,
        stream: await this.watch(topic, { from, to: from + changes, started: again }),
      };
    } finally {
      await exec("docker", ["rm", "--force", "--volumes", container]);
    }
  }

  private async start(way: Way, topic: string): Promise<string> {
    const { environment, runs } = this;
    const name = `${environment.name}-${way}-${runs}`;
    const place = ["--network", `flinktide-${environment.name}`];
    const label = ["--label", `flinktide.environment=${environment.name}`];
    const options = way === "product" ? this.productOptions(topic) : this.bareOptions();
    const all = ["--detach", "--name", name, ...place, ...label, ...options];
    await exec("docker", ["run", ...all, this.images[way]]);
    return name;
  }

  private productOptions(topic: string): string[] {
    const secret = this.file("password", PASSWORD);
    const env = {
      ...{ DATABASE_TYPE: "mariadb", DATABASE_HOST: "mariadb", DATABASE_PORT: "3306" },
      ...{ DATABASE_USERNAME: COLLECTOR_USER, DATABASE_SCHEMA: SCHEMA, DATAHUB_TOPIC: topic },
      ...{ DATAHUB_ENDPOINT: `kafka://${this.kafka}`, HEAP_SIZE: HEAP },
    };
    return [
      ...["--volume", `${secret}:/run/secrets/database-password:ro`],
      ...Object.entries(env).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    ];
  }

  private bareOptions(): string[] {
    const login = { user: COLLECTOR_USER, password: PASSWORD, schema: SCHEMA };
    const text = bareProperties({ kafka: this.kafka, host: "mariadb", ...login });
    const file = this.file("application.properties", text);
    return [
      ...["--volume", `${file}:/debezium-server/config/application.properties:ro`],
      ...["--env", `JAVA_OPTS=-Xms${HEAP} -Xmx${HEAP}`],
    ];
  }

  private get kafka(): string {
    return `${this.environment.name}-kafka:9092`;
  }

  private file(name: string, text: string): string {
    const file = path.join(this.environment.folder, name);
    fs.writeFileSync(file, text);
    return file;
  }

  private async emptyTopic(topic: string): Promise<void> {
    const admin = kafkaClient([this.broker]).admin();
    await admin.connect();
    try {
      if ((await admin.listTopics()).includes(topic)) {
        await admin.deleteTopics({ topics: [topic] });
        while ((await admin.listTopics()).includes(topic)) await sleep(LOOK_MS);
      }
    } finally {
      await admin.disconnect();
    }
    await createTopics([this.broker], { [topic]: 1 });
  }

  private async end(topic: string): Promise<number> {
    const admin = kafkaClient([this.broker]).admin();
    await admin.connect();
    try {
      return await endOf(admin, topic);
    } finally {
      await admin.disconnect();
    }
  }

  /** Looks ten times a second how far the topic is: to read it would take a share of the machine. */
  private async watch(
    topic: string,
    { from, to, started }: { from: number; to: number; started: number },
  ): Promise<Growth> {
    const admin = kafkaClient([this.broker]).admin();
    await admin.connect();
    try {
      let first: { atMs: number; end: number } | undefined;
      while (Date.now() < started + LIMIT_MS) {
        const seen = { end: await endOf(admin, topic), atMs: Date.now() };
        if (seen.end > from) first ??= seen;
        if (first !== undefined && seen.end >= to) {
          await sleep(SETTLE_MS);
          await this.mustEndAt(topic, to);
          return growth(first, seen, started);
        }
        await sleep(LOOK_MS);
      }
    } finally {
      await admin.disconnect();
    }
    throw new Error(`${topic} has not come to ${to} records`);
  }

  /** A collector that sends all anew would seem to be fast. */
  private async mustEndAt(topic: string, to: number): Promise<void> {
    const end = await this.end(topic);
    if (end > to) throw new Error(`${topic} has ${end} records, not ${to}`);
  }
}

type Seen = Readonly<{ atMs: number; end: number }>;

function growth(first: Seen, last: Seen, started: number): Growth {
  return {
    firstAfterSeconds: (first.atMs - started) / 1000,
    perSecond: (last.end - first.end) / ((last.atMs - first.atMs) / 1000),
  };
}

interface Ends {
  fetchTopicOffsets(topic: string): Promise<{ high: string }[]>;
}

async function endOf(admin: Ends, topic: string): Promise<number> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return partitions.reduce((sum, { high }) => sum + Number(high), 0);
}

/** The rows, and a procedure that makes so many changes, a hundred a transaction: two inserts, an update, a delete. */
const TABLE_SQL = (rows: number) => `
CREATE TABLE ${SCHEMA}.${TABLE} (id INT PRIMARY KEY AUTO_INCREMENT, body VARCHAR(200));
INSERT INTO ${SCHEMA}.${TABLE} (body)
  SELECT CONCAT('row ', seq, ' call me ishmael some years ago') FROM ${SCHEMA}.seq_1_to_${rows};
DELIMITER //
CREATE PROCEDURE ${SCHEMA}.churn(IN n INT)
BEGIN
  DECLARE i INT DEFAULT 0;
  DECLARE least INT DEFAULT (SELECT MIN(id) FROM ${SCHEMA}.${TABLE});
  START TRANSACTION;
  WHILE i < n DO
    INSERT INTO ${SCHEMA}.${TABLE} (body) VALUES (CONCAT('new ', i, ' never mind how long'));
    INSERT INTO ${SCHEMA}.${TABLE} (body) VALUES (CONCAT('new ', i, ' precisely having little'));
    UPDATE ${SCHEMA}.${TABLE} SET body = CONCAT('changed ', i, ' call me ishmael') WHERE id = LAST_INSERT_ID();
    DELETE FROM ${SCHEMA}.${TABLE} WHERE id = least + i DIV 4;
    SET i = i + 4;
    IF i % 100 = 0 THEN COMMIT; START TRANSACTION; END IF;
  END WHILE;
  COMMIT;
END//
DELIMITER ;
DO 1`;
