import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Policy, Scaler, Sight, Wish } from "../../../policies/simulator/scaler";
import type { Contestant } from "../contestant";
import { sizeFor } from "./sizing";

/** Of a datapoint; each is one minute's containerCPUUtilization. */
const PERIOD_SECONDS = 60;
const UP_PERCENT = 75;
const UP_DATAPOINTS = 15;
const DOWN_PERCENT = 10;
const DOWN_DATAPOINTS = 360;

export type ScalingAction = "ScaleUp" | "ScaleDown";

/**
 * Starts an action at 15 consecutive datapoints of 75 % or more, or 360 below 10 %. A minute without a datapoint ends
 * a row of them, and so does an action.
 */
export class CpuRule {
  private high = 0;
  private low = 0;

  /** `percent` is undefined where the minute has no datapoint. */
  observe(percent: number | undefined): ScalingAction | undefined {
    this.high = percent !== undefined && percent >= UP_PERCENT ? this.high + 1 : 0;
    this.low = percent !== undefined && percent < DOWN_PERCENT ? this.low + 1 : 0;
    const action =
      this.high >= UP_DATAPOINTS
        ? "ScaleUp"
        : this.low >= DOWN_DATAPOINTS
          ? "ScaleDown"
          : undefined;
    if (action !== undefined) this.high = this.low = 0;
    return action;
  }
}

export interface ParallelismBounds {
  /** The application's Parallelism: what it was started with, and what it never falls below. */
  initial: number;
  /** ParallelismPerKPU × the KPUs allowed. */
  max: number;
}

/** Doubled, or halved and rounded up. */
export function parallelismAfter(
  action: ScalingAction,
  current: number,
  { initial, max }: ParallelismBounds,
): number {
  const wanted = action === "ScaleUp" ? current * 2 : Math.ceil(current / 2);
  return Math.min(Math.max(wanted, initial), max);
}

class AwsScaler implements Scaler {
  readonly everySeconds = PERIOD_SECONDS;
  readonly mechanism = "ordered";
  private readonly rule = new CpuRule();

  constructor(private readonly bounds: ParallelismBounds) {}

  decide(sight: Sight): Wish | undefined {
    const { running, busyRatio, parallelism, taskManagers, taskManagersAsked } = sight;
    const scaling = !running || taskManagers !== taskManagersAsked;
    const percent = scaling || busyRatio === undefined ? undefined : 100 * busyRatio;
    const action = this.rule.observe(percent);
    if (action === undefined) return undefined;
    const next = parallelismAfter(action, parallelism, this.bounds);
    if (next === parallelism) return undefined;
    const seen =
      action === "ScaleUp"
        ? `at ${UP_PERCENT} % or more for ${UP_DATAPOINTS} minutes`
        : `below ${DOWN_PERCENT} % for ${DOWN_DATAPOINTS} minutes`;
    return {
      taskManagers: Math.ceil(next / sight.slotsPerTaskManager),
      parallelism: next,
      why: `CPU ${seen}: parallelism ${parallelism} -> ${next}.`,
    };
  }
}

const INFO = {
  name: "aws",
  title: "AWS managed Flink",
  source:
    'Developer guide of Amazon Managed Service for Apache Flink, "Use automatic scaling": the maximum of ' +
    "containerCPUUtilization at 75 % or more in 15 consecutive one-minute datapoints doubles the parallelism, below " +
    "10 % in 360 halves it, rounded up, never below the application's Parallelism setting; the guide names no " +
    "cooldown beyond that. A KPU is a TaskManager, ParallelismPerKPU its slots, CPU the busy share of the job. " +
    "Parallelism is set to what the trace's first rate needs at 75 %. A change goes through a savepoint.",
  reactive: true,
};

/** The rule built into Amazon's managed service. */
export const aws: Contestant = {
  ...INFO,
  on: (plant: PlantSettings): Policy => ({
    ...INFO,
    start({ firstRate }) {
      const first = sizeFor(firstRate, UP_PERCENT / 100, plant);
      const max = Math.min(plant.ceiling * plant.slotsPerTaskManager, plant.maxParallelism);
      return { scaler: new AwsScaler({ initial: first.parallelism, max }), first };
    },
  }),
};
