/** Round tick values from 0 to the first one at or above `max`; never fewer than two. */
export function niceTicks(max: number, wanted = 3): number[] {
  const rough = Math.max(max, 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((n) => n * power).find((s) => s >= rough * 0.999) ?? power,
  );
  const ticks = [0];
  while ((ticks.at(-1) ?? 0) < max || ticks.length < 2) ticks.push(ticks.length * step);
  return ticks;
}

const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400,
];

/** Tick instants in ms since the start: at most `most`, on round seconds and minutes. */
export function timeTicks(spanMs: number, most = 10): number[] {
  const step = (TIME_STEPS.find((s) => spanMs / (s * 1000) <= most) ?? 86_400) * 1000;
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, i) => i * step);
}

const DAY_STEPS = [2, 7, 14, 28, 56, 112, 364].map((days) => days * 86_400);

/** Instants from `fromMs` to `toMs` on round times of day in UTC, in ms since the epoch: at most `most` + 1. */
export function instantTicks(fromMs: number, toMs: number, most = 10): number[] {
  const span = toMs - fromMs;
  const steps = [...TIME_STEPS, ...DAY_STEPS];
  const step = (steps.find((s) => span / (s * 1000) <= most) ?? span / 1000 / most) * 1000;
  const first = Math.ceil(fromMs / step);
  return Array.from({ length: Math.floor(toMs / step) - first + 1 }, (_, i) => (first + i) * step);
}

/**
 * Puts labels into rows: each below all that reach over its beginning, so that neither a label nor the line that
 * hangs from it meets another label. In the order of their beginnings; gives each one's row.
 */
export function rowsFor(spans: readonly { from: number; to: number }[]): number[] {
  const rows: number[] = [];
  for (const span of spans) {
    const above = rows.filter((_, i) => (spans[i]?.to ?? 0) > span.from);
    rows.push(above.length === 0 ? 0 : Math.max(...above) + 1);
  }
  return rows;
}
