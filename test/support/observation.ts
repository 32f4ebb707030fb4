import type { CompleteObservation } from "../../policies/scaling/observation";

/** A job on 8 slots that is half busy with 2,000 records a second; nothing waits. */
export function observationWith(changes: Partial<CompleteObservation> = {}): CompleteObservation {
  return {
    atMs: 0,
    running: true,
    parallelism: 8,
    producedPerSecond: 2000,
    consumedPerSecond: 2000,
    backlogRecords: 0,
    busyRatio: 0.5,
    ...changes,
  };
}
