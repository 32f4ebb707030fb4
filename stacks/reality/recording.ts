import * as fs from "node:fs";
import { z } from "zod";
import { UserError } from "../../infra/errors";

const rate = z.number().nonnegative();
const seconds = z.number().nonnegative();
const size = z.strictObject({ taskManagers: z.int().positive(), parallelism: z.int().positive() });

/** One rescale as it went on the real cluster. Instants in seconds since the start. */
const rescaleSchema = z.strictObject({
  wishedAt: seconds,
  /** When all TaskManagers had registered; null where none was added. */
  registeredAt: seconds.nullable(),
  /** When all of the job ran at its new parallelism. */
  runningAt: seconds,
  /** The longest time around it without an output record. */
  gapSeconds: seconds,
  /** Wall time of the `pulumi up`. */
  updateSeconds: seconds,
  from: size,
  to: size,
  why: z.string(),
});
export type RecordedRescale = z.output<typeof rescaleSchema>;

/** What the scaler was told before the first record: the simulator's Setting. */
const settingSchema = z.strictObject({
  startMs: z.number().nonnegative(),
  slotRate: z.number().positive(),
  slotsPerTaskManager: z.int().positive(),
  maxParallelism: z.int().positive(),
  floor: z.int().positive(),
  ceiling: z.int().positive(),
  allowedLagSeconds: z.number().positive(),
  firstRate: rate,
});

/** A value for each second, at its end. */
const seriesSchema = z.strictObject({
  /** Records that came into the input topic in this second. */
  arrived: z.array(rate),
  /** Records that the job wrote in this second; one for each input record. */
  processed: z.array(rate),
  /** Age of the oldest record that waited. */
  lagSeconds: z.array(seconds),
  /** Of the job that ran, or ran last. */
  parallelism: z.array(z.int().positive()),
  taskManagers: z.array(z.int().nonnegative()),
});

const sameLength = (series: z.output<typeof seriesSchema>) =>
  new Set(Object.values(series).map((values) => values.length)).size === 1;

const recordingSchema = z.strictObject({
  kind: z.literal("flinktide-reality"),
  /** In words: processors, memory. */
  machine: z.string(),
  /** Processes that wanted a processor, over the minute before the start and before the end. */
  loadAverage: z.strictObject({ start: z.number(), end: z.number() }),
  flink: z.string(),
  /** The scaler that decided, with its settings as they were. */
  policy: z.strictObject({
    name: z.string(),
    settings: z.record(z.string(), z.union([z.number(), z.boolean()])),
  }),
  everySeconds: z.number().positive(),
  checkpointSeconds: z.number().positive(),
  setting: settingSchema,
  first: size,
  series: seriesSchema
    .refine(({ arrived }) => arrived.length > 0, "it has no second")
    .refine(sameLength, "its lists differ in length"),
  rescales: z.array(rescaleSchema),
  /** Instants at which the cluster could not be observed, and nothing was decided. */
  unseen: z.array(seconds),
  /** What the count of every record after the run said. */
  count: z.strictObject({ exact: z.boolean(), sentence: z.string() }),
});

/** A run of the real stack, second by second. */
export type Recording = z.output<typeof recordingSchema>;

/** Reads a recording: JSON text, or what was parsed from it. Throws UserError with every problem, each with its path. */
export function parseRecording(json: unknown): Recording {
  const parsed = recordingSchema.safeParse(typeof json === "string" ? parseJson(json) : json);
  if (parsed.success) return parsed.data;
  throw new UserError(
    "this is no recording",
    parsed.error.issues.map((issue) => ({
      path: issue.path.join(".") || "recording",
      fault: issue.message,
      fix: "what `npm run reality` wrote, unchanged",
    })),
  );
}

/** Throws UserError where there is no such file, or it holds no recording. */
export function readRecording(file: string): Recording {
  if (!fs.existsSync(file)) {
    throw new UserError(`there is no file ${file}. Fix: give what npm run reality wrote.`);
  }
  return parseRecording(fs.readFileSync(file, "utf8"));
}

/** The recording as JSON, a list of numbers on one line. */
export function printRecording(recording: Recording): string {
  const text = JSON.stringify(recording, null, 2);
  const short = text.replace(/\[[\s\d.,]+\]/g, (list) => list.replaceAll(/\s+/g, ""));
  return `${short}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`this is no recording: ${(error as Error).message}`);
  }
}
