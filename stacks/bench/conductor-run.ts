import * as path from "node:path";
import { readPlatform } from "../conductor/catalog";
import { freePorts, type ScratchEnvironment } from "../driver/scratch-environment";
import type { Address, Resized } from "./conductor-actuator";
import { Helper } from "./conductor-ipc";
import type { ConductorQuestion, MeasuredRound } from "./conductor-process";
import type { Recording } from "./conductor-recording";
import { conductorTenants, playedTenant, START, writeStackFiles } from "./conductor-tenants";
import type { WorldQuestion } from "./conductor-world";

/** Records that each tenant gets between two rounds. */
const RECORDS = 5;

export interface RunOptions {
  /** Tenants. */
  count: number;
  /** How long Flink takes to fetch its metrics, in milliseconds. @default the conductor's */
  fetchMs?: number;
}

/** A conductor with its tenants, in a process of its own beside that of the world which it looks at. */
export class ConductorRun {
  private skipMs = 0;
  private resized: Resized[] = [];

  private constructor(
    private readonly world: Helper<WorldQuestion, Record<string, number>>,
    private readonly conductor: Helper<ConductorQuestion, MeasuredRound>,
  ) {}

  /** Beside a platform that is up. */
  static async begin(
    environment: ScratchEnvironment,
    recording: Recording,
    { count, fetchMs }: RunOptions,
  ): Promise<ConductorRun> {
    const { name, folder, stacksFolder, variables } = environment;
    const { kafka, prometheus } = await readPlatform(name, stacksFolder);
    const ports = { kafka: kafka.port, prometheus: prometheus.port };
    const stacks = path.join(folder, `stacks-${count}`);
    const tenants = conductorTenants(count);
    writeStackFiles(stacks, name, ports, tenants);
    const played = tenants.map(
      (tenant, i) => [tenant.name, playedTenant(name, tenant.name, i)] as const,
    );
    const brokers = `127.0.0.1:${ports.kafka}`;
    const start = { env: { ...variables }, log: path.join(folder, `conductor-${count}.log`) };
    const run = new ConductorRun(
      Helper.start(path.join(__dirname, "conductor-world.ts"), start),
      Helper.start(path.join(__dirname, "conductor-process.ts"), {
        ...start,
        flags: ["--expose-gc"],
      }),
    );
    try {
      const flink = await run.world.ask({
        begin: { recording, brokers, tenants: Object.fromEntries(played) },
      });
      const addresses = played.map(([tenant, { jobId }]): [string, Address] => [
        tenant,
        { jobId, kafkaOnHost: brokers, flinkUrl: `http://127.0.0.1:${flink[tenant]}` },
      ]);
      const [port = 0] = await freePorts(1);
      const settings = { environment: name, once: false, dryRun: false, folder: stacks, port };
      await run.conductor.ask({
        begin: {
          ...{ settings, env: start.env, startMs: Date.parse(START), fetchMs },
          addresses: Object.fromEntries(addresses),
        },
      });
      // The page opens with the first round.
      await run.round();
      await run.world.ask({ watch: { page: `http://127.0.0.1:${port}` } });
      return run;
    } catch (error) {
      await run.end();
      throw error;
    }
  }

  /** What the last round led to comes true, records come in, and the conductor looks again. */
  async round(memory = false): Promise<MeasuredRound> {
    await this.world.ask({ goOn: { records: RECORDS, resized: this.resized } });
    const round = await this.conductor.ask({ round: { skipMs: this.skipMs, memory } });
    this.skipMs = round.waitMs;
    this.resized = round.updates;
    return round;
  }

  async end(): Promise<void> {
    await this.conductor.stop();
    await this.world.stop();
  }
}
