import * as path from "node:path";
import { contentHash } from "../../infra/content-hash";
import { exec, tryExec } from "../../infra/exec";
import { ensureOsBase } from "../../infra/images/os-base";
import { OS_BASE } from "../../infra/images/versions";
import { eventually } from "./containers";

const RECIPE = path.join(__dirname, "mariadb");

/** The user that a collector reads with, and what it may do. */
const USER = "cdc";
const PRIVILEGES = "SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, BINLOG MONITOR, LOCK TABLES";

/** Gives the tag of an image with Debian's MariaDB, which is built first where it is missing. */
export async function mariadbImage(): Promise<string> {
  const tag = `flinktide/test-mariadb:${contentHash(RECIPE)}`;
  await ensureOsBase(OS_BASE);
  if ((await tryExec("docker", ["image", "inspect", tag])).code !== 0) {
    await exec("docker", ["build", "--tag", tag, RECIPE]);
  }
  return tag;
}

/** A real MariaDB with a row-based binlog in a container that was started from `mariadbImage()`. */
export class MariaDb {
  constructor(readonly container: string) {}

  /** Waits until it answers, and makes schema and user. Safe to repeat, as after a start with its old data. */
  async prepare(schema: string, password: string): Promise<void> {
    await this.answers();
    await this.sql(`CREATE DATABASE IF NOT EXISTS ${schema}`);
    await this.sql(`CREATE USER IF NOT EXISTS ${USER}@'%'`);
    await this.setPassword(password);
    await this.sql(`GRANT ${PRIVILEGES} ON *.* TO ${USER}@'%'`);
  }

  async answers(seconds = 120): Promise<void> {
    const ask = async () => ((await this.sql("SELECT 1")) === "1" ? true : undefined);
    await eventually(`${this.container} answers`, ask, seconds);
  }

  setPassword(password: string): Promise<string> {
    return this.sql(`ALTER USER ${USER}@'%' IDENTIFIED BY '${password}'`);
  }

  /** Runs statements as root and gives what the last ones print, cells parted by tabs. */
  async sql(statements: string): Promise<string> {
    const client = ["mariadb", "--socket=/tmp/mysqld.sock", "-u", "root", "-BN"];
    const command = ["exec", "--interactive", this.container, ...client];
    return (await exec("docker", command, { input: `${statements};\n` })).trim();
  }
}
