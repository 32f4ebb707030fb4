import { targetCapacity, type Evaluation } from "./operator-metrics";
import type { OperatorSettings } from "./operator-settings";

const INTEGER_MAX = 2 ** 31 - 1;

/** What is known of a vertex before it is scaled. */
export interface ScaleRequest {
  parallelism: number;
  /** Capacity wanted over capacity there is. */
  factor: number;
  /** Key groups, of which all subtasks shall have equally many. */
  groups: number;
  lower: number;
  upper: number;
}

/** Capacity wanted over capacity there is, within what one rescale may do. NaN where either is unknown. */
export function scaleFactor(evaluation: Evaluation, settings: OperatorSettings): number {
  const capacity = targetCapacity(evaluation, settings.targetUtilization, true, settings);
  const factor = capacity / evaluation.trueRate;
  if (factor < 1 - settings.maxScaleDownFactor) return 1 - settings.maxScaleDownFactor;
  return Math.min(factor, 1 + settings.maxScaleUpFactor);
}

/** The parallelism for a factor, within bounds and aligned (JobVertexScaler.scale). */
export function scaleParallelism({ parallelism, factor, groups, lower, upper }: ScaleRequest) {
  const scaled = Math.min(Math.ceil(factor * parallelism) || 0, INTEGER_MAX);
  const wanted = Math.min(Math.max(lower, scaled), upper);
  return divisorAbove(wanted, groups, upper) ?? Math.max(cheapestFor(wanted, groups), lower);
}

/** The smallest divisor of the groups that is enough, below half of them where the wanted is. */
function divisorAbove(wanted: number, groups: number, upper: number): number | undefined {
  const half = Math.floor(groups / 2);
  const most = Math.min(wanted > half ? groups : half, upper);
  for (let p = wanted; p <= most; p++) {
    if (groups % p === 0) return p;
  }
  return undefined;
}

/** The smallest parallelism that leaves its least loaded subtask with as few groups as the wanted one does. */
function cheapestFor(wanted: number, groups: number): number {
  const share = Math.floor(groups / wanted);
  for (let p = wanted; p > 0; p--) {
    if (Math.floor(groups / p) > share) return groups % p === 0 ? p : p + 1;
  }
  return 0;
}

/** The rescale that a vertex did last. */
export interface PastScaling {
  ms: number;
  from: number;
  to: number;
  /** Records a second it could process before. */
  trueRate: number;
  /** Records a second it was to be able to process after it. */
  expectedRate: number;
}

/** Whether the last scale-up brought too small a share of what it was to bring (detectIneffectiveScaleUp). */
export function wasIneffective(
  past: PastScaling,
  trueRate: number,
  settings: OperatorSettings,
): boolean {
  const gained = (trueRate - past.trueRate) / (past.expectedRate - past.trueRate);
  return !(gained >= settings.effectivenessThreshold);
}
