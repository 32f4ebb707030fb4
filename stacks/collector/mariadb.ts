import * as path from "node:path";
import { contentHash } from "../../infra/content-hash";
import { exec } from "../../infra/exec";
import { isInEngine } from "../../infra/images/build-image";
import { waitFor } from "../../infra/flink/wait";
import { ensureOsBase } from "../../infra/images/os-base";
import { OS_BASE } from "../../infra/images/versions";

const RECIPE = path.join(__dirname, "mariadb");
const START_MS = 120_000;

/** The user that a collector reads with, and what it may do. */
export const COLLECTOR_USER = "cdc";
const PRIVILEGES = "SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, BINLOG MONITOR, LOCK TABLES";

/** Gives the tag of an image with Debian's MariaDB, which is built first where it is missing. */
export async function mariadbImage(): Promise<string> {
  const tag = `flinktide/test-mariadb:${contentHash(RECIPE)}`;
  await ensureOsBase(OS_BASE);
  if (!(await isInEngine(tag))) {
    await exec("docker", ["build", "--tag", tag, RECIPE]);
  }
  return tag;
}

/** A real MariaDB with a row-based binlog in a container that was started from `mariadbImage()`. */
export class MariaDb {
  /** @param into the command that runs another one in there, with its input. @default Docker's */
  constructor(
    readonly container: string,
    private readonly into = ["docker", "exec", "--interactive", container],
  ) {}

  /** Starts one that others in the network reach as `mariadb`; `options` are docker's. */
  static async start(name: string, network: string, options: readonly string[]): Promise<MariaDb> {
    const place = ["--network", network, "--network-alias", "mariadb"];
    const data = ["--read-only", "--tmpfs", "/tmp", "--volume", "/var/lib/mysql"];
    const all = ["--detach", "--name", name, ...place, ...data, ...options];
    await exec("docker", ["run", ...all, await mariadbImage()]);
    return new MariaDb(name);
  }

  /** Waits until it answers, and makes schema and user. Safe to repeat, as after a start with its old data. */
  async prepare(schema: string, password: string): Promise<void> {
    await this.answers();
    await this.sql(`CREATE DATABASE IF NOT EXISTS ${schema}`);
    await this.sql(`CREATE USER IF NOT EXISTS ${COLLECTOR_USER}@'%'`);
    await this.setPassword(password);
    await this.sql(`GRANT ${PRIVILEGES} ON *.* TO ${COLLECTOR_USER}@'%'`);
  }

  /** Throws where it does not within two minutes. */
  async answers(): Promise<void> {
    const ask = () => this.sql("SELECT 1").catch(() => undefined);
    const answer = await waitFor(ask, START_MS);
    if (answer !== "1") throw new Error(`${this.container} does not answer`);
  }

  setPassword(password: string): Promise<string> {
    return this.sql(`ALTER USER ${COLLECTOR_USER}@'%' IDENTIFIED BY '${password}'`);
  }

  /** Drops the connections of the collector's user. */
  async disconnect(): Promise<void> {
    await this.sql(`KILL USER ${COLLECTOR_USER}`);
  }

  /** Removes the binlog up to now. Throws where a reader holds it for longer than a minute. */
  async purge(): Promise<void> {
    await this.sql("FLUSH BINARY LOGS; FLUSH BINARY LOGS");
    const left = "PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY; SHOW BINARY LOGS";
    // It keeps what a reader has open, and takes a moment to see that it is gone.
    const one = async () => ((await this.sql(left)).includes("\n") ? undefined : true);
    if (!(await waitFor(one, 60_000))) throw new Error("the binlog is not purged");
  }

  /** The words of a text column and how often each stands there, counted in SQL, sorted. Blanks part words. */
  async words(schema: string, table: string, column: string): Promise<[string, number][]> {
    const inRow = `1 + LENGTH(${column}) - LENGTH(REPLACE(${column}, ' ', ''))`;
    const nth = `SUBSTRING_INDEX(SUBSTRING_INDEX(${column}, ' ', seq), ' ', -1)`;
    const from = `${schema}.${table} JOIN ${schema}.seq_1_to_20 ON seq <= ${inRow}`;
    const answer = await this.sql(`SELECT ${nth} AS word, COUNT(*) FROM ${from} GROUP BY word`);
    const rows = answer.split("\n").filter((row) => row !== "");
    const pairs = rows.map((row) => row.split("\t"));
    return pairs.map(([word = "", count]): [string, number] => [word, Number(count)]).sort();
  }

  /** Runs statements as root and gives what they print, cells parted by tabs. */
  async sql(statements: string): Promise<string> {
    const client = ["mariadb", "--socket=/tmp/mysqld.sock", "-u", "root", "-BN"];
    const [program = "", ...rest] = this.into;
    return (await exec(program, [...rest, ...client], { input: `${statements};\n` })).trim();
  }
}
