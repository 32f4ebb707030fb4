import * as fc from "fast-check";
import type { Advice } from "../../policies/scaling/advice";
import { aligned } from "../../policies/scaling/alignment";
import type { Hold } from "../../policies/scaling/guards";
import { JobScaler, type Range } from "../../policies/scaling/job-scaler";
import type { CompleteObservation, JobObservation } from "../../policies/scaling/observation";
import { SCALING_DEFAULTS, type ScalingSettings } from "../../policies/scaling/settings";
import { effectiveSlots } from "../../policies/simulator/capacity";
import { noise } from "../../stacks/simulate/traces/noise";

/** A job's life in few numbers, so that ten thousand are quickly made. */
export interface Life {
  slotRate: number;
  keyGroups: number;
  slotsPerTaskManager: number;
  everySeconds: number;
  parallelism: number;
  /** Of the load: in slots' work, and how many observations it lasts. */
  parts: { slots: number; length: number }[];
  /** Of the load around that, as a share. */
  swing: number;
  seed: number;
  /** What waits at first. */
  backlogSeconds: number;
  /** What was known of a slot before, as a share of the truth; undefined: nothing. */
  known: number | undefined;
  shows: "busy" | "vertices" | "nothing";
  partitions: number | undefined;
  least: number;
  room: number;
  maxStepUp: number;
  cooldownSeconds: number;
  scaleDownWindowSeconds: number;
  restartPrice: number;
  /** Observations from an advice to the job running with it; undefined: nobody follows it. */
  delay: number | undefined;
}

const part = fc.record({
  slots: fc.double({ min: 0, max: 90, noNaN: true }),
  length: fc.integer({ min: 1, max: 30 }),
});

export const lives: fc.Arbitrary<Life> = fc.record({
  slotRate: fc.integer({ min: 1, max: 3000 }),
  keyGroups: fc.integer({ min: 129, max: 1000 }),
  slotsPerTaskManager: fc.integer({ min: 1, max: 8 }),
  everySeconds: fc.constantFrom(5, 5, 10, 30),
  parallelism: fc.integer({ min: 1, max: 80 }),
  parts: fc.array(part, { minLength: 1, maxLength: 3 }),
  swing: fc.constantFrom(0, 0, 0.02, 0.1, 0.3),
  seed: fc.integer(),
  backlogSeconds: fc.constantFrom(0, 0, 1, 5, 30),
  known: fc.constantFrom(undefined, 1, 1, 0.7, 1.4),
  shows: fc.constantFrom("busy", "busy", "vertices", "nothing"),
  partitions: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined, freq: 3 }),
  least: fc.constantFrom(1, 1, 3, 20),
  room: fc.constantFrom(Infinity, Infinity, 0, 10, 100),
  maxStepUp: fc.constantFrom(100, 100, 2, 1.2),
  cooldownSeconds: fc.constantFrom(60, 60, 0),
  scaleDownWindowSeconds: fc.constantFrom(180, 60, 30),
  restartPrice: fc.constantFrom(10, 1),
  delay: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 3 }),
});

/** What a scaler is told of a job, and what it made of it. */
export interface Moment {
  observation: JobObservation;
  advice: Advice | undefined;
  held: Hold | undefined;
}

export function settingsOf(job: Life): ScalingSettings {
  const { slotsPerTaskManager, maxStepUp, keyGroups: maxParallelism } = job;
  const { cooldownSeconds, scaleDownWindowSeconds, restartPrice } = job;
  return {
    ...SCALING_DEFAULTS,
    ...{ slotsPerTaskManager, maxStepUp, maxParallelism },
    ...{ cooldownSeconds, scaleDownWindowSeconds, restartPrice },
  };
}

export function rangeOf({ least, room }: Life): Range {
  return { least, most: least + room };
}

export function scalerOf(job: Life): JobScaler {
  const slotRate = job.known === undefined ? {} : { slotRate: job.known * job.slotRate };
  return new JobScaler(settingsOf(job), {
    job: "job",
    everySeconds: job.everySeconds,
    ...slotRate,
  });
}

/** `shown` may withhold some of what was measured. */
export function live(
  job: Life,
  scaler: JobScaler,
  shown: (observation: CompleteObservation, i: number) => JobObservation = (observation) =>
    observation,
): Moment[] {
  const range = rangeOf(job);
  const cluster = new TinyCluster(job);
  return loadsOf(job).map((produced, i) => {
    const observation = shown(cluster.observe(produced, i), i);
    const nowMs = (i + 1) * job.everySeconds * 1000;
    const advice = scaler.observe(observation, range, nowMs);
    if (advice !== undefined) cluster.follow(advice, i);
    return { observation, advice, held: scaler.held };
  });
}

function loadsOf({ parts, slotRate, swing, seed }: Life): number[] {
  const { normal } = noise(seed, "load");
  return parts
    .flatMap(({ slots, length }) => Array.from({ length }, () => slots * slotRate))
    .map((rate, i) => rate * Math.max(0, 1 + swing * normal(i)));
}

/** In which a rescale stops the job. */
const STOP_SECONDS = 3;

/** One job, and a queue in front of it. */
class TinyCluster {
  private parallelism: number;
  private backlog: number;
  private wished: { at: number; parallelism: number } | undefined;

  constructor(private readonly job: Life) {
    this.parallelism = Math.min(job.parallelism, job.keyGroups);
    this.backlog = job.backlogSeconds * this.capacity;
  }

  private get capacity(): number {
    return this.job.slotRate * effectiveSlots(this.parallelism, this.job.keyGroups);
  }

  follow({ parallelism }: Advice, i: number): void {
    const { delay } = this.job;
    if (delay === undefined) return;
    const { slotsPerTaskManager, keyGroups } = this.job;
    const slots = Math.ceil(parallelism / slotsPerTaskManager) * slotsPerTaskManager;
    this.wished ??= { at: i + delay, parallelism: aligned(slots, keyGroups) };
  }

  observe(produced: number, i: number): CompleteObservation {
    const { shows, partitions, everySeconds } = this.job;
    const { parallelism, capacity } = this;
    const running = this.wished?.at !== i;
    const most = running ? capacity : capacity * Math.max(0, 1 - STOP_SECONDS / everySeconds);
    const consumed = Math.min(produced + this.backlog / everySeconds, most);
    this.backlog = Math.max(0, this.backlog + (produced - consumed) * everySeconds);
    const busyRatio = most > 0 ? Math.min(1, consumed / most) : 1;
    const observation: CompleteObservation = {
      atMs: (i + 1) * everySeconds * 1000,
      ...{ running, parallelism },
      ...{ producedPerSecond: produced, consumedPerSecond: consumed, backlogRecords: this.backlog },
    };
    if (partitions !== undefined) observation.partitions = partitions;
    if (shows === "busy") observation.busyRatio = busyRatio;
    if (shows === "vertices") {
      observation.vertices = [
        { name: "read", source: true, parallelism: 1, busyRatio: 0.3 },
        { name: "count", source: false, parallelism, busyRatio },
        { name: "write", source: false, parallelism, busyRatio: busyRatio / 2 },
      ];
    }
    if (!running) this.parallelism = this.wished?.parallelism ?? parallelism;
    if (!running) this.wished = undefined;
    return observation;
  }
}
