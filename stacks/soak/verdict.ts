import { seconds } from "../report/format";
import type { Result, Series, TenantResult } from "./result";

/** Share of the time in which records may wait for longer than allowed. */
export const LATE_LIMIT = 0.02;
export const RESCALE_LIMIT = 12;

/** What is promised, as a sentence with what was found. */
export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** What follows from a tenant's day, or from the same day on a static cluster. */
export interface Figures {
  /** Share of the time with a lag above the allowed one, 0 to 1. */
  lateShare: number;
  worstLagSeconds: number;
  meanLagSeconds: number;
  slotHours: number;
}

type Units = Pick<Result, "allowedLagSeconds" | "slotsPerTaskManager">;

export function figuresOf(
  series: Series,
  { allowedLagSeconds, slotsPerTaskManager }: Units,
): Figures {
  const { lagSeconds, taskManagers } = series;
  const late = lagSeconds.filter((lag) => lag > allowedLagSeconds).length;
  return {
    lateShare: late / Math.max(1, lagSeconds.length),
    worstLagSeconds: Math.max(0, ...lagSeconds),
    meanLagSeconds: sum(lagSeconds) / Math.max(1, lagSeconds.length),
    slotHours: (sum(taskManagers) * slotsPerTaskManager) / 3600,
  };
}

/** What its updates did to a tenant. Seconds; null where there was no rescale. */
export function updateFigures({ updates }: TenantResult) {
  const rescales = updates.filter(({ rescale }) => rescale);
  const untilRunning = rescales.flatMap(({ decidedAt, runningAt }) =>
    runningAt === null ? [] : [runningAt - decidedAt],
  );
  return {
    rescales: rescales.length,
    failed: updates.filter(({ ok }) => !ok).length,
    heals: updates.filter(({ cause }) => cause === "heal").length,
    neverRunning: rescales.length - untilRunning.length,
    longestUntilRunning: untilRunning.length === 0 ? null : Math.max(...untilRunning),
    stoppedSeconds: sum(rescales.map(({ stoppedSeconds }) => stoppedSeconds ?? 0)),
  };
}

/** Share of the static cluster's slot-hours that were not held; null without a static run. */
export function savingOf(result: Result): number | null {
  let held = 0;
  let atPeak = 0;
  for (const { series, staticPeak } of result.tenants) {
    if (staticPeak === null) return null;
    held += figuresOf(series, result).slotHours;
    atPeak += figuresOf(staticPeak.series, result).slotHours;
  }
  return atPeak > 0 ? 1 - held / atPeak : null;
}

/** What follows from a result, for whoever reads it as JSON. */
export function derived(result: Result) {
  return {
    date: new Date(result.startMs).toISOString().slice(0, 10),
    held: checksOf(result).every(({ ok }) => ok),
    checks: checksOf(result),
    figures: result.tenants.map((tenant) => ({
      tenant: tenant.name,
      ...figuresOf(tenant.series, result),
      ...updateFigures(tenant),
      staticPeak: tenant.staticPeak && figuresOf(tenant.staticPeak.series, result),
    })),
    slotHoursSaved: savingOf(result),
  };
}

/** What is promised of a day. A run holds where all of it does. */
export function checksOf(result: Result): Check[] {
  return result.tenants.flatMap((tenant) => [
    edgeCheck(tenant),
    lagCheck(tenant, result),
    rescaleCheck(tenant),
    {
      name: `${tenant.name}: 0 lost, 0 duplicated`,
      ok: tenant.count.exact,
      detail: tenant.count.sentence,
    },
  ]);
}

function edgeCheck({ name, edges }: TenantResult): Check {
  const missed = edges.filter(({ met }) => !met);
  const early = edges.flatMap(({ raises, earlySeconds }) =>
    raises && earlySeconds !== null ? [earlySeconds] : [],
  );
  const margin =
    early.length === 0 ? "" : `; the tightest rise ran ${seconds(Math.min(...early))} before`;
  const late = missed.map(({ window, lateSeconds }) =>
    lateSeconds === null ? `${window} never` : `${window} ${seconds(lateSeconds)} late`,
  );
  return {
    name: `${name}: every window finds its floor and parallelism running`,
    ok: missed.length === 0,
    detail:
      missed.length === 0
        ? `${edges.length} of ${edges.length}${margin}`
        : `${edges.length - missed.length} of ${edges.length}: ${late.join(", ")}`,
  };
}

function lagCheck({ name, series }: TenantResult, result: Result): Check {
  const { lateShare, worstLagSeconds, meanLagSeconds } = figuresOf(series, result);
  return {
    name: `${name}: lag above ${result.allowedLagSeconds} s for at most ${percent(LATE_LIMIT)}`,
    ok: lateShare <= LATE_LIMIT,
    detail: `${percent(lateShare)} of the time; mean ${seconds(meanLagSeconds)}, worst ${seconds(worstLagSeconds)}`,
  };
}

function rescaleCheck(tenant: TenantResult): Check {
  const { rescales, failed, heals, neverRunning, longestUntilRunning, stoppedSeconds } =
    updateFigures(tenant);
  const many = (count: number, noun: string) => (count === 0 ? "" : `; ${count} ${noun}`);
  return {
    name: `${tenant.name}: at most ${RESCALE_LIMIT} rescales`,
    ok: rescales <= RESCALE_LIMIT,
    detail:
      `${rescales}, at most ${seconds(longestUntilRunning)} from decision to running, ` +
      `stream stopped for ${seconds(stoppedSeconds)} in all` +
      many(failed, "updates failed") +
      many(heals, "updates to heal") +
      many(neverRunning, "never seen running"),
  };
}

/** `0.4 %` */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
