import { exec, tryExec } from "../../infra/exec";
import { prepareImages } from "../../infra/images/prepare";
import { COLLECTOR_IMAGE } from "../../infra/images/versions";
import type { JobSpec, TenantInput } from "../../policies/tenant";
import { ScrapedCollectors, type CollectorSample } from "../conductor/observe/collector-figures";
import type { Update } from "../driver/environment";
import { freePorts, instantFor, type ScratchEnvironment } from "../driver/scratch-environment";
import { createTable } from "./changes";
import { HealthWatch } from "./health-watch";
import { COLLECTOR_USER, MariaDb } from "./mariadb";
import { ChangesTopic, CountsTopic } from "./topic-counts";

type CollectorInput = NonNullable<TenantInput["collectors"]>[number];

const TENANT = "acme";
const COLLECTOR = "shop";
const SCHEMA = "shop";
export const TABLE = `${SCHEMA}.notes`;
const CHANGES_TOPIC = "acme.changes";
const PASSWORD_KEY = "collector:database";
const MOST_PARALLELISM = 4;

/**
 * A real tenant whose two jobs count the words of a table that a collector reads: one leaves out what is repeated, the
 * other, as a control, believes every event. Its database is a container of the environment.
 */
export class ChangesStage {
  private parallelism = 1;

  private constructor(
    private readonly made: { block: TenantInput; prometheusUrl: string },
    readonly environment: ScratchEnvironment,
    readonly database: MariaDb,
    readonly password: string,
    readonly watch: HealthWatch,
    readonly changes: ChangesTopic,
    readonly careful: CountsTopic,
    readonly blind: CountsTopic,
  ) {}

  /** Brings up platform, database with an empty table, and the tenant. */
  static async open(
    environment: ScratchEnvironment,
    version: "1.14" | "1.20",
    password: string,
  ): Promise<ChangesStage> {
    await prepareImages([COLLECTOR_IMAGE]);
    const { outputs } = await environment.upPlatform();
    const database = await startDatabase(environment, password);
    const [port = 0] = await freePorts(1);
    const block = tenantOf(await environment.addTenant({ name: TENANT, version }), port);
    await writeTenant(environment, block, password);
    const watch = new HealthWatch(`http://127.0.0.1:${port}`);
    const { tenant } = await environment.up(TENANT, { at: instantFor(1) }).catch(async (error) => {
      await watch.stop();
      throw error;
    });
    const [changes, careful, blind] = await Promise.all([
      ChangesTopic.open(tenant.kafkaOnHost, CHANGES_TOPIC),
      CountsTopic.open(tenant.kafkaOnHost, "acme.careful"),
      CountsTopic.open(tenant.kafkaOnHost, "acme.blind"),
    ]);
    const topics = [changes, careful, blind] as const;
    const made = { block, prometheusUrl: String(outputs.prometheusUrl) };
    return new ChangesStage(made, environment, database, password, watch, ...topics);
  }

  get collector(): string {
    return this.environment.container(TENANT, `collector-${COLLECTOR}`);
  }

  get kafka(): string {
    return `${this.environment.name}-kafka`;
  }

  /** Brings the tenant to a parallelism, 1 to 4, of both jobs. */
  up(parallelism: number): Promise<Update> {
    this.parallelism = parallelism;
    return this.environment.up(TENANT, { at: instantFor(parallelism) });
  }

  /** Changes a setting of the collector, with everything else as it is. */
  async changeCollector(change: Partial<CollectorInput>): Promise<Update> {
    const collectors = (this.made.block.collectors ?? []).map((one) => ({ ...one, ...change }));
    await writeTenant(this.environment, { ...this.made.block, collectors }, this.password);
    return this.up(this.parallelism);
  }

  /** What the platform's Prometheus has read of the collector, as the conductor asks it. */
  scraped(): Promise<CollectorSample | undefined> {
    const { made, environment } = this;
    const collectors = new ScrapedCollectors(made.prometheusUrl, environment.name);
    return collectors.of({ tenant: TENANT, name: COLLECTOR });
  }

  /** When the collector's container was started last. */
  async startedMs(): Promise<number> {
    const format = ["--format", "{{.State.StartedAt}}"];
    return Date.parse((await exec("docker", ["inspect", ...format, this.collector])).trim());
  }

  /** How often Docker has started the collector's container anew. */
  async restarts(): Promise<number> {
    const format = ["--format", "{{.RestartCount}}"];
    return Number(await exec("docker", ["inspect", ...format, this.collector]));
  }

  /** The collector's log since an instant. */
  async log(sinceMs = 0): Promise<string> {
    const since = ["--since", (sinceMs / 1000).toFixed(3)];
    const { stdout, stderr } = await tryExec("docker", ["logs", ...since, this.collector]);
    return stdout + stderr;
  }

  /** The words of the table, counted in SQL. */
  words(): Promise<[string, number][]> {
    return this.database.words(SCHEMA, "notes", "body");
  }

  /** All of the state of the tenant's stack, as Pulumi keeps it. */
  exported(): Promise<string> {
    const args = ["stack", "export", "-s", this.environment.stackOf(TENANT)];
    return exec("pulumi", args, { env: this.environment.variables });
  }

  /** Ends the watching; the environment is for its owner to remove. */
  async close(): Promise<void> {
    await Promise.allSettled([
      ...[this.watch.stop(), this.changes.close(), this.careful.close(), this.blind.close()],
    ]);
  }
}

async function startDatabase(environment: ScratchEnvironment, password: string) {
  const { name } = environment;
  const labels = ["--label", `flinktide.environment=${name}`];
  const database = await MariaDb.start(`${name}-mariadb`, `flinktide-${name}`, labels);
  await database.prepare(SCHEMA, password);
  await database.sql(createTable(TABLE));
  return database;
}

/** The password after the block: writing the block leaves no other key. */
async function writeTenant(
  environment: ScratchEnvironment,
  block: TenantInput,
  password: string,
): Promise<void> {
  environment.writeTenant(block);
  await environment.setSecret(TENANT, PASSWORD_KEY, password);
}

/** `port` is where the collector's health is on this machine. */
function tenantOf(block: TenantInput, port: number): TenantInput {
  return {
    ...block,
    topics: [
      { name: CHANGES_TOPIC, partitions: 2 },
      { name: "acme.careful", partitions: 4 },
      { name: "acme.blind", partitions: 4 },
    ],
    collectors: [
      {
        name: COLLECTOR,
        database: {
          ...{ type: "mariadb", host: "mariadb", port: 3306, schema: SCHEMA },
          ...{ username: COLLECTOR_USER, passwordKey: PASSWORD_KEY },
        },
        sink: { topic: CHANGES_TOPIC },
        heap: "256MiB",
        port,
      },
    ],
    jobs: [job("careful", true), job("blind", false)],
    // One for each parallelism.
    windows: (block.windows ?? []).slice(0, MOST_PARALLELISM),
  };
}

function job(name: string, deduplicate: boolean) {
  return {
    name,
    jar: "wordcount",
    entryClass: "io.flinktide.wordcount.ChangeCount",
    args: [
      ...["--brokers", "{kafka}", "--input-topic", CHANGES_TOPIC, "--output-topic", `acme.${name}`],
      ...["--group-id", name, "--transactional-id-prefix", `${name}-{lineage}`],
      ...["--max-parallelism", "{maxParallelism}", "--checkpoint-interval-ms", "1000"],
      ...["--text-column", "body", "--deduplicate", String(deduplicate)],
    ],
    parallelism: { min: 1, max: MOST_PARALLELISM },
  } satisfies Partial<JobSpec>;
}
