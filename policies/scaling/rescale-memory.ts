import { ineffectiveScaleUp, oscillationBrake, type Hold } from "./guards";
import type { CompleteObservation } from "./observation";
import type { ScalingSettings } from "./settings";

/** An up so soon after a down is a turn. */
const TURN_MS = 900_000;
/** What a scale-up brought is judged once the job has settled. */
const SETTLED_SECONDS = 60;
const FULLY_BUSY = 0.95;
const KEPT_TURNS = 16;
/** Weight of the newest rescale in the measured reaction time. */
const NEWEST = 0.3;

/** A rescale so long after the advice has another cause. */
const LONGEST_REACTION_SECONDS = 900;

interface ScaleUp {
  atMs: number;
  consumedBefore: number;
  expectedGain: number;
}

/** What is remembered of a job's rescales. */
export class RescaleMemory {
  /** From advice to the job running with it. */
  reactionSeconds: number;
  /** Factor of the scale-down window. */
  brake = 1;
  private parallelism: number | undefined;
  private restartedMs = -Infinity;
  private advisedMs: number | undefined;
  private lastAdviceMs = -Infinity;
  private wentDownMs = -Infinity;
  private turns: number[] = [];
  private scaleUp: ScaleUp | undefined;
  private pause: { untilMs: number; hold: Hold } | undefined;

  constructor(private readonly settings: ScalingSettings) {
    this.reactionSeconds = settings.reactionSeconds;
  }

  secondsSinceRestart(nowMs: number): number {
    return (nowMs - this.restartedMs) / 1000;
  }

  /** Since the last advice that changed something. */
  secondsSinceAdvice(nowMs: number): number {
    return (nowMs - this.lastAdviceMs) / 1000;
  }

  see(observation: CompleteObservation, consumedPerSecond: number): void {
    const { atMs, running, parallelism } = observation;
    if (!running) return;
    if (this.parallelism !== undefined && this.parallelism !== parallelism) this.rescaled(atMs);
    this.parallelism = parallelism;
    if (this.brake > 1) this.brake = oscillationBrake(this.turns, atMs);
    if (this.scaleUp !== undefined) this.judge(observation, consumedPerSecond, this.scaleUp);
  }

  wentUp(atMs: number, capacity: number, consumedBefore: number, factor: number): void {
    this.advisedMs ??= atMs;
    this.lastAdviceMs = atMs;
    this.scaleUp = { atMs, consumedBefore, expectedGain: capacity * (factor - 1) };
    if (atMs - this.wentDownMs > TURN_MS) return;
    this.wentDownMs = -Infinity;
    this.turns = [...this.turns, atMs].slice(-KEPT_TURNS);
    this.brake = oscillationBrake(this.turns, atMs);
  }

  wentDown(atMs: number): void {
    this.advisedMs ??= atMs;
    this.lastAdviceMs = atMs;
    this.wentDownMs = atMs;
    this.scaleUp = undefined;
  }

  /** Why no further scale-up is made for a while. */
  ineffective(nowMs: number): Hold | undefined {
    return this.pause !== undefined && nowMs < this.pause.untilMs ? this.pause.hold : undefined;
  }

  private rescaled(atMs: number): void {
    this.restartedMs = atMs;
    if (this.advisedMs === undefined) return;
    const took = (atMs - this.advisedMs) / 1000;
    this.advisedMs = undefined;
    if (took > LONGEST_REACTION_SECONDS) return;
    this.reactionSeconds += NEWEST * (took - this.reactionSeconds);
  }

  private judge(
    observation: CompleteObservation,
    consumedPerSecond: number,
    { atMs, consumedBefore, expectedGain }: ScaleUp,
  ): void {
    const settled =
      this.restartedMs >= atMs && this.secondsSinceRestart(observation.atMs) > SETTLED_SECONDS;
    if (!settled) return;
    this.scaleUp = undefined;
    const busy = observation.vertices
      ? Math.max(0, ...observation.vertices.map((vertex) => vertex.busyRatio))
      : (observation.busyRatio ?? 0);
    if (busy < FULLY_BUSY) return;
    const { leastEffect, ineffectivePauseSeconds } = this.settings;
    const hold = ineffectiveScaleUp(
      { expectedGain, gain: consumedPerSecond - consumedBefore },
      leastEffect,
    );
    if (hold !== undefined) {
      this.pause = { untilMs: observation.atMs + ineffectivePauseSeconds * 1000, hold };
    }
  }
}
