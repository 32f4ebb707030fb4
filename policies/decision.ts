import { z } from "zod";

/** The name of the bounds that are in force while no window is open. */
export const NO_WINDOW = "otherwise";

/** What runs, or should run: TaskManagers and the parallelism of every job. */
export const capacitySchema = z.strictObject({
  taskManagers: z.int().nonnegative(),
  parallelism: z.record(z.string(), z.int().positive()),
});
export type Capacity = z.output<typeof capacitySchema>;

/** A number of TaskManagers that a person holds the tenant at for a while. */
export const holdSchema = z.strictObject({
  taskManagers: z.int().positive(),
  /** ISO 8601 in UTC. */
  until: z.iso.datetime(),
});
export type Hold = z.output<typeof holdSchema>;

/**
 * What a decision was taken under, beside the tenant's file and the clock. It holds for whoever plans next, so that a
 * plan that knows nothing of it, such as a `pulumi up` by hand, does not undo the decision.
 */
export const underSchema = z.strictObject({
  /** Measured time from a decision to a job running with it, in milliseconds. */
  leadMs: z.number().nonnegative().optional(),
  /** What the tenant is granted of a capacity that tenants share, and why it is not more. */
  grant: z.strictObject({ taskManagers: z.int().nonnegative(), limit: z.string() }).optional(),
  hold: holdSchema.optional(),
});
export type Under = z.output<typeof underSchema>;

/** Why a plan differs from what runs. */
export const reasonSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("first-plan") }),
  z.strictObject({ kind: z.literal("window-opened"), window: z.string(), before: z.string() }),
  z.strictObject({ kind: z.literal("config-changed"), window: z.string() }),
  z.strictObject({
    kind: z.literal("clamped"),
    what: z.string(),
    wanted: z.int(),
    given: z.int(),
    limit: z.string(),
  }),
  /** More arrives than is processed, or soon will. */
  z.strictObject({
    kind: z.literal("load"),
    job: z.string(),
    /** The vertex that is full first; empty where vertices are not measured. */
    vertex: z.string(),
    ratePerSecond: z.number(),
    capacityPerSecond: z.number(),
    backlogRecords: z.number(),
    lagSeconds: z.number(),
    /** At the time at which the decision takes effect. */
    foreseenLagSeconds: z.number(),
  }),
  /** The load was higher at this time a day or a week before. */
  z.strictObject({
    kind: z.literal("forecast"),
    job: z.string(),
    ratePerSecond: z.number(),
    capacityPerSecond: z.number(),
    agoMinutes: z.int(),
    error: z.number(),
  }),
  z.strictObject({
    kind: z.literal("less-load"),
    job: z.string(),
    ratePerSecond: z.number(),
    capacityPerSecond: z.number(),
    /** The most that was needed within the window. */
    slots: z.int(),
    windowSeconds: z.number(),
  }),
  /** The source documents' rule: backlog / rate exceeds the allowed lag. */
  z.strictObject({
    kind: z.literal("rates"),
    job: z.string(),
    producedPerSecond: z.number(),
    consumedPerSecond: z.number(),
    backlogRecords: z.number(),
  }),
  /** A person holds the tenant at this size. */
  z.strictObject({ kind: z.literal("held"), taskManagers: z.int(), until: z.string() }),
  z.strictObject({ kind: z.literal("hold-ended"), taskManagers: z.int() }),
  /** More of the capacity that tenants share is granted than so many TaskManagers, which the last decision had. */
  z.strictObject({ kind: z.literal("regranted"), before: z.int() }),
  /** Jobs that the plan does not know hold slots. */
  z.strictObject({ kind: z.literal("other-slots"), slots: z.int() }),
  /** Too few slots are free. */
  z.strictObject({
    kind: z.literal("slots"),
    total: z.int(),
    available: z.int(),
  }),
]);
export type Reason = z.output<typeof reasonSchema>;

/** A change of the plan with its reasons: the one record that outputs, logs and reports print. */
export const decisionSchema = z.strictObject({
  /** When it was taken, ISO 8601 in UTC. */
  at: z.string(),
  window: z.string(),
  floor: z.int(),
  ceiling: z.int(),
  /** What the configuration asked for in this window; a later difference means that the configuration changed. */
  configured: capacitySchema,
  from: capacitySchema.nullable(),
  to: capacitySchema,
  reasons: z.array(reasonSchema),
  under: underSchema.optional(),
});
export type Decision = z.output<typeof decisionSchema>;

/** A decision as a conductor hands it to an update. */
export const handedDecisionSchema = z.strictObject({
  /** Grows whenever another conductor takes over; an update with a smaller one than the last is refused. */
  fence: z.int().nonnegative(),
  decision: decisionSchema,
});
export type HandedDecision = z.output<typeof handedDecisionSchema>;
