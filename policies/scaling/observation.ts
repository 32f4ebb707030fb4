import { z } from "zod";

const rate = z.number().nonnegative();
const share = z.number().min(0).max(1);

/** One vertex of a running job, as Flink's metrics show it. */
export const vertexObservationSchema = z.strictObject({
  name: z.string(),
  source: z.boolean(),
  parallelism: z.int().positive(),
  /** Busy share of its busiest subtask's time. */
  busyRatio: share,
});
export type VertexObservation = z.output<typeof vertexObservationSchema>;

/**
 * What was measured of a job at an instant; rates are means since the observation before. Whatever could not be
 * measured is left out: it is missing then, never zero.
 */
export const jobObservationSchema = z.strictObject({
  /** When it was measured, in milliseconds since the epoch. */
  atMs: z.number(),
  /** False while the job is being restarted. */
  running: z.boolean(),
  parallelism: z.int().positive(),
  /** Records a second that arrived for the job. */
  producedPerSecond: rate.optional(),
  /** Records a second that it processed. */
  consumedPerSecond: rate.optional(),
  /** Records that wait for it. */
  backlogRecords: rate.optional(),
  /**
   * Records may wait in front of its topics that nobody can count, as in a database whose collector stands still:
   * what arrives and waits is no less than the figures say, and may be more.
   */
  atLeast: z.boolean().optional(),
  /** Busy share of its busiest vertex; left out where `vertices` has it. */
  busyRatio: share.optional(),
  vertices: z.array(vertexObservationSchema).optional(),
  /** Partitions of its topics, where its sources run at the job's parallelism. */
  partitions: z.int().positive().optional(),
});
export type JobObservation = z.output<typeof jobObservationSchema>;

/** An observation in which nothing that scaling needs is missing. */
export interface CompleteObservation extends JobObservation {
  producedPerSecond: number;
  consumedPerSecond: number;
  backlogRecords: number;
}

const NEEDED = ["producedPerSecond", "consumedPerSecond", "backlogRecords"] as const;

/** Which of the figures that scaling needs are missing. */
export function missingFigures(observation: JobObservation): string[] {
  return NEEDED.filter((figure) => !Number.isFinite(observation[figure]));
}

export function isComplete(observation: JobObservation): observation is CompleteObservation {
  return NEEDED.every((figure) => Number.isFinite(observation[figure]));
}
