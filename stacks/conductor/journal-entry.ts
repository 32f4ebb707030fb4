import { z } from "zod";
import { decisionSchema, holdSchema } from "../../policies/decision";

/** Of each job, what was measured when a decision was taken. Durations in seconds, rates in records a second. */
export const jobSummarySchema = z.strictObject({
  job: z.string(),
  /** Flink's state of it; null where Flink did not answer, `GONE` where Flink has no such job. */
  state: z.string().nullable(),
  parallelism: z.int().nullable(),
  producedPerSecond: z.number().nullable(),
  consumedPerSecond: z.number().nullable(),
  backlogRecords: z.number().nullable(),
  lagSeconds: z.number().nullable(),
});
export type JobSummary = z.output<typeof jobSummarySchema>;

/** What was seen of a tenant when a decision was taken. */
export const summarySchema = z.strictObject({
  /** Registered in Flink; null where Flink did not answer. */
  taskManagers: z.int().nullable(),
  slotsTotal: z.int().nullable(),
  slotsAvailable: z.int().nullable(),
  jobs: z.array(jobSummarySchema),
});
export type Summary = z.output<typeof summarySchema>;

const base = {
  /** ISO 8601 in UTC. */
  at: z.iso.datetime(),
};

/**
 * One line of a tenant's journal. `act` is on disk before the update begins and `done` once it has ended, both with
 * the same id: an `act` without a `done` is an update whose conductor died.
 */
export const entrySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("act"),
    ...base,
    id: z.string(),
    /** Token of the lease under which it was decided. */
    fence: z.int(),
    /** `heal`: what should run does not; `decision`: something else should run. */
    cause: z.enum(["decision", "heal"]),
    /** A sentence, for `heal`: what was found. */
    found: z.string().optional(),
    observation: summarySchema,
    decision: decisionSchema,
  }),
  z.strictObject({
    kind: z.literal("done"),
    ...base,
    id: z.string(),
    ok: z.boolean(),
    seconds: z.number(),
    /** Resources by operation; empty where nothing changed. */
    changes: z.record(z.string(), z.int()),
    /** The decision that the stack settled on, where it isn't the one that it was given. */
    settledOn: decisionSchema.optional(),
    errors: z.array(z.string()),
  }),
  /** Something was to be done and wasn't; noted once for each reason in a row. */
  z.strictObject({ kind: z.literal("skipped"), ...base, reason: z.string() }),
  /** A lock on the stack whose holder is proven dead was removed. */
  z.strictObject({
    kind: z.literal("lock-broken"),
    ...base,
    host: z.string(),
    pid: z.int(),
    proof: z.string(),
  }),
  /** A container was restarted. */
  z.strictObject({ kind: z.literal("restarted"), ...base, container: z.string(), why: z.string() }),
  z.strictObject({
    kind: z.literal("order"),
    ...base,
    order: z.enum(["pause", "resume", "hold"]),
    hold: holdSchema.optional(),
    /** Where it came from: `command` or `page`. */
    from: z.string(),
  }),
  z.strictObject({
    kind: z.literal("alert"),
    ...base,
    alert: z.string(),
    state: z.enum(["firing", "resolved"]),
    sentence: z.string(),
  }),
  /** Of the conductor itself: started, stopped, lease taken or lost, clock jumped, edges missed. */
  z.strictObject({ kind: z.literal("conductor"), ...base, sentence: z.string() }),
]);
export type Entry = z.output<typeof entrySchema>;
export type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;
