import * as os from "node:os";
import * as path from "node:path";
import { waitFor } from "../../infra/flink/wait";
import { step } from "../../infra/progress";
import { setup } from "../../infra/toolchain/setup";
import { ScratchEnvironment } from "../driver/scratch-environment";
import { startFeeder } from "../workload/feeder";
import {
  figuresTable,
  isTooMuch,
  memoryFigures,
  roundFigures,
  type Figure,
} from "./conductor-figures";
import type { MeasuredRound, Memory } from "./conductor-process";
import { recordCluster, type Recording } from "./conductor-recording";
import { ConductorRun } from "./conductor-run";
import { keepResult } from "./results";

/** Seconds that a round may take, by number of tenants. */
const ROUNDS = [
  { tenants: 50, mostSeconds: 1 },
  { tenants: 1_000, mostSeconds: 10 },
];
/** From the start past all edges of the first minutes. */
const MEASURED_ROUNDS = 66;
/** Tenants come up, and their rates become known. */
const WARM_UP = 4;
const MEMORY = { tenants: 10, at: [1_000, 5_000, 10_000] };

const REAL = [
  "Real: stack files, plans, load decisions, shared capacity, journals, orders, lease, status file, page with one " +
    "listener, metrics scraped by Prometheus, Kafka with a topic a tenant into which records go between rounds.",
  "Flink: what one real 1.14.6 cluster with a running job answered, played over HTTP by another process, a port a " +
    "tenant, with each tenant's own ids, size and offsets.",
  "Updates: recorded instead of run, ending at once. The clock is put on to when the conductor wants to wake. For " +
    "memory the wait for Flink to fetch its metrics (0.3 s a round) is left out.",
];

/** How long a conductor's rounds take, and what memory it holds. About fifteen minutes. */
export async function benchConductor(keep: boolean): Promise<number> {
  Object.assign(process.env, (await setup()).env);
  const environment = await ScratchEnvironment.create();
  const busyBefore = os.loadavg();
  try {
    await step("Kafka and Prometheus", () => environment.upPlatform({ scrapeIntervalSeconds: 5 }));
    const recording = await step("Recording a Flink cluster", () => record(environment));
    const figures: Figure[] = [];
    for (const { tenants, mostSeconds } of ROUNDS) {
      const rounds = await step(`${MEASURED_ROUNDS} rounds of ${tenants} tenants`, () =>
        measureRounds(environment, recording, tenants),
      );
      figures.push(...roundFigures(tenants, rounds, mostSeconds));
    }
    const { tenants, at } = MEMORY;
    const held = await step(`${at.at(-1)} rounds of ${tenants} tenants`, () =>
      measureMemory(environment, recording),
    );
    figures.push(...memoryFigures(tenants, held));
    process.stdout.write(`${figuresTable(figures)}\n${REAL.join("\n")}\n`);
    // What else the machine does shows in the times: minutes' means of processes that want a core, this bench among them.
    const loadAverages = { before: busyBefore, after: os.loadavg() };
    if (keep) keepResult("bench-conductor", { conditions: REAL, loadAverages, figures });
    return figures.some(isTooMuch) ? 1 : 0;
  } finally {
    await environment.remove();
  }
}

/** Of a real cluster whose job has read something. */
async function record(environment: ScratchEnvironment): Promise<Recording> {
  const name = "recorded";
  await environment.addTenant({ name, version: "1.14" });
  const { tenant } = await environment.up(name);
  const feeder = await startFeeder({
    ...{ brokers: [tenant.kafkaOnHost], topic: `${name}.lines`, runId: name },
    ...{ ledgerFile: path.join(environment.folder, `${name}.ledger`) },
    ...{ linesPerSecond: 20, maxSeconds: 120 },
  });
  try {
    const found = await waitFor(() => recordCluster(tenant.flinkUrl), 60_000, 1_000);
    if (found === undefined) throw new Error("the cluster's job reads nothing");
    return found;
  } finally {
    await feeder.stop();
    await environment.pulumi.destroy(environment.stackOf(name));
  }
}

async function measureRounds(environment: ScratchEnvironment, recording: Recording, count: number) {
  const run = await ConductorRun.begin(environment, recording, { count });
  try {
    const rounds: MeasuredRound[] = [];
    for (let i = 1; i <= MEASURED_ROUNDS; i++) rounds.push(await run.round(i === MEASURED_ROUNDS));
    return rounds.slice(WARM_UP);
  } finally {
    await run.end();
  }
}

async function measureMemory(environment: ScratchEnvironment, recording: Recording) {
  const run = await ConductorRun.begin(environment, recording, {
    count: MEMORY.tenants,
    fetchMs: 0,
  });
  try {
    const held = new Map<number, Memory>();
    for (let i = 1; i <= Math.max(...MEMORY.at); i++) {
      const { memory } = await run.round(MEMORY.at.includes(i));
      if (memory !== undefined) held.set(i, memory);
    }
    return held;
  } finally {
    await run.end();
  }
}
