import { NO_WINDOW } from "../../policies/decision";
import type { TenantInput } from "../../policies/tenant";
import { printTimeOfDay } from "../../policies/units";
import { CEILING, NIGHT_FLOOR, SLOTS_PER_TASK_MANAGER, type TenantDay } from "./day";

const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1440;

/** What must run where a window opens, and what ran by the window before. Instants in ms since the epoch. */
export interface Edge {
  atMs: number;
  window: string;
  taskManagers: number;
  parallelism: number;
  /** More is asked for than before: it takes an update in time. */
  raises: boolean;
}

/** A span of the run with its floor. Minutes since the start. */
export interface Span {
  window: string;
  from: number;
  to: number;
  floor: number;
}

/** A day's windows on the wall clock of one run. */
export interface Schedule {
  /** As a tenant file has them, in UTC. */
  windows: NonNullable<TenantInput["windows"]>;
  /** From the start to the end, the night included. */
  spans: Span[];
  /** Where one span follows another. */
  edges: Edge[];
  /** What a run this short can't show: sentences. */
  changes: string[];
}

/** How long a run of a day may be. At a minute a day of the day's windows would be one. */
export const RUN_MINUTES = { least: 6, most: MINUTES_A_DAY };

/**
 * Puts a day's windows on the wall clock. Windows begin and end on whole minutes: an edge between two goes to the
 * nearest one, and a window that is left with none is left out.
 *
 * @param startMs when the day begins, on a whole minute
 * @param minutes in which the day is played
 */
export function scheduleOf(day: TenantDay, startMs: number, minutes: number): Schedule {
  if (startMs % MINUTE_MS !== 0) throw new RangeError(`${startMs} ms is not on a whole minute`);
  const minuteOf = (hour: number) => Math.round(exactly(hour, minutes));
  const placed = day.windows.map((window) => ({
    ...window,
    from: minuteOf(window.from),
    to: minuteOf(window.to),
  }));
  const kept = placed.filter(({ from, to }) => to > from);
  const spans = spansOf(kept, minutes);
  return {
    windows: kept.map(({ name, from, to, floor }) => ({
      name,
      from: timeOfDay(startMs, from),
      to: timeOfDay(startMs, to),
      zone: "UTC",
      ...boundsOf(floor),
    })),
    spans,
    edges: edgesOf(spans, startMs),
    changes: changesIn(day, minutes),
  };
}

/** A floor with the parallelism that takes all its slots. */
export function boundsOf(floor: number, ceiling = CEILING) {
  return { floor, ceiling, parallelism: floor * SLOTS_PER_TASK_MANAGER };
}

/** The minute of the run at an hour of the day, without the last digits that a multiplication leaves. */
function exactly(hour: number, minutes: number): number {
  return Number(((hour / 24) * minutes).toFixed(6));
}

function timeOfDay(startMs: number, minute: number): string {
  return printTimeOfDay((startMs / MINUTE_MS + minute) % MINUTES_A_DAY);
}

function spansOf(
  windows: readonly { name: string; from: number; to: number; floor: number }[],
  minutes: number,
): Span[] {
  const spans: Span[] = [];
  let at = 0;
  const night = (to: number) => {
    if (to > at) spans.push({ window: NO_WINDOW, from: at, to, floor: NIGHT_FLOOR });
  };
  for (const { name, from, to, floor } of windows) {
    night(from);
    spans.push({ window: name, from, to, floor });
    at = to;
  }
  night(minutes);
  return spans;
}

function edgesOf(spans: readonly Span[], startMs: number): Edge[] {
  return spans.slice(1).map(({ window, from, floor }, i) => ({
    atMs: startMs + from * MINUTE_MS,
    window,
    taskManagers: floor,
    parallelism: boundsOf(floor).parallelism,
    raises: floor > (spans[i]?.floor ?? floor),
  }));
}

function changesIn({ name, windows }: TenantDay, minutes: number): string[] {
  return windows.flatMap((window) => {
    const [from, to] = [exactly(window.from, minutes), exactly(window.to, minutes)];
    const [first, last] = [Math.round(from), Math.round(to)];
    if (last <= first) return [`${name}: ${window.name} is left out, it would last no minute`];
    const moved = [
      ...(from === first ? [] : [`opens at minute ${first} instead of ${from.toFixed(1)}`]),
      ...(to === last ? [] : [`closes at minute ${last} instead of ${to.toFixed(1)}`]),
    ];
    return moved.length === 0 ? [] : [`${name}: ${window.name} ${moved.join(" and ")}`];
  });
}
