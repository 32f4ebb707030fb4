import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Policy, Scaler, Sight, Wish } from "../../../policies/simulator/scaler";
import type { Trace } from "../../../policies/simulator/trace";
import type { Contestant } from "../contestant";
import { hourOf, MINUTE_MS } from "../traces/day";
import { sizeFor, wishFor } from "./sizing";

/** A plan's time point: from this hour of each day (UTC) on, these TaskManagers. */
export interface PlanEntry {
  hour: number;
  taskManagers: number;
}

/** What Alibaba allows. */
const MAX_ENTRIES = 20;
/** Busy share at an hour's mean rate; the rest is headroom. */
const UTILIZATION = 0.8;
const HOURS = 24;

/** Mean rate of each hour of the day, in records per second; 0 for hours that the trace does not have. */
export function averageDay({ startMs, endMs, rateAt }: Trace): number[] {
  const sums = new Array<number>(HOURS).fill(0);
  const minutes = new Array<number>(HOURS).fill(0);
  for (let ms = startMs; ms < endMs; ms += MINUTE_MS) {
    const hour = Math.floor(hourOf(ms));
    sums[hour] = (sums[hour] ?? 0) + rateAt(ms);
    minutes[hour] = (minutes[hour] ?? 0) + 1;
  }
  return sums.map((sum, hour) => sum / Math.max(1, minutes[hour] ?? 0));
}

interface Span extends PlanEntry {
  hours: number;
}

/**
 * The plan for TaskManagers by hour of the day, midnight first: neighbours of the same size become one entry, and while
 * there are more than 20, the two neighbours that cost least at the size of the larger one.
 */
export function planOf(taskManagersByHour: readonly number[]): PlanEntry[] {
  let spans: Span[] = taskManagersByHour.map((taskManagers, hour) => ({
    hour,
    taskManagers,
    hours: 1,
  }));
  while (spans.length > 1) {
    const costs = spans.map((span, i) => mergeCost(span, after(spans, i)));
    const least = Math.min(...costs);
    if (least > 0 && spans.length <= MAX_ENTRIES) break;
    spans = merged(spans, costs.indexOf(least));
  }
  return spans.map(({ hour, taskManagers }) => ({ hour, taskManagers }));
}

/** The last hour of the day is followed by the first. */
function after(spans: readonly Span[], i: number): Span {
  return spans[(i + 1) % spans.length] as Span;
}

/** TaskManager hours a day that are paid for in vain. */
function mergeCost(a: Span, b: Span): number {
  const size = Math.max(a.taskManagers, b.taskManagers);
  return (size - a.taskManagers) * a.hours + (size - b.taskManagers) * b.hours;
}

function merged(spans: readonly Span[], i: number): Span[] {
  const a = spans[i] as Span;
  const b = after(spans, i);
  const taskManagers = Math.max(a.taskManagers, b.taskManagers);
  const one = { hour: a.hour, taskManagers, hours: a.hours + b.hours };
  return spans.filter((span) => span !== b).map((span) => (span === a ? one : span));
}

/** The entry in force: the last of the day so far, or yesterday's last. */
export function entryAt(plan: readonly PlanEntry[], ms: number): PlanEntry {
  const hour = hourOf(ms);
  return (plan.findLast((entry) => entry.hour <= hour) ?? plan.at(-1)) as PlanEntry;
}

class PlanScaler implements Scaler {
  readonly everySeconds = MINUTE_MS / 1000;
  readonly mechanism = "ordered";

  constructor(
    private readonly plan: readonly PlanEntry[],
    private readonly plant: PlantSettings,
  ) {}

  decide({ nowMs, taskManagersAsked }: Sight): Wish | undefined {
    const { hour, taskManagers } = entryAt(this.plan, nowMs);
    if (taskManagers === taskManagersAsked) return undefined;
    const time = `${String(hour).padStart(2, "0")}:00`;
    return {
      ...wishFor(taskManagers, this.plant),
      why: `By plan from ${time} UTC on: ${taskManagersAsked} -> ${taskManagers} TaskManagers.`,
    };
  }
}

const INFO = {
  name: "alibaba",
  title: "Alibaba scheduled tuning",
  source:
    'Alibaba Cloud, Realtime Compute for Apache Flink, "Configure automatic tuning": a scheduled plan gives resources ' +
    "to time points, at most 20, one plan is active, and Autopilot is off meanwhile. Here it is the plan of a person " +
    "who knows the average day of the trace: each hour's (UTC) mean rate at 80 % of the slots' capacity, neighbouring " +
    "hours merged to 20 entries at most, changed at the full hour. A change goes through a savepoint.",
  reactive: false,
};

/** A plan by the hour of the day. */
export const alibaba: Contestant = {
  ...INFO,
  on: (plant: PlantSettings): Policy => ({
    ...INFO,
    start({ startMs }, trace) {
      const sizes = averageDay(trace).map((rate) => sizeFor(rate, UTILIZATION, plant).taskManagers);
      const plan = planOf(sizes);
      const first = wishFor(entryAt(plan, startMs).taskManagers, plant);
      return { scaler: new PlanScaler(plan, plant), first };
    },
  }),
};
