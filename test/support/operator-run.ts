import * as fc from "fast-check";
import type { Setting, Sight } from "../../policies/simulator/scaler";
import { OperatorScaler } from "../../stacks/simulate/rivals/operator";
import {
  OPERATOR_DEFAULTS,
  type OperatorSettings,
} from "../../stacks/simulate/rivals/operator-settings";

const STEP_MS = 60_000;

const minutes = (...values: number[]) => fc.constantFrom(...values.map((value) => value * 60));

/** Settings as a job might run with them over hours; spans are whole reconcile intervals. */
const settingsArbitrary: fc.Arbitrary<OperatorSettings> = fc.oneof(
  fc.constant(OPERATOR_DEFAULTS),
  fc.constant({
    ...OPERATOR_DEFAULTS,
    ...{ windowSeconds: 300, stabilizationSeconds: 60 },
    ...{ blocksIneffective: true, historySeconds: 3600 },
  }),
  fc
    .record(
      {
        windowSeconds: minutes(3, 5, 10),
        stabilizationSeconds: minutes(1, 2, 5),
        scaleDownIntervalSeconds: minutes(0, 10, 30),
        maxScaleDownFactor: fc.constantFrom(0.3, 0.6, 1),
        minParallelism: fc.constantFrom(1, 4, 8),
        maxParallelism: fc.constantFrom(32, 200, 400),
        blocksIneffective: fc.boolean(),
        historySeconds: minutes(60, 24 * 60),
      },
      { requiredKeys: [] },
    )
    .map((changes) => ({ ...OPERATOR_DEFAULTS, ...changes })),
);

/** A job over some hours: what arrives, how well it scales, and what goes wrong. */
export const runArbitrary = fc.record({
  settings: settingsArbitrary,
  seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
  slotRate: fc.integer({ min: 500, max: 20_000 }).map((n) => n / 10),
  /** Capacity grows with parallelism to this power. */
  scaling: fc.constantFrom(1, 0.95, 0.3),
  maxParallelism: fc.constantFrom(128, 256, 720, 1000),
  parallelism: fc.integer({ min: 1, max: 40 }),
  phases: fc.array(
    fc.record({
      steps: fc.integer({ min: 10, max: 150 }),
      /** Slots' worth of records that arrive. */
      slots: fc.oneof(
        fc.integer({ min: 0, max: 300 }).map((n) => n / 10),
        fc.constant(0),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

export type Run = typeof runArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** What the peer is told of one reconciliation. */
export interface RunStep {
  ms: number;
  running: boolean;
  /** Anywhere in the reconcile interval in which the job started. */
  runningSinceMs: number;
  parallelism: number;
  recordsIn: number;
  lagRecords: number;
  busyMsPerSecond: number;
}

/** Our scaler at work on a small job: what it saw and what it decided, step by step. */
export function runOurs(run: Run, settings = run.settings) {
  const job = new SmallJob(run);
  const scaler = new OperatorScaler(settingOf(run), settings, {
    taskManagers: run.parallelism,
    parallelism: run.parallelism,
  });
  const steps: RunStep[] = [];
  const decisions: (number | null)[] = [];
  for (const { steps: count, slots } of run.phases) {
    for (let i = 0; i < count; i++) {
      const { sight, step } = job.advance(slots * run.slotRate);
      const wish = scaler.decide(sight);
      if (wish !== undefined) job.rescale(wish.parallelism);
      steps.push(step);
      decisions.push(wish?.parallelism ?? null);
    }
  }
  return { steps, decisions };
}

function settingOf({ slotRate, maxParallelism }: Run): Setting {
  const fixed = { startMs: 0, slotsPerTaskManager: 1, floor: 1, ceiling: 1000 };
  return { ...fixed, slotRate, maxParallelism, allowedLagSeconds: 10, firstRate: 0 };
}

/** Counts whole records, so that both sides add up the same; noisy, and fails now and then. */
class SmallJob {
  private ms = 0;
  private parallelism: number;
  private target: number;
  private backlog = 0;
  private recordsIn = 0;
  private runningSinceMs = 0;
  /** Under way: how many more steps it takes, and whether the job stands still all the while. */
  private restart: { steps: number; failed: boolean } | undefined;
  private readonly random: () => number;

  constructor(private readonly run: Run) {
    this.parallelism = this.target = run.parallelism;
    this.random = parkMiller(run.seed);
  }

  rescale(parallelism: number): void {
    this.target = parallelism;
    this.restart = { steps: Math.floor(this.random() * 4), failed: false };
  }

  advance(rate: number): { sight: Sight; step: RunStep } {
    this.ms += STEP_MS;
    if (this.restart === undefined && this.random() < 0.003)
      this.restart = { steps: 2, failed: true };
    else this.goOn();
    const arrived = Math.round(rate * 60 * (0.8 + 0.4 * this.random()));
    const { slotRate, scaling } = this.run;
    const able = this.standing ? 0 : Math.round(60 * slotRate * this.parallelism ** scaling);
    const processed = Math.min(able, this.backlog + arrived);
    this.backlog += arrived - processed;
    this.recordsIn += processed;
    const busyMs = this.random() < 0.01 || able === 0 ? undefined : (1000 * processed) / able;
    return { sight: this.sight(arrived, processed, busyMs), step: this.step(busyMs) };
  }

  /** First TaskManagers start, then the job does: the operator waits for both. */
  private goOn(): void {
    if (this.restart === undefined) return;
    if (this.restart.steps > 0) {
      this.restart.steps -= 1;
      return;
    }
    this.restart = undefined;
    this.parallelism = this.target;
    this.runningSinceMs = this.ms - Math.floor(this.random() * STEP_MS);
  }

  private get standing(): boolean {
    return this.restart !== undefined && (this.restart.failed || this.restart.steps === 0);
  }

  private sight(arrived: number, processed: number, busyMs: number | undefined): Sight {
    return {
      nowMs: this.ms,
      arrivedPerSecond: arrived / 60,
      processedPerSecond: processed / 60,
      backlogRecords: this.backlog,
      busyRatio: busyMs === undefined ? undefined : busyMs / 1000,
      running: !this.standing,
      parallelism: this.parallelism,
      taskManagers: this.parallelism,
      taskManagersAsked: this.target,
      slotsPerTaskManager: 1,
    };
  }

  private step(busyMs: number | undefined): RunStep {
    const { ms, runningSinceMs, parallelism, recordsIn, backlog } = this;
    return {
      ...{ ms, runningSinceMs, parallelism, recordsIn },
      running: this.restart === undefined,
      lagRecords: backlog,
      busyMsPerSecond: busyMs ?? NaN,
    };
  }
}

/** The minimal standard generator: numbers from 0 to 1 that are the same everywhere. */
function parkMiller(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
