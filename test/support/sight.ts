import type { Setting, Sight } from "../../policies/simulator/scaler";

/** A tenant with 4 slots of 500 records a second on each of 1 to 20 TaskManagers. */
export function settingWith(changes: Partial<Setting> = {}): Setting {
  return {
    startMs: 0,
    slotRate: 500,
    slotsPerTaskManager: 4,
    maxParallelism: 256,
    floor: 1,
    ceiling: 20,
    allowedLagSeconds: 10,
    firstRate: 0,
    ...changes,
  };
}

/** A job on 4 TaskManagers that is half busy, with nothing waiting. */
export function sightWith(changes: Partial<Sight> = {}): Sight {
  return {
    nowMs: 0,
    arrivedPerSecond: 4000,
    processedPerSecond: 4000,
    backlogRecords: 0,
    busyRatio: 0.5,
    running: true,
    parallelism: 16,
    taskManagers: 4,
    taskManagersAsked: 4,
    slotsPerTaskManager: 4,
    ...changes,
  };
}
