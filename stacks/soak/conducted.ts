import * as path from "node:path";
import { step } from "../../infra/progress";
import { readJournal } from "../conductor/journal";
import { narrate } from "../conductor/narrate/entry";
import { ConductorProcess } from "../driver/conductor-process";
import { judgeEdge } from "./edges";
import type { RecordedEdge, RecordedUpdate, TenantResult } from "./result";
import { scheduleOf } from "./schedule";
import { AFTERMATH_MS, Stage, type Played, type PlayOptions, type StagedTenant } from "./stage";
import { soakTenant, withWindows } from "./tenant";
import { isRescale, runningMs, updatesIn, type Update } from "./updates";

/** Between two checkpoints, in which nothing is committed. */
const CHECKPOINT_MS = 1_000;

export type ConductedDay = Played & { tenants: Omit<TenantResult, "staticPeak">[] };

/** The day with the real conductor doing all scaling. What it says goes to `conductor.log` in `logFolder`. */
export function playConducted(options: PlayOptions & { logFolder: string }): Promise<ConductedDay> {
  const { minutes, logFolder } = options;
  return Stage.with(soakTenant, options, async (stage) => {
    const startMs = await stage.warmUp();
    for (const { day, block } of stage.tenants) {
      stage.environment.writeTenant(withWindows(block, scheduleOf(day, startMs, minutes)));
    }
    const log = path.join(logFolder, "conductor.log");
    const conductor = await ConductorProcess.start(stage.environment, log);
    try {
      await step("conductor", () => conductor.ready(stage.tenants.length));
      const played = await stage.play(startMs, newsOf(conductor, stage.tenants));
      await step("conductor ends", () => conductor.stop());
      await stage.aftermath();
      const tenants: ConductedDay["tenants"] = [];
      for (const tenant of stage.tenants) {
        const conduct = await conductOf(tenant, conductor, startMs, minutes);
        const series = stage.seriesOf(tenant, startMs);
        tenants.push({ ...conduct, series, count: await stage.count(tenant) });
      }
      return { ...played, tenants };
    } finally {
      await conductor.stop();
    }
  });
}

/** What the journals have got since it was last asked, as sentences. Throws where the conductor has ended. */
function newsOf(
  conductor: ConductorProcess,
  tenants: readonly StagedTenant[],
): () => Promise<string[]> {
  const known = new Map<string, number>();
  return async () => {
    conductor.requireAlive();
    const news: string[] = [];
    for (const { name } of tenants.map(({ day }) => day)) {
      const { entries } = await readJournal(conductor.journal(name));
      for (const entry of entries.slice(known.get(name) ?? 0)) {
        news.push(`${name}: ${narrate(entry, "UTC")}`);
      }
      known.set(name, entries.length);
    }
    return news;
  };
}

/** What the conductor made of a tenant's day. */
async function conductOf(
  tenant: StagedTenant,
  conductor: ConductorProcess,
  startMs: number,
  minutes: number,
) {
  const { name, flink } = tenant.day;
  const { edges, spans } = scheduleOf(tenant.day, startMs, minutes);
  const { samples } = tenant.fed.sizes;
  const { entries } = await readJournal(conductor.journal(name));
  return {
    ...{ name, flink, spans },
    edges: edges.map((edge): RecordedEdge => {
      const { atMs, ...judged } = judgeEdge(edge, samples);
      return { at: (atMs - startMs) / 1000, ...judged };
    }),
    updates: updatesIn(entries).map((update) => recordedUpdate(update, tenant, startMs)),
  };
}

function recordedUpdate(update: Update, { fed }: StagedTenant, startMs: number): RecordedUpdate {
  const { decidedMs, cause, ok, seconds: updateSeconds, from, to, why } = update;
  const ranMs = runningMs(update, fed.sizes.samples);
  const since = (ms: number) => (ms - startMs) / 1000;
  const gapMs =
    ranMs === undefined ? undefined : fed.output.longestGapMs(decidedMs, ranMs + AFTERMATH_MS);
  return {
    ...{ decidedAt: since(decidedMs), runningAt: ranMs === undefined ? null : since(ranMs) },
    ...{ cause, ok, rescale: isRescale(update), updateSeconds },
    stoppedSeconds: gapMs === undefined ? null : Math.max(0, gapMs - CHECKPOINT_MS) / 1000,
    ...{ from: from ?? null, to, why },
  };
}
