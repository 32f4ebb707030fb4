/** Each guard is a rule of its own: it says why something is not done, or lets it pass. */

/** Why a recommendation was not followed, or not in full. */
export interface Hold {
  guard:
    | "stale-metrics"
    | "missing-metrics"
    | "hidden-load"
    | "backlog"
    | "cooldown"
    | "scale-down-window"
    | "ineffective-scale-up"
    | "restart-cost";
  /** With its numbers. */
  detail: string;
}

const seconds = (value: number) => `${Math.round(value)} s`;

/** Law 6: old metrics never scale down. */
export function staleMetrics(ageSeconds: number, staleSeconds: number): Hold | undefined {
  if (ageSeconds <= staleSeconds) return undefined;
  return {
    guard: "stale-metrics",
    detail: `the newest metrics are ${seconds(ageSeconds)} old, more than ${seconds(staleSeconds)}`,
  };
}

/** Law 6: incomplete metrics never scale down. */
export function missingMetrics(missing: readonly string[]): Hold | undefined {
  if (missing.length === 0) return undefined;
  return { guard: "missing-metrics", detail: `not measured: ${missing.join(", ")}` };
}

/** Law 6: figures that are only the least that it can be never scale down. */
export function hiddenLoad(atLeast: boolean | undefined): Hold | undefined {
  if (!atLeast) return undefined;
  return {
    guard: "hidden-load",
    detail: "records may wait in front of its topics that nobody can count",
  };
}

/** Nothing goes down while records wait longer than this share of what is allowed. */
const CALM_SHARE = 0.1;

/** Capacity that works off a backlog stays. */
export function backlogLeft(lagSeconds: number, allowedLagSeconds: number): Hold | undefined {
  if (lagSeconds <= CALM_SHARE * allowedLagSeconds) return undefined;
  return { guard: "backlog", detail: `${lagSeconds.toFixed(1)} s of records still wait` };
}

/** Never more often than the window of the source documents. */
export function cooldown(sinceDecisionSeconds: number, cooldownSeconds: number): Hold | undefined {
  if (sinceDecisionSeconds >= cooldownSeconds) return undefined;
  const left = seconds(cooldownSeconds - sinceDecisionSeconds);
  return { guard: "cooldown", detail: `the last decision is too recent, ${left} to go` };
}

/** Down only to the most that was recommended in the window. */
export function scaleDownByMaximum(
  most: number,
  current: number,
  windowSeconds: number,
): Hold | undefined {
  if (most < current) return undefined;
  return {
    guard: "scale-down-window",
    detail: `${most} slots were needed within the last ${seconds(windowSeconds)}`,
  };
}

/** The most that a scale-up may want. */
export function largestStep(current: number, maxStepUp: number): number {
  return Math.max(current + 1, Math.floor(current * maxStepUp));
}

/** What a scale-up was to bring and brought, in records a second. */
export interface ScaleUpEffect {
  expectedGain: number;
  gain: number;
}

/** A scale-up that brought nothing is not repeated: what limits the job is something else. */
export function ineffectiveScaleUp(effect: ScaleUpEffect, leastEffect: number): Hold | undefined {
  if (effect.expectedGain <= 0 || effect.gain >= leastEffect * effect.expectedGain)
    return undefined;
  const [gain, expected] = [Math.round(effect.gain), Math.round(effect.expectedGain)];
  return {
    guard: "ineffective-scale-up",
    detail: `the last one brought ${gain} records/s of ${expected}`,
  };
}

/** Going down pays only once what stood idle outweighs the stop of the whole job. Both in slot-seconds. */
export function restartCost(idleSlotSeconds: number, stoppedSlotSeconds: number): Hold | undefined {
  if (idleSlotSeconds >= stoppedSlotSeconds) return undefined;
  const [idle, stop] = [Math.round(idleSlotSeconds), Math.round(stoppedSlotSeconds)];
  return {
    guard: "restart-cost",
    detail: `${idle} slot-seconds stood idle so far, a rescale costs ${stop}`,
  };
}

/** A rescale at the time at which it would take effect. Rates in records a second; spare is capacity less the load. */
export interface Detour {
  backlog: number;
  rate: number;
  gapSeconds: number;
  spareIfStaying: number;
  spareIfGoing: number;
}

/** A rescale that takes longer to catch up than staying does is not made. */
export function worthStopping(detour: Detour): Hold | undefined {
  const { backlog, rate, gapSeconds, spareIfStaying, spareIfGoing } = detour;
  if (spareIfStaying <= 0) return undefined;
  const staying = backlog / spareIfStaying;
  const going = spareIfGoing > 0 ? (backlog + rate * gapSeconds) / spareIfGoing : Infinity;
  if (going < staying) return undefined;
  return {
    guard: "restart-cost",
    detail: `the backlog is gone in ${seconds(staying)}, a rescale would take ${seconds(going)}`,
  };
}

/** Turns within this time count as oscillation. */
const BRAKE_MEMORY_MS = 3_600_000;
const TURNS_ALLOWED = 3;
const LONGEST_BRAKE = 8;

/**
 * How much longer the scale-down window gets after capacity went down and up again several times within the hour:
 * twice for each further turn. `turnsMs`: when it went up soon after it had gone down.
 */
export function oscillationBrake(turnsMs: readonly number[], nowMs: number): number {
  const recent = turnsMs.filter((at) => nowMs - at < BRAKE_MEMORY_MS).length;
  return Math.min(LONGEST_BRAKE, 2 ** Math.max(0, recent - TURNS_ALLOWED));
}
