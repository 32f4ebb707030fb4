import type { Setting } from "../../policies/simulator/scaler";
import type { ScratchTenant } from "../driver/scratch-environment";

/** Lines a second that one slot takes: by waiting, so that eight slots fit on two cores. */
export const SLOT_RATE = 100;
export const CHECKPOINT_SECONDS = 1;
const SLOTS_PER_TASK_MANAGER = 2;
const CEILING = 4;
/** Divisible by 1 to 8: at every parallelism each slot gets the same share. */
const MAX_PARALLELISM = 840;

/** What the scaler is told before the first record. */
export function settingFor(startMs: number, firstRate: number): Setting {
  return {
    startMs,
    slotRate: SLOT_RATE,
    slotsPerTaskManager: SLOTS_PER_TASK_MANAGER,
    maxParallelism: MAX_PARALLELISM,
    floor: 1,
    ceiling: CEILING,
    allowedLagSeconds: 10,
    firstRate,
  };
}

/** Lines a second that all slots there may be take together. */
export const MOST_PER_SECOND = SLOT_RATE * SLOTS_PER_TASK_MANAGER * CEILING;

/** The tenant that is measured. */
export function realityTenant(): ScratchTenant {
  // Rescaled by savepoint: no record is processed twice, so that records written are records done.
  const version = "1.14";
  return {
    name: "reality",
    version,
    jobArgs: ["--slot-rate", String(SLOT_RATE)],
    maxParallelism: MAX_PARALLELISM,
    change: { flink: { version, properties: PROPERTIES } },
  };
}

const PROPERTIES = {
  // The least there is: what waits should wait in Kafka, not in buffers on its way to a slow slot.
  "taskmanager.memory.segment-size": "4kb",
  "taskmanager.network.memory.buffers-per-channel": 1,
  "taskmanager.network.memory.floating-buffers-per-gate": 1,
  "execution.buffer-timeout": "20 ms",
  // Metrics are asked for every few seconds and should be of that instant (ms); Flink's own 10000.
  "metrics.fetcher.update-interval": 200,
};
