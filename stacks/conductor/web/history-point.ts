import type { TenantView } from "../tenant-view";

/** A minute of a tenant, over all its jobs. Null is "not known". */
export interface HistoryPoint {
  /** Start of the minute, milliseconds since the epoch. */
  t: number;
  /** Records a second; unknown where it is of any job. */
  producedPerSecond: number | null;
  consumedPerSecond: number | null;
  /** The worst of the jobs where it is known, and of the minute. */
  lagSeconds: number | null;
  slotsTotal: number | null;
  slotsUsed: number | null;
  /** Of all jobs together; unknown where it is of any. */
  parallelism: number | null;
}

export const MEASURES = [
  "producedPerSecond",
  "consumedPerSecond",
  "lagSeconds",
  "slotsTotal",
  "slotsUsed",
  "parallelism",
] as const satisfies readonly Exclude<keyof HistoryPoint, "t">[];

/** A minute of which nothing is known. */
export const UNKNOWN: HistoryPoint = {
  t: 0,
  producedPerSecond: null,
  consumedPerSecond: null,
  lagSeconds: null,
  slotsTotal: null,
  slotsUsed: null,
  parallelism: null,
};

export const MINUTE_MS = 60_000;
/** A day. */
export const MINUTES_KEPT = 24 * 60;

/** What a view says of its minute. */
export function pointOf({ atMs, slotsTotal, slotsAvailable, jobs }: TenantView): HistoryPoint {
  const lags = jobs.flatMap(({ lagSeconds }) => (lagSeconds === null ? [] : [lagSeconds]));
  return {
    t: Math.floor(atMs / MINUTE_MS) * MINUTE_MS,
    producedPerSecond: sum(jobs.map((job) => job.producedPerSecond)),
    consumedPerSecond: sum(jobs.map((job) => job.consumedPerSecond)),
    lagSeconds: lags.length === 0 ? null : Math.max(...lags),
    slotsTotal,
    slotsUsed: slotsTotal === null || slotsAvailable === null ? null : slotsTotal - slotsAvailable,
    parallelism: sum(jobs.map((job) => job.parallelism)),
  };
}

/** Two points of one minute as one: the newest known value, and the worst lag. */
export function mergePoints(older: HistoryPoint, newer: HistoryPoint): HistoryPoint {
  const merged = { ...newer };
  for (const measure of MEASURES) merged[measure] ??= older[measure];
  if (older.lagSeconds !== null && newer.lagSeconds !== null) {
    merged.lagSeconds = Math.max(older.lagSeconds, newer.lagSeconds);
  }
  return merged;
}

function sum(values: readonly (number | null)[]): number | null {
  let total: number | null = values.length === 0 ? null : 0;
  for (const value of values) total = total === null || value === null ? null : total + value;
  return total;
}
