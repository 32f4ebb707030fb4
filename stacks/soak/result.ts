import * as fs from "node:fs";
import { z } from "zod";
import { UserError } from "../../infra/errors";

const seconds = z.number().nonnegative();
const size = z.object({ taskManagers: z.int().nonnegative(), parallelism: z.int().nonnegative() });

/** A value for each second of the day, at its end. */
const seriesSchema = z.object({
  /** Records that came into the input topic in this second. */
  arrived: z.array(z.number().nonnegative()),
  /** Age of the oldest record whose count was not committed yet. */
  lagSeconds: z.array(seconds),
  /** Registered. */
  taskManagers: z.array(z.int().nonnegative()),
  /** Of the job that ran, or ran last. */
  parallelism: z.array(z.int().nonnegative()),
});
export type Series = z.output<typeof seriesSchema>;

/** What the count of every word after the run said. */
const countSchema = z.object({
  exact: z.boolean(),
  words: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  duplicated: z.int().nonnegative(),
  sentence: z.string(),
});
export type Count = z.output<typeof countSchema>;

/** Instants in seconds since the start of the day. */
const updateSchema = z.object({
  decidedAt: z.number(),
  /** When all of the job ran at its new size; null where it was never seen so. */
  runningAt: z.number().nullable(),
  cause: z.enum(["decision", "heal"]),
  ok: z.boolean(),
  /** It changed what runs. */
  rescale: z.boolean(),
  /** Wall time of the `pulumi up`. */
  updateSeconds: seconds,
  /** In which nothing new was committed, less the time between two checkpoints; null where it did not run. */
  stoppedSeconds: seconds.nullable(),
  from: size.nullable(),
  to: size,
  why: z.string(),
});
export type RecordedUpdate = z.output<typeof updateSchema>;

const edgeSchema = z.object({
  at: seconds,
  window: z.string(),
  taskManagers: z.int().positive(),
  parallelism: z.int().positive(),
  raises: z.boolean(),
  met: z.boolean(),
  earlySeconds: seconds.nullable(),
  lateSeconds: seconds.nullable(),
});
export type RecordedEdge = z.output<typeof edgeSchema>;

const tenantSchema = z.object({
  name: z.string(),
  flink: z.string(),
  /** Windows and the nights between them; minutes since the start. */
  spans: z.array(
    z.object({ window: z.string(), from: z.number(), to: z.number(), floor: z.int().positive() }),
  ),
  edges: z.array(edgeSchema),
  updates: z.array(updateSchema),
  series: seriesSchema,
  count: countSchema,
  /** The same day on a cluster that never changes and has what its busiest minute needs; null where it was skipped. */
  staticPeak: z
    .object({ taskManagers: z.int().positive(), series: seriesSchema, count: countSchema })
    .nullable(),
});
export type TenantResult = z.output<typeof tenantSchema>;

const resultSchema = z.object({
  kind: z.literal("flinktide-soak"),
  /** Of the start of the day, Unix time in ms. */
  startMs: z.number().nonnegative(),
  /** In which the day was played. */
  minutes: z.int().positive(),
  /** In words: processors, memory. */
  machine: z.string(),
  /** Processes that wanted a processor, over the minute before the start and before the end. */
  loadAverage: z.object({ start: z.number(), end: z.number() }),
  seed: z.int(),
  slotRate: z.number().positive(),
  slotsPerTaskManager: z.int().positive(),
  allowedLagSeconds: z.number().positive(),
  /** What a run this short could not show: sentences. */
  changes: z.array(z.string()),
  tenants: z.array(tenantSchema).min(1),
});

/** One compressed day on the real stack, second by second. */
export type Result = z.output<typeof resultSchema>;

/** Reads a result; what else its file holds is left out. Throws UserError where there is none. */
export function readResult(file: string): Result {
  try {
    return resultSchema.parse(JSON.parse(fs.readFileSync(file, "utf8")));
  } catch (error) {
    throw new UserError(
      `${file} holds no result: ${(error as Error).message}. Fix: give what npm run soak wrote.`,
    );
  }
}

/** The result as JSON with what follows from it, a list of numbers on one line. */
export function printResult(result: Result, derived: object): string {
  const text = JSON.stringify({ ...derived, ...result }, null, 2);
  return `${text.replace(/\[[\s\d.,-]+\]/g, (list) => list.replaceAll(/\s+/g, ""))}\n`;
}
