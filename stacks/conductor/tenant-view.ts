import { z } from "zod";
import { decisionSchema, holdSchema } from "../../policies/decision";
import { jobSummarySchema } from "./journal-entry";

/**
 * What the conductor knows of a tenant now: the one record that the status table, `why`, the page and the metrics
 * show. Null is "not known". Instants are milliseconds since the epoch.
 */
export const tenantViewSchema = z.strictObject({
  tenant: z.string(),
  stack: z.string(),
  /** When it was observed. */
  atMs: z.number(),
  window: z.string(),
  /** TaskManagers, in force now. */
  floor: z.int(),
  ceiling: z.int(),
  nextEdgeMs: z.number().nullable(),
  /** What the decision in force asks for. */
  wantedTaskManagers: z.int().nullable(),
  taskManagers: z.int().nullable(),
  slotsTotal: z.int().nullable(),
  slotsAvailable: z.int().nullable(),
  jobs: z.array(
    jobSummarySchema.extend({
      wantedParallelism: z.int().nullable(),
      allowedLagSeconds: z.number(),
      /** Why its load led to nothing although it could have: a sentence. */
      held: z.string().nullable(),
    }),
  ),
  decision: decisionSchema.nullable(),
  /** The decision as a sentence. */
  explanation: z.string().nullable(),
  /** `idle`, or what is being done, as a sentence. */
  doing: z.string(),
  paused: z.boolean(),
  hold: holdSchema.nullable(),
  /** Sentences of the alerts that fire. */
  alerts: z.array(z.string()),
  /** Why it can't be observed or updated now: a sentence. */
  problem: z.string().nullable(),
  /** Since this conductor started. */
  counts: z.strictObject({
    cycles: z.int(),
    decisions: z.int(),
    updates: z.int(),
    failedUpdates: z.int(),
    rescales: z.int(),
    heals: z.int(),
    skipped: z.int(),
  }),
  /** Of the last update, decision to end; null before the first. */
  lastUpdateSeconds: z.number().nullable(),
});
export type TenantView = z.output<typeof tenantViewSchema>;

/** What the conductor publishes after each cycle, in `status.json` and to the page. */
export const conductorViewSchema = z.strictObject({
  environment: z.string(),
  pid: z.int(),
  host: z.string(),
  startedAtMs: z.number(),
  atMs: z.number(),
  /** True where it holds the lease; a standby only watches. */
  leading: z.boolean(),
  fence: z.int(),
  /** Seconds that the last round over all tenants took. */
  cycleSeconds: z.number(),
  tenants: z.array(tenantViewSchema),
});
export type ConductorView = z.output<typeof conductorViewSchema>;
