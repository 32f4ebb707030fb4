/** One rescale as it went. Instants in milliseconds since the epoch. */
export interface RescaleRecord {
  /** When the scaler wished it. */
  atMs: number;
  /** When the job ran again. */
  runningAtMs: number;
  from: { taskManagers: number; parallelism: number };
  to: { taskManagers: number; parallelism: number };
  why: string;
}

/** A point of the drawn curves: means since the point before, but for the lag, which is the largest. */
export interface TimelinePoint {
  atMs: number;
  arrivedPerSecond: number;
  /** What the job could have processed. */
  capacityPerSecond: number;
  lagSeconds: number;
  /** Paid for: TaskManagers × slots, with those that start. */
  slots: number;
  parallelism: number;
}

/** What one policy made of one trace. */
export interface Outcome {
  policy: string;
  trace: string;
  hours: number;
  /** TaskManagers × slots × hours, from the request of a TaskManager to its end. */
  slotHours: number;
  /** Minutes in which the oldest waiting record had waited longer than allowed. */
  violationMinutes: number;
  worstLagSeconds: number;
  meanLagSeconds: number;
  /** Stops of the stream for a change of parallelism or TaskManagers. */
  rescales: number;
  /** Seconds in which the job processed nothing because it was being rescaled. */
  stoppedSeconds: number;
  records: { arrived: number; processed: number; waiting: number };
  /** Empty unless asked for. */
  timeline: TimelinePoint[];
  /** Empty unless asked for. */
  rescaleRecords: RescaleRecord[];
}
