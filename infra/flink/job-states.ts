import type { JobDetail, JobState } from "./rest-schema";

/** States that a job never leaves. */
export const TERMINAL_STATES: ReadonlySet<JobState> = new Set(["FINISHED", "CANCELED", "FAILED"]);

/** The highest parallelism of any vertex; 0 while Flink has not yet built the graph. */
export function parallelismOf(job: JobDetail): number {
  return Math.max(0, ...job.vertices.map((v) => v.parallelism));
}

/** True when every subtask of every vertex runs. */
export function allRunning(job: JobDetail): boolean {
  return (
    job.state === "RUNNING" &&
    job.vertices.length > 0 &&
    job.vertices.every((v) => v.tasks.RUNNING === v.parallelism)
  );
}
