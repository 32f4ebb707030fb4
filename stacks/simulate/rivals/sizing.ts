import { aligned } from "../../../policies/scaling/alignment";
import { taskManagersForRate } from "../../../policies/simulator/capacity";
import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Wish } from "../../../policies/simulator/scaler";

/** The fewest TaskManagers, within floor and ceiling, that hold a rate (records per second) with every slot busy. */
export function taskManagersWithin(rate: number, plant: PlantSettings): number {
  return Math.min(Math.max(taskManagersForRate(rate, plant), plant.floor), plant.ceiling);
}

/** The same with their slots busy to at most `utilization`, 0 to 1. */
export function sizeFor(rate: number, utilization: number, plant: PlantSettings): Wish {
  return wishFor(taskManagersWithin(rate / utilization, plant), plant);
}

/** TaskManagers with the parallelism that does most on them. */
export function wishFor(taskManagers: number, plant: PlantSettings): Wish {
  const parallelism = aligned(taskManagers * plant.slotsPerTaskManager, plant.maxParallelism);
  return { taskManagers, parallelism };
}
