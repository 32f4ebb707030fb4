import type { OperatorSettings } from "./operator-settings";

/** A long's largest value: what Java's Math.round gives for anything above. */
const LONG_MAX = 2 ** 63;
/** This near to a tie, in thousandths, multiplying could decide it: the digits must. */
const TIE = 1e-3;

/** What the autoscaler keeps of one collection of metrics. */
export interface MetricPoint {
  ms: number;
  /** Records that came in since the job started. */
  recordsIn: number;
  /** Records that wait at the source. */
  lagRecords: number;
  /** Busy share of its busiest subtask, 0 to 1; NaN where there is none. */
  load: number;
}

/** Metrics of the vertex over the window, in records a second. */
export interface Evaluation {
  /** What arrives: processed, and what the lag grew by. */
  targetRate: number;
  /** What shall be processed on top of it to be rid of the lag in time. */
  catchUpRate: number;
  /** What the vertex could process at its parallelism if it were busy all the time; infinite where it is never. */
  trueRate: number;
  /** A true rate below it is too little. */
  scaleUpBelow: number;
  /** A true rate above it is too much. */
  scaleDownAbove: number;
  processingBacklog: boolean;
}

/**
 * To three decimals, half up by the decimal digits, but never to 0 (ScalingMetrics.roundMetric, which the autoscaler
 * applies to every metric it collects or evaluates).
 */
export function roundMetric(value: number): number {
  if (!Number.isFinite(value) || Number.isInteger(value)) return value;
  const thousandths = value * 1000;
  const fromTie = Math.abs(thousandths - Math.floor(thousandths) - 0.5);
  const byDigits = fromTie < TIE || Math.abs(thousandths) > 2 ** 40;
  const rounded = byDigits ? roundDigits(value) : Math.round(thousandths) / 1000;
  return rounded === 0 ? value : rounded;
}

/** Records a second that must be possible for a utilization (AutoScalerUtils.getTargetProcessingCapacity). */
export function targetCapacity(
  rates: { targetRate: number; catchUpRate: number },
  utilization: number,
  withRestart: boolean,
  settings: OperatorSettings,
): number {
  const { targetRate, catchUpRate } = rates;
  const { restartSeconds, catchUpSeconds } = settings;
  if (Number.isNaN(targetRate) || Number.isNaN(catchUpRate)) return NaN;
  const share = Math.min(Math.max(utilization, 0), 1);
  if (share === 0) return Infinity;
  const afterRestart =
    withRestart && catchUpSeconds > 0 ? (targetRate * restartSeconds) / catchUpSeconds : 0;
  return Math.min(Math.round(catchUpRate + afterRestart + targetRate / share), LONG_MAX);
}

/**
 * What the autoscaler makes of a window's points for a keyed vertex behind one source that passes on what it reads
 * (ScalingMetricEvaluator.evaluate). undefined where two points are missing.
 */
export function evaluate(
  points: readonly MetricPoint[],
  settings: OperatorSettings,
): Evaluation | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const perSecond = (grown: number) => (1000 * grown) / (last.ms - first.ms);
  const inputRate = perSecond(last.recordsIn - first.recordsIn);
  const arriving = Math.max(0, inputRate + perSecond(last.lagRecords - first.lagRecords));
  const { catchUpSeconds } = settings;
  // A source that read nothing passes on nothing, whatever waits in front of it.
  const flows = inputRate > 0;
  const targetRate = flows ? roundMetric(arriving) : 0;
  const catchUpRate =
    flows && catchUpSeconds > 0 ? roundMetric(last.lagRecords / catchUpSeconds) : 0;
  const processingBacklog = last.lagRecords / inputRate > settings.backlogLagSeconds;
  return {
    targetRate,
    catchUpRate,
    trueRate: roundMetric(trueRate(inputRate, points)),
    processingBacklog,
    ...thresholds({ targetRate, catchUpRate }, processingBacklog, settings),
  };
}

/** With a backlog to work off, full use is welcome and little use no reason to shrink. */
function thresholds(
  rates: { targetRate: number; catchUpRate: number },
  processingBacklog: boolean,
  settings: OperatorSettings,
): Pick<Evaluation, "scaleUpBelow" | "scaleDownAbove"> {
  const { targetUtilization, utilizationBoundary } = settings;
  const high = processingBacklog ? 1 : targetUtilization + utilizationBoundary;
  const low = processingBacklog ? 0 : targetUtilization - utilizationBoundary;
  return {
    scaleUpBelow: targetCapacity(rates, high, false, settings),
    scaleDownAbove: targetCapacity(rates, low, true, settings),
  };
}

function trueRate(inputRate: number, points: readonly MetricPoint[]): number {
  if (inputRate === 0) return Infinity;
  const busyMs = meanLoad(points) * 1000;
  return inputRate / (busyMs / 1000);
}

function meanLoad(points: readonly MetricPoint[]): number {
  let sum = 0;
  let count = 0;
  for (const { load } of points) {
    if (Number.isNaN(load)) continue;
    sum += load;
    count += 1;
  }
  return sum / count;
}

/** Java rounds the digits it would print, not the binary value: 1.0005 to 1.001. */
function roundDigits(value: number): number {
  const [whole = "", fraction = ""] = String(Math.abs(value)).split(".");
  const cut = BigInt(whole + fraction.slice(0, 3).padEnd(3, "0"));
  const up = fraction.charAt(3) >= "5" ? 1n : 0n;
  return Math.sign(value) * Number(`${cut + up}e-3`);
}
