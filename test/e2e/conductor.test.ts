import * as fs from "node:fs";
import axios from "axios";
import { z } from "zod";
import { sleep } from "../../infra/flink/wait";
import { DASHBOARDS } from "../../infra/monitoring/dashboards";
import { panelQueries } from "../../infra/monitoring/panel-queries";
import { printTimeOfDay } from "../../policies/units";
import { allProcesses, updateParts } from "../../stacks/chaos/processes";
import { ChaosStage } from "../../stacks/chaos/stage";
import { readCatalog } from "../../stacks/conductor/catalog";
import { runCommand } from "../../stacks/conductor/commands";
import { readJournal } from "../../stacks/conductor/journal";
import type { EntryOf } from "../../stacks/conductor/journal-entry";
import { conductorPaths } from "../../stacks/conductor/paths";
import { crashContainer } from "../../stacks/driver/cleanup";
import { ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { eventually } from "../support/containers";

jest.setTimeout(420_000);

const { tenant } = ChaosStage;
const MINUTE_MS = 60_000;
const LIMIT_MS = 120_000;
/** In which nothing is to be done. */
const QUIET_MS = 30_000;
const STEADY_MS = 3_000;

/** A window that opens on a whole minute, with a lead that has the update for it begin at `dueMs`. */
function windowDue(dueMs: number) {
  const opensMs = Math.ceil((dueMs + 45_000) / MINUTE_MS) * MINUTE_MS;
  const minuteOf = (ms: number) => printTimeOfDay((ms / MINUTE_MS) % 1440);
  const bounds = { floor: 2, ceiling: 2, parallelism: 4 };
  const times = { from: minuteOf(opensMs), to: minuteOf(opensMs + 60 * MINUTE_MS), zone: "UTC" };
  const lead = `${Math.round((opensMs - dueMs) / 1000)}s`;
  return { opensMs, lead, windows: [{ name: "rush", ...times, ...bounds }] };
}

describe("a tenant under its conductor", () => {
  let environment: ScratchEnvironment;
  let stage: ChaosStage;
  let dueMs: number;
  let opensMs: number;

  beforeAll(async () => {
    environment = await ScratchEnvironment.create();
    const otherwise = { floor: 1, ceiling: 1, parallelism: 2 };
    const { signal } = new AbortController();
    stage = await ChaosStage.open(environment, { otherwise, signal });
  });

  afterAll(async () => {
    await stage?.close();
    await environment?.remove();
  });

  const journal = () => readJournal(stage.paths.journal(tenant));
  const acts = async (): Promise<EntryOf<"act">[]> =>
    (await journal()).entries.filter((entry) => entry.kind === "act");

  it("is brought up by it", async () => {
    expect(await stage.settle(LIMIT_MS, STEADY_MS)).toEqual(expect.any(Number));
    expect(await acts()).toMatchObject([
      { cause: "decision", decision: { from: null, to: { taskManagers: 1 } } },
    ]);
  });

  it("is left alone while nothing is to be done: no pulumi is started", async () => {
    const { pid } = await stage.leader();
    const folder = stage.paths.work(environment.stackOf(tenant));
    const changed = () => fs.statSync(`${folder}/update.out`).mtimeMs;
    const changedMs = changed();
    dueMs = Date.now() + QUIET_MS;
    const { lead, windows, ...edge } = windowDue(dueMs);
    opensMs = edge.opensMs;
    environment.writeTenant({ ...stage.block, lead, windows });
    const seen = new Set<string>();
    for (const end = dueMs - 2_000; Date.now() < end; await sleep(100)) {
      for (const { parent, args } of allProcesses()) if (parent === pid) seen.add(args.join(" "));
    }
    expect([...seen].filter((line) => line.includes("pulumi"))).toEqual([]);
    expect([(await acts()).length, changed()]).toEqual([1, changedMs]);
  });

  it("meets a window before it opens, though its conductor is killed in the middle of the update", async () => {
    const victim = await stage.leader();
    const second = await stage.startConductor();
    await eventually("an update", async () => updateParts(victim.pid ?? 0, allProcesses()).pulumi);
    await victim.kill();
    expect(await stage.leader()).toBe(second);
    stage.size = 2;
    expect(await stage.settle(LIMIT_MS, STEADY_MS)).toEqual(expect.any(Number));
    expect(stage.firstAtSize(dueMs)).toBeLessThan(opensMs);
    const [, edge] = await acts();
    expect(edge?.decision).toMatchObject({ window: "rush", to: { taskManagers: 2 } });
    expect(Date.parse(edge?.at ?? "")).toBeGreaterThanOrEqual(dueMs - 1_000);
  });

  it("is held by order, and a pulumi up by hand beside it changes nothing", async () => {
    await stage.hold(1);
    await eventually(
      "an update",
      async () => (await acts()).at(-1)?.decision.to.taskManagers === 1 || undefined,
    );
    await environment.tryUp(tenant);
    expect(await stage.settle(LIMIT_MS, STEADY_MS)).toEqual(expect.any(Number));
    expect((await environment.up(tenant)).changes).toEqual({});
    expect(await stage.settle(LIMIT_MS, STEADY_MS)).toEqual(expect.any(Number));
  });

  it("has its job brought back after its JobManager was killed", async () => {
    const [before] = await acts();
    await crashContainer(stage.container("jobmanager"));
    expect(await stage.settle(LIMIT_MS)).toEqual(expect.any(Number));
    const healed = (await acts()).at(-1);
    expect(healed).toMatchObject({ cause: "heal" });
    expect(healed?.id).not.toBe(before?.id);
  });

  it.each(["status", "log", "why"])("is told of by %s", async (command) => {
    const printed: string[] = [];
    const argv = [command, ...(command === "status" ? [] : [tenant]), "--env", environment.name];
    const code = await runCommand(argv, {
      catalog: () => readCatalog(environment.name, environment.stacksFolder),
      paths: (name) => conductorPaths(name, environment.folder),
      now: () => new Date(),
      out: (text) => void printed.push(text),
    });
    expect([code, printed.join("\n")]).toEqual([0, expect.stringContaining("acme")]);
  });

  it("has figures in every panel of every dashboard", async () => {
    const { prometheusUrl } = (await environment.pulumi.outputs(environment.name)) ?? {};
    const queries = DASHBOARDS.flatMap((dashboard) => panelQueries(dashboard));
    const empty: string[] = [];
    for (const { panel, expr } of queries) {
      if ((await valuesOf(String(prometheusUrl), expr)) === 0) empty.push(`${panel}: ${expr}`);
    }
    expect(empty).toEqual([]);
  });

  it("has had every word counted once, one job at a time, and its journal can be read", async () => {
    expect(await stage.count()).toMatchObject({ exact: true, lost: 0, duplicated: 0 });
    expect(stage.mostLiveJobs(0)).toBe(1);
    expect(await stage.journalFaults()).toEqual([]);
  });

  it("has left no file beside a state that its readers might find half written", () => {
    const files = fs.readdirSync(`${environment.folder}/pulumi`, { recursive: true }).map(String);
    expect(files.filter((file) => file.endsWith(".attrs"))).toEqual([]);
    expect(files.some((file) => file.endsWith(`${environment.name}-${tenant}.json`))).toBe(true);
  });
});

const answerSchema = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

async function valuesOf(prometheusUrl: string, query: string): Promise<number> {
  const { data } = await axios.get(`${prometheusUrl}/api/v1/query`, { params: { query } });
  return answerSchema.parse(data).data.result.length;
}
