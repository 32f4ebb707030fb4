import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { z } from "zod";
import { exec, tryExec } from "../../infra/exec";
import { builtImage } from "../../infra/images/built-image";
import { COLLECTOR_IMAGE } from "../../infra/images/versions";
import { VERSIONS } from "../../infra/toolchain/versions";
import { freePorts } from "../../stacks/driver/scratch-environment";
import { createTopics } from "../../stacks/workload/kafka";
import { MariaDb, mariadbImage } from "../../stacks/collector/mariadb";
import { ChangesTopic } from "../../stacks/collector/topic-counts";
import { eventually, TestContainers } from "./containers";

const TOPIC = "cdc-events";
export const PASSWORD = "pw-7Yq2.Lm9xR";
export const SCHEMA = "shop";

const healthSchema = z.looseObject({
  status: z.enum(["UP", "DOWN"]),
  reason: z.string().optional(),
});
export interface Answer {
  code: number;
  body: z.output<typeof healthSchema>;
}

/** A MariaDB, a Kafka and a collector between them, each in a container of its own that a test may stop or kill. */
export class CollectorStage {
  private readonly containers = new TestContainers("collector", "cdctest");
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-collector-stage-"));
  private network = "";
  image = "";
  kafka = "";
  collector = "";
  broker = "";
  private mariadb: MariaDb | undefined;

  get database(): MariaDb {
    if (this.mariadb === undefined) throw new Error("the database was not started");
    return this.mariadb;
  }

  async open(): Promise<void> {
    await this.containers.removeAll();
    this.image = await builtImage(COLLECTOR_IMAGE);
    this.network = await this.containers.network("net");
    await Promise.all([this.startDatabase(), this.startKafka()]);
    await createTopics([this.broker], { [TOPIC]: 2 });
  }

  async close(): Promise<void> {
    await this.containers.removeAll();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts a collector with empty data, to be reached on the host; `more` are further variables. */
  async startCollector(more: Record<string, string> = {}, password = PASSWORD): Promise<void> {
    const secret = path.join(this.folder, "database-password");
    fs.writeFileSync(secret, password);
    const env = {
      DATABASE_TYPE: "mariadb",
      DATABASE_HOST: "mariadb",
      DATABASE_PORT: "3306",
      DATABASE_USERNAME: "cdc",
      DATABASE_SCHEMA: SCHEMA,
      DATAHUB_ENDPOINT: "kafka://kafka:9092",
      HEAP_SIZE: "256m",
      ...more,
    };
    const options = [
      ...["--network", this.network, "--restart", "unless-stopped", "--cpu-shares", "128"],
      ...["--volume", `${secret}:/run/secrets/database-password:ro`],
      ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ];
    this.collector = await this.containers.run("collector", this.image, options);
  }

  async removeCollector(): Promise<void> {
    await exec("docker", ["rm", "--force", "--volumes", this.collector]);
  }

  /** What the collector answers to a path; code 0 where nothing answers. */
  async ask(route: string): Promise<{ code: number; text: string }> {
    const url = `http://localhost:8080${route}`;
    const command = ["curl", "-s", "-m", "5", "-w", "\\n%{http_code}", url];
    const { code, stdout } = await tryExec("docker", ["exec", this.collector, ...command]);
    const lines = stdout.trimEnd().split("\n");
    const status = Number(lines.pop());
    return { code: code === 0 ? status : 0, text: lines.join("\n") };
  }

  async health(route = "/health"): Promise<Answer> {
    const { code, text } = await this.ask(route);
    return { code, body: healthSchema.parse(JSON.parse(text)) };
  }

  async ready(seconds = 120): Promise<Answer> {
    return this.readiness(({ code }) => code === 200, seconds);
  }

  async notReady(reason: RegExp, seconds = 60): Promise<Answer> {
    const fits = ({ code, body }: Answer) => code === 503 && reason.test(body.reason ?? "");
    return this.readiness(fits, seconds);
  }

  private readiness(fits: (answer: Answer) => boolean, seconds: number): Promise<Answer> {
    const look = async () => {
      const answer = await this.health("/health/ready");
      return fits(answer) ? answer : undefined;
    };
    return eventually("the readiness asked for", look, seconds);
  }

  async log(): Promise<string> {
    const { stdout, stderr } = await tryExec("docker", ["logs", this.collector]);
    return stdout + stderr;
  }

  /** The topic from its beginning. */
  changes(): Promise<ChangesTopic> {
    return ChangesTopic.open(this.broker, TOPIC);
  }

  /** The words that the table has now, counted in SQL. */
  words(): Promise<[string, number][]> {
    return this.database.words(SCHEMA, "notes", "body");
  }

  private async startDatabase(): Promise<void> {
    const image = await mariadbImage();
    const network = ["--network", this.network, "--network-alias", "mariadb"];
    const options = [...network, "--cpu-shares", "128"];
    const writable = ["--volume", "/var/lib/mysql"];
    const name = await this.containers.run("mariadb", image, [...options, ...writable]);
    this.mariadb = new MariaDb(name);
    await this.mariadb.prepare(SCHEMA, PASSWORD);
    await this.mariadb.sql(
      `CREATE TABLE ${SCHEMA}.notes (id INT PRIMARY KEY AUTO_INCREMENT, body VARCHAR(200))`,
    );
  }

  private async startKafka(): Promise<void> {
    const image = await builtImage({ recipe: "kafka", version: VERSIONS.kafka });
    const [port = 0] = await freePorts(1);
    this.broker = `127.0.0.1:${port}`;
    this.kafka = await this.containers.run("kafka", image, [
      ...["--network", this.network, "--network-alias", "kafka", "--cpu-shares", "128"],
      ...["--env", "INSIDE_HOST=kafka", "--env", `HOST_PORT=${port}`, "--env", "HEAP=256m"],
      ...["--publish", `127.0.0.1:${port}:9094`, "--volume", "/var/lib/kafka"],
    ]);
  }
}
