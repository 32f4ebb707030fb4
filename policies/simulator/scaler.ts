import type { Trace } from "./trace";

/** What a scaler's monitoring shows it at one of its instants. Rates are means since its instant before. */
export interface Sight {
  nowMs: number;
  /** Records per second that arrived. */
  arrivedPerSecond: number;
  /** Records per second that the job processed; a replay after a restart counts again, as in Flink's metrics. */
  processedPerSecond: number;
  /** Records that wait now. */
  backlogRecords: number;
  /** Busy share of the job's time while it ran, 0 to 1; undefined where it did not run since the instant before. */
  busyRatio: number | undefined;
  /** False while the job is being rescaled: a monitoring that asks the job gets no answer. */
  running: boolean;
  /** What the job runs with, or ran with before the rescale under way. */
  parallelism: number;
  /** TaskManagers that have registered. */
  taskManagers: number;
  /** TaskManagers that were asked for, with those that still start. */
  taskManagersAsked: number;
  slotsPerTaskManager: number;
}

/** What a scaler wants to run from now on. */
export interface Wish {
  taskManagers: number;
  /** At most taskManagers × slots. */
  parallelism: number;
  /** One sentence with numbers, for the report. */
  why?: string;
}

/**
 * How a wish becomes a running job.
 * `ordered`: TaskManagers first, then one stop with savepoint and one restart at the new parallelism; while that is
 * under way, further wishes wait. `reactive`: Flink's reactive mode, in which the job takes every slot there is, and
 * restarts from its latest checkpoint whenever the number of TaskManagers changes.
 */
export type Mechanism = "ordered" | "reactive";

/** One run of a rule over a trace: it may remember what it saw. Deterministic. */
export interface Scaler {
  everySeconds: number;
  mechanism: Mechanism;
  /** undefined: leave things as they are. */
  decide(sight: Sight): Wish | undefined;
}

/** What every rule is told before the first record: no more than its user would know. */
export interface Setting {
  startMs: number;
  /** Records a second that one slot processes, as the user measured it. */
  slotRate: number;
  slotsPerTaskManager: number;
  /** Number of key groups of the job. */
  maxParallelism: number;
  /** TaskManagers. */
  floor: number;
  ceiling: number;
  allowedLagSeconds: number;
  /** Rate at the start of the trace. */
  firstRate: number;
}

/** A rule for scaling that the simulator can run. */
export interface Policy {
  /** As `--policy` takes it: lower-case letters, digits, dashes. */
  name: string;
  title: string;
  /** Where the rule is published, and with which defaults it runs here. */
  source: string;
  /** Reacts to what it measures; the others are plans. */
  reactive: boolean;
  /** `trace` is for plans and the oracle: what they may look at of it is part of their rule. */
  start(setting: Setting, trace: Trace): { scaler: Scaler; first: Wish };
}
