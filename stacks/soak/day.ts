import type { Trace } from "../../policies/simulator/trace";
import { DAY_MS, dayCurve, HOUR_MS } from "../simulate/traces/day";
import { noise } from "../simulate/traces/noise";

/** Records a second that one slot takes: by waiting, so that two tenants' slots fit on two cores. */
export const SLOT_RATE = 100;
export const SLOTS_PER_TASK_MANAGER = 2;
export const CEILING = 4;

/** A window of the day; hours since midnight. */
export interface DayWindow {
  name: string;
  from: number;
  to: number;
  /** TaskManagers; the job runs on all their slots. */
  floor: number;
}

/** One tenant's day: what its windows foresee, and the load, of which they foresee all but one burst. */
export interface TenantDay {
  name: string;
  flink: "1.14" | "1.20";
  /** In order, without overlap. At all other times it is night. */
  windows: readonly DayWindow[];
  /** The load's rhythm: (hour, records a second). */
  rhythm: readonly (readonly [hour: number, perSecond: number])[];
  /** Records a second that come on top for a while, from some instant between these hours. */
  burst: { between: readonly [hour: number, hour: number]; hours: number; perSecond: number };
}

/** TaskManagers outside all windows. */
export const NIGHT_FLOOR = 1;

/** Two rhythms. All edges lie on multiples of 48 minutes: on whole minutes where the day is played in 30 of them. */
export const DAYS: readonly TenantDay[] = [
  {
    name: "acme",
    flink: "1.14",
    windows: [
      { name: "morning-rush", from: 6.4, to: 10.4, floor: 4 },
      { name: "midday", from: 10.4, to: 16, floor: 2 },
      { name: "evening", from: 16, to: 21.6, floor: 3 },
    ],
    rhythm: [
      [0, 70],
      [6.4, 80],
      [7.4, 640],
      [9, 660],
      [10.2, 310],
      [12, 260],
      [15.6, 280],
      [17, 470],
      [19, 480],
      [21.2, 120],
      [22.5, 70],
    ],
    burst: { between: [11.2, 11.8], hours: 1.2, perSecond: 210 },
  },
  {
    name: "globex",
    flink: "1.20",
    windows: [
      { name: "lunch", from: 8.8, to: 13.6, floor: 2 },
      { name: "afternoon", from: 13.6, to: 18.4, floor: 1 },
      { name: "prime-time", from: 18.4, to: 22.4, floor: 3 },
    ],
    rhythm: [
      [0, 90],
      [3, 60],
      [8.8, 100],
      [9.8, 310],
      [12.4, 320],
      [13.5, 150],
      [18.3, 150],
      [19.4, 500],
      [20.8, 510],
      [21.7, 150],
      [23, 100],
    ],
    burst: { between: [14.8, 15.6], hours: 1, perSecond: 120 },
  },
];

/** How long a burst takes to come and to go, in hours: as long as a slow noise takes to change. */
const BURST_EDGE_HOURS = 0.15;
const SLOW_MS = 0.5 * HOUR_MS;
const FAST_MS = 0.1 * HOUR_MS;

/** The load of a tenant's day, from midnight at 0 ms on: rhythm, burst and noise of a seed. Pure. */
export function dayTrace(day: TenantDay, seed: number): Trace {
  const rhythm = dayCurve(day.rhythm);
  const chance = noise(seed, day.name);
  const slow = chance.smooth(SLOW_MS);
  const [earliest, latest] = day.burst.between;
  const burstAt = earliest + (latest - earliest) * chance.uniform(-1);
  return {
    name: day.name,
    description: `a day of ${day.name}, seed ${seed}`,
    startMs: 0,
    endMs: DAY_MS,
    rateAt: (ms) => {
      const hour = ms / HOUR_MS;
      const shake = 1 + 0.025 * slow(ms) + 0.02 * chance.normal(Math.floor(ms / FAST_MS));
      return (rhythm(hour) + burst(hour - burstAt, day.burst)) * shake;
    },
  };
}

function burst(since: number, { hours, perSecond }: TenantDay["burst"]): number {
  const edge = Math.min(since, hours - since) / BURST_EDGE_HOURS;
  return perSecond * Math.max(0, Math.min(1, edge));
}

/** A day's load played faster, in so many minutes from `startMs` on; before and after it as at its ends. */
export function compressed(trace: Trace, startMs: number, minutes: number): Trace {
  const faster = (trace.endMs - trace.startMs) / (minutes * 60_000);
  const last = trace.endMs - 1;
  return {
    ...trace,
    startMs,
    endMs: startMs + minutes * 60_000,
    rateAt: (ms) =>
      trace.rateAt(Math.min(last, trace.startMs + Math.max(0, ms - startMs) * faster)),
  };
}
