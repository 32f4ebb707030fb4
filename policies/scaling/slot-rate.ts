import { effectiveSlots } from "../simulator/capacity";
import type { CompleteObservation } from "./observation";

/** After a restart the job is slower than it will be: what it shows then is not learnt from. */
const SETTLING_SECONDS = 30;
/** Below this a busy time says little about what the job could do. */
const LEAST_BUSY = 0.1;
const MEMORY_SECONDS = 600;
/** A job that is busy all the time and does less than this share of what it was thought to do has become slower. */
const FULLY_BUSY = 0.95;
const SLOWER_SHARE = 0.9;
const SLOWER_MEMORY_SECONDS = 60;
/** What was known before counts as much as this long a measurement. */
const KNOWN_SECONDS = 60;

interface Estimate {
  perSlot: number;
  /** Over which it was measured. */
  seconds: number;
}

/**
 * Learns how many of the job's source records one slot processes, from what all processed and how busy they were
 * (Flink's true processing rate): of each vertex where they are measured, else of the job as a whole.
 */
export class SlotRate {
  private readonly estimates = new Map<string, Estimate>();

  /** `known`: of the job as a whole, as measured before, in records a second. */
  constructor(
    private readonly maxParallelism: number,
    known?: number,
  ) {
    if (known !== undefined) this.estimates.set("", { perSlot: known, seconds: KNOWN_SECONDS });
  }

  /** Records a second of one slot, by the vertex that is full first; undefined where nothing is known. */
  get value(): number | undefined {
    let least: number | undefined;
    for (const { perSlot } of this.estimates.values()) {
      if (least === undefined || perSlot < least) least = perSlot;
    }
    return least;
  }

  /** The vertex that is full first; empty where vertices are not measured. */
  get vertex(): string {
    const { value } = this;
    return [...this.estimates].find(([, { perSlot }]) => perSlot === value)?.[0] ?? "";
  }

  learn(observation: CompleteObservation, secondsSinceRestart: number, everySeconds: number): void {
    const { vertices, busyRatio, consumedPerSecond, parallelism } = observation;
    if (!observation.running || secondsSinceRestart < SETTLING_SECONDS) return;
    if (vertices === undefined) {
      this.update("", consumedPerSecond, busyRatio, parallelism, everySeconds);
      return;
    }
    for (const vertex of vertices) {
      if (vertex.source) continue;
      const { name, busyRatio: busy, parallelism: slots } = vertex;
      this.update(name, consumedPerSecond, busy, slots, everySeconds);
    }
    if (this.estimates.size > 1) this.estimates.delete("");
  }

  private update(
    name: string,
    perSecond: number,
    busyRatio: number | undefined,
    parallelism: number,
    everySeconds: number,
  ): void {
    if (busyRatio === undefined || !(busyRatio >= LEAST_BUSY) || perSecond <= 0) return;
    const seen = perSecond / busyRatio / effectiveSlots(parallelism, this.maxParallelism);
    const before = this.estimates.get(name) ?? { perSlot: seen, seconds: 0 };
    const slower = busyRatio >= FULLY_BUSY && seen < SLOWER_SHARE * before.perSlot;
    const memory = Math.max(slower ? SLOWER_MEMORY_SECONDS : MEMORY_SECONDS, everySeconds);
    const seconds = Math.min(before.seconds + everySeconds, memory);
    const perSlot = before.perSlot + (everySeconds / seconds) * (seen - before.perSlot);
    this.estimates.set(name, { perSlot, seconds });
  }
}
