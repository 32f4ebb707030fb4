export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Days since the epoch. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** Hours since midnight in UTC, 0 up to 24, with their fraction. */
export function hourOf(ms: number): number {
  return ms / HOUR_MS - 24 * dayOf(ms);
}

/** Saturday or Sunday; the epoch began on a Thursday. */
export function isWeekend(ms: number): boolean {
  const sinceMonday = (((dayOf(ms) + 3) % 7) + 7) % 7;
  return sinceMonday >= 5;
}

/** A level over the hours of a day: straight between the points (hour, level), from the last on to the first. */
export function dayCurve(
  points: readonly (readonly [hour: number, level: number])[],
): (hour: number) => number {
  const first = points[0] ?? [0, 0];
  const last = points.at(-1) ?? first;
  const all = [[last[0] - 24, last[1]], ...points, [first[0] + 24, first[1]]] as const;
  const hours = Float64Array.from(all, ([hour]) => hour);
  const levels = Float64Array.from(all, ([, level]) => level);
  return (hour) => {
    let i = 1;
    while (i < hours.length - 1 && hour >= (hours[i] ?? 0)) i++;
    const from = hours[i - 1] ?? 0;
    const before = levels[i - 1] ?? 0;
    return before + (((levels[i] ?? 0) - before) * (hour - from)) / ((hours[i] ?? 0) - from);
  };
}
