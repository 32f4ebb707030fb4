import type { Setting } from "../../policies/simulator/scaler";
import { PACED_MAX_PARALLELISM, pacedTenant } from "../driver/paced-tenant";
import type { ScratchTenant } from "../driver/scratch-environment";

/** Lines a second that one slot takes: by waiting, so that eight slots fit on two cores. */
export const SLOT_RATE = 100;
export const CHECKPOINT_SECONDS = 1;
const SLOTS_PER_TASK_MANAGER = 2;
const CEILING = 4;

/** What the scaler is told before the first record. */
export function settingFor(startMs: number, firstRate: number): Setting {
  return {
    startMs,
    slotRate: SLOT_RATE,
    slotsPerTaskManager: SLOTS_PER_TASK_MANAGER,
    maxParallelism: PACED_MAX_PARALLELISM,
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
  return pacedTenant({ name: "reality", version: "1.14", slotRate: SLOT_RATE });
}
