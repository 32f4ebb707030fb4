import type { Sight } from "../../policies/simulator/scaler";

/** What was seen of a real cluster at an instant. */
export interface Observation {
  atMs: number;
  /** Records in the input topic, from its beginning. */
  arrived: number;
  /** Records that the job's source has given on; undefined while it can't be asked. */
  taken: number | undefined;
  /** Busy share of the busiest vertex's time, 0 to 1; undefined while it can't be asked. */
  busyRatio: number | undefined;
  running: boolean;
  /** Of the job that runs, or that ran last. */
  parallelism: number;
  taskManagers: number;
}

/** What a scaler is shown of two observations in a row, as the simulator shows it. */
export function sightOf(
  before: Observation,
  now: Observation,
  /** TaskManagers that the update under way asks for; undefined where none is. */
  wishedTaskManagers: number | undefined,
  slotsPerTaskManager: number,
): Sight {
  const seconds = (now.atMs - before.atMs) / 1000;
  const taken = now.taken ?? before.taken ?? 0;
  const complete = wishedTaskManagers !== undefined && now.taskManagers >= wishedTaskManagers;
  return {
    nowMs: now.atMs,
    arrivedPerSecond: Math.max(0, now.arrived - before.arrived) / seconds,
    processedPerSecond: Math.max(0, taken - (before.taken ?? taken)) / seconds,
    backlogRecords: Math.max(0, now.arrived - taken),
    busyRatio: now.busyRatio,
    // Once the TaskManagers are there, the update stops the job any moment.
    running: now.running && !complete,
    parallelism: now.parallelism,
    taskManagers: now.taskManagers,
    taskManagersAsked: Math.max(now.taskManagers, wishedTaskManagers ?? 0),
    slotsPerTaskManager,
  };
}
