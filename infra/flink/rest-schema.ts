import { z } from "zod";

/** Only what flinktide reads of Flink's REST answers (1.14 to 1.20). Unknown fields are ignored. */

export const overviewSchema = z.object({
  taskmanagers: z.int(),
  "slots-total": z.int(),
  "slots-available": z.int(),
  "flink-version": z.string(),
});

export const taskManagersSchema = z.object({
  taskmanagers: z.array(
    z.object({
      id: z.string(),
      slotsNumber: z.int(),
      freeSlots: z.int(),
      /** When the last heartbeat came, in milliseconds since the epoch by the JobManager's clock, whatever its name says. */
      timeSinceLastHeartbeat: z.number(),
    }),
  ),
});
export type TaskManagerInfo = z.output<typeof taskManagersSchema>["taskmanagers"][number];

export const JOB_STATES = [
  "INITIALIZING",
  "CREATED",
  "RUNNING",
  "FAILING",
  "FAILED",
  "CANCELLING",
  "CANCELED",
  "FINISHED",
  "RESTARTING",
  "SUSPENDED",
  "RECONCILING",
] as const;
export const jobStateSchema = z.enum(JOB_STATES);
export type JobState = z.output<typeof jobStateSchema>;

export const jobsOverviewSchema = z.object({
  jobs: z.array(
    z.object({
      jid: z.string(),
      name: z.string(),
      state: jobStateSchema,
      "start-time": z.number(),
    }),
  ),
});
export type JobOverview = z.output<typeof jobsOverviewSchema>["jobs"][number];

export const jobDetailSchema = z.object({
  jid: z.string(),
  name: z.string(),
  state: jobStateSchema,
  vertices: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      parallelism: z.int(),
      maxParallelism: z.int().optional(),
      tasks: z.record(z.string(), z.int()),
    }),
  ),
});
export type JobDetail = z.output<typeof jobDetailSchema>;

export const vertexDetailSchema = z.object({
  subtasks: z.array(z.object({ "taskmanager-id": z.string().nullish() })),
});

export const metricNamesSchema = z.array(z.object({ id: z.string() }));

/** Over the subtasks. What can't be measured is NaN in Flink, and in JSON a text. */
const aggregate = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform((text) => Number(text)),
]);
export const metricsSchema = z.array(
  z.object({ id: z.string(), min: aggregate, max: aggregate, avg: aggregate, sum: aggregate }),
);
export type Metric = z.output<typeof metricsSchema>[number];

const snapshotSchema = z.object({
  id: z.number(),
  external_path: z.string().nullish(),
  latest_ack_timestamp: z.number().nullish(),
});

export const checkpointsSchema = z.object({
  counts: z.object({ completed: z.int(), failed: z.int(), restored: z.int() }),
  latest: z.object({
    completed: snapshotSchema.nullish(),
    savepoint: snapshotSchema.nullish(),
    restored: z.object({ id: z.number(), external_path: z.string().nullish() }).nullish(),
  }),
});
export type Checkpoints = z.output<typeof checkpointsSchema>;

export const exceptionsSchema = z.object({
  "root-exception": z.string().nullish(),
  exceptionHistory: z
    .object({ entries: z.array(z.object({ timestamp: z.number() })).default([]) })
    .prefault({}),
});

export const jarsSchema = z.object({
  files: z.array(z.object({ id: z.string(), name: z.string() })),
});

export const uploadSchema = z.object({ filename: z.string() });
export const runSchema = z.object({ jobid: z.string() });
export const triggerSchema = z.object({ "request-id": z.string() });

export const savepointStatusSchema = z.object({
  status: z.object({ id: z.enum(["IN_PROGRESS", "COMPLETED"]) }),
  operation: z
    .object({
      location: z.string().nullish(),
      "failure-cause": z.object({ "stack-trace": z.string().nullish() }).loose().nullish(),
    })
    .nullish(),
});
export type SavepointStatus = z.output<typeof savepointStatusSchema>;

export const checkpointStatusSchema = z.object({
  status: z.object({ id: z.enum(["IN_PROGRESS", "COMPLETED"]) }),
});

export const requirementsSchema = z.record(
  z.string(),
  z.object({ parallelism: z.object({ lowerBound: z.int(), upperBound: z.int() }) }),
);
export type ResourceRequirements = z.output<typeof requirementsSchema>;

export const errorSchema = z.object({ errors: z.array(z.string()) });
