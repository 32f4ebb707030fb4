import type { PlantSettings } from "../../../policies/simulator/plant";

/** A cluster with round figures: two slots of 100 records a second on each of 1 to 10 TaskManagers, no contention. */
export function plantWith(changes: Partial<PlantSettings> = {}): PlantSettings {
  return {
    slotRate: 100,
    slotsPerTaskManager: 2,
    contention: 0,
    maxParallelism: 720,
    taskManagerStartSeconds: 5,
    readyTaskManagers: Infinity,
    nodeStartSeconds: 20,
    rescaleGapSeconds: 3,
    warmUpSeconds: 4,
    warmUpShare: 0.5,
    checkpointSeconds: 10,
    allowedLagSeconds: 10,
    floor: 1,
    ceiling: 10,
    ...changes,
  };
}
