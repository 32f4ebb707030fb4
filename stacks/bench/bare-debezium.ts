import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { contentHash } from "../../infra/content-hash";
import { exec } from "../../infra/exec";
import { isInEngine } from "../../infra/images/build-image";
import { fetchDebeziumServer } from "../../infra/images/payload";
import { VERSIONS } from "../../infra/toolchain/versions";

const RECIPE = path.join(__dirname, "bare-debezium");

/** Gives the tag of an image with all of Debezium Server's distribution and a Java that it runs on. */
export async function bareDebeziumImage(): Promise<string> {
  const tag = `flinktide/bare-debezium:${contentHash(RECIPE, [VERSIONS.debezium])}`;
  if (await isInEngine(tag)) return tag;
  const context = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-bare-debezium-"));
  try {
    const file = await fetchDebeziumServer(VERSIONS.debezium, context);
    fs.renameSync(file, path.join(context, "debezium-server-dist.tar.gz"));
    fs.copyFileSync(path.join(RECIPE, "Dockerfile"), path.join(context, "Dockerfile"));
    await exec("docker", ["build", "--tag", tag, context]);
  } finally {
    fs.rmSync(context, { recursive: true, force: true });
  }
  return tag;
}

export interface BareSettings {
  kafka: string;
  host: string;
  user: string;
  password: string;
  schema: string;
}

/** First part of the topics that it makes of tables: `bare.SCHEMA.TABLE`. */
export const BARE_PREFIX = "bare";

/** Its application.properties: what it must be told, and how the collector stores offsets and writes JSON. */
export function bareProperties({ kafka, host, user, password, schema }: BareSettings): string {
  const strings = "org.apache.kafka.common.serialization.StringSerializer";
  const properties = {
    "debezium.sink.type": "kafka",
    "debezium.sink.kafka.producer.bootstrap.servers": kafka,
    "debezium.sink.kafka.producer.key.serializer": strings,
    "debezium.sink.kafka.producer.value.serializer": strings,
    "debezium.source.connector.class": "io.debezium.connector.mariadb.MariaDbConnector",
    "debezium.source.offset.storage.file.filename": "data/offsets.dat",
    "debezium.source.offset.flush.interval.ms": "1000",
    "debezium.source.schema.history.internal": "io.debezium.storage.file.history.FileSchemaHistory",
    "debezium.source.schema.history.internal.file.filename": "data/history.dat",
    "debezium.source.database.hostname": host,
    "debezium.source.database.port": "3306",
    "debezium.source.database.user": user,
    "debezium.source.database.password": password,
    "debezium.source.database.server.id": "5701",
    "debezium.source.database.include.list": schema,
    "debezium.source.topic.prefix": BARE_PREFIX,
    "debezium.source.tombstones.on.delete": "false",
    "debezium.source.include.schema.changes": "false",
    "debezium.format.key.schemas.enable": "false",
    "debezium.format.value.schemas.enable": "false",
    "quarkus.log.level": "WARN",
  };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  return `${lines.join("\n")}\n`;
}
