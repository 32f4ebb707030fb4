import { z } from "zod";
import { dockerHostSchema } from "./cluster-host";

/** The inputs of the resource `flink:index:Job`: what should run, and where. */
export const jobTargetSchema = z.strictObject({
  /** Base URL of the JobManager's REST API. */
  restUrl: z.url(),
  name: z.string().min(1),
  /** Path of the jar on this machine. */
  jar: z.string().min(1),
  /** SHA-256 of the jar's content, hex. */
  jarSha256: z.string().regex(/^[0-9a-f]{64}$/),
  entryClass: z.string().min(1),
  /** Arguments of main; `{lineage}` becomes the name of the unbroken history of state. */
  args: z.array(z.string()),
  parallelism: z.int().positive(),
  /** `in-place` needs Flink 1.18 or newer with the adaptive scheduler. */
  rescale: z.enum(["savepoint", "in-place"]),
  /** Vertices whose parallelism never follows the job's: those with a source in them. */
  sourceParallelism: z.int().positive(),
  /** Ids of the TaskManagers that stay; the job leaves every other one. */
  taskManagers: z.array(z.string()),
  /** Folder for savepoints as the cluster sees it, without scheme. */
  savepointFolder: z.string().startsWith("/"),
  /** Folder of the checkpoints as the cluster sees it, without scheme. */
  checkpointFolder: z.string().startsWith("/"),
  /** File with the job's durable progress, on this machine. */
  journal: z.string().min(1),
  docker: dockerHostSchema,
  /** Identity of the JobManager: a new one has forgotten the job. */
  cluster: z.string(),
});
export type JobTarget = z.output<typeof jobTargetSchema>;
export type JobTargetInput = z.input<typeof jobTargetSchema>;

/** Slots that the job takes: those of its widest vertex, since the others share them. */
export function slotsNeeded({ parallelism, sourceParallelism }: JobTarget): number {
  return Math.max(parallelism, sourceParallelism);
}
