import { z } from "zod";
import { stayingSchema } from "./cluster-host";
import { hostPlaceSchema } from "./host-at";

/** The inputs of the resource `flink:index:Job`: what should run, and where. */
export const jobTargetSchema = z.strictObject({
  /** Base URL of the JobManager's REST API, or `kubernetes://NAMESPACE/SERVICE:PORT`. */
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
  /** The TaskManagers that stay, by id: the job leaves every other one. Or how many there are to be: it leaves none. */
  taskManagers: stayingSchema,
  /** Folder for savepoints as the cluster sees it, without scheme. */
  savepointFolder: z.string().startsWith("/"),
  /** Folder of the checkpoints as the cluster sees it, without scheme. */
  checkpointFolder: z.string().startsWith("/"),
  /** Where the job's durable progress is: a file on this machine, or `kubernetes://NAMESPACE/CONFIGMAP`. */
  journal: z.string().min(1),
  host: hostPlaceSchema,
  /** Identity of the JobManager: a new one has forgotten the job. */
  cluster: z.string(),
});
export type JobTarget = z.output<typeof jobTargetSchema>;
export type JobTargetInput = z.input<typeof jobTargetSchema>;

/** Slots that the job takes: those of its widest vertex, since the others share them. */
export function slotsNeeded({ parallelism, sourceParallelism }: JobTarget): number {
  return Math.max(parallelism, sourceParallelism);
}
