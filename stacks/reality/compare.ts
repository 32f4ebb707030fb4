import { SCALING_DEFAULTS } from "../../policies/scaling/settings";

/** Largest difference of the mean lag, as a share of the measured one. */
export const LAG_TOLERANCE = 0.25;
/** Between two decisions on the load: the time by which a change of the parallelism may be off. */
export const DECISION_SECONDS = SCALING_DEFAULTS.cooldownSeconds;

/** A value for each second, at its end. */
export interface Curves {
  /** Age of the oldest record that waits. */
  lagSeconds: readonly number[];
  /** Of the job that runs, or ran last. */
  parallelism: readonly number[];
}

/** A change of a curve, in seconds since the start. */
export interface Change {
  second: number;
  from: number;
  to: number;
}

export interface Comparison {
  lag: {
    measured: number;
    predicted: number;
    /** Of the measured one; 0.1 where the prediction is 10 % above it. */
    difference: number;
    ok: boolean;
  };
  parallelism: {
    /** How far a change may be off. */
    toleranceSeconds: number;
    /** Seconds in which one curve has a value that the other has at no second within the tolerance. */
    differing: number[];
    measured: Change[];
    predicted: Change[];
    ok: boolean;
  };
  ok: boolean;
}

/**
 * Holds a prediction against what was measured: the means of the lag, and the curves of the parallelism, which may be
 * off by one decision interval. Curves of different length differ in the seconds that only one of them has.
 */
export function compare(measured: Curves, predicted: Curves, toleranceSeconds: number): Comparison {
  const means = { measured: mean(measured.lagSeconds), predicted: mean(predicted.lagSeconds) };
  const difference = means.measured === means.predicted ? 0 : means.predicted / means.measured - 1;
  const lag = { ...means, difference, ok: Math.abs(difference) <= LAG_TOLERANCE };
  const differing = differingSeconds(measured.parallelism, predicted.parallelism, toleranceSeconds);
  const parallelism = {
    toleranceSeconds,
    differing,
    measured: changes(measured.parallelism),
    predicted: changes(predicted.parallelism),
    ok: differing.length === 0,
  };
  return { lag, parallelism, ok: lag.ok && parallelism.ok };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}

function differingSeconds(a: readonly number[], b: readonly number[], tolerance: number): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, second) => second).filter(
    (second) =>
      !isNear(a[second], b, second, tolerance) || !isNear(b[second], a, second, tolerance),
  );
}

function isNear(
  value: number | undefined,
  curve: readonly number[],
  second: number,
  tolerance: number,
): boolean {
  const around = curve.slice(Math.max(0, second - tolerance), second + tolerance + 1);
  return value !== undefined && around.includes(value);
}

function changes(curve: readonly number[]): Change[] {
  return curve.flatMap((to, second) => {
    const from = curve[second - 1];
    return from === undefined || from === to ? [] : [{ second, from, to }];
  });
}
