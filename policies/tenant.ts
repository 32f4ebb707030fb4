import { z } from "zod";
import { collectorsSchema } from "./collector";
import { complaint } from "./problem";
import { configKey, count, cpus, name } from "./schema-parts";
import { scalingSchema } from "./scaling-schema";
import { settingTypes } from "./setting-type";
import { duration, memory } from "./units";
import { boundsSchema, exceptionSchema, lead, windowSchema } from "./window-schema";

/** The tenant file: one typed block under `flinktide:tenant`. docs/tenant.md lists every setting; a test compares. */

/** Slots that a TaskManager may have at most. */
export const MAX_SLOTS = 64;

const NO_RANGE = complaint(
  "it is not a range of ports",
  "write it as 6121-6130, within 1024 to 65535, low to high",
);
const portRange = z
  .string(NO_RANGE)
  .transform((text, context) => {
    const match = /^(\d+)-(\d+)$/.exec(text);
    const [from, to] = [Number(match?.[1]), Number(match?.[2])];
    if (match !== null && from >= 1024 && to <= 65535 && from <= to) return { from, to };
    context.addIssue({ code: "custom", message: NO_RANGE });
    return z.NEVER;
  })
  .register(settingTypes, { type: "range of ports such as `6121-6130`, within 1024 to 65535" });

const topicName = z
  .string()
  .regex(
    /^[a-zA-Z0-9._-]{1,249}$/,
    complaint("Kafka allows no such topic name", "use letters, digits, dot, dash, underscore"),
  )
  .register(settingTypes, { type: "text: letters, digits, dot, dash, underscore, at most 249" });

const NO_GROUP = complaint("it cannot name a consumer group", "give a text without blanks around");

/** What a job reads, where its metrics don't tell. */
export const readsSchema = z.strictObject({
  topics: z
    .array(topicName)
    .min(
      1,
      complaint("it names no topic", "name the topics that the job reads, or leave out reads"),
    )
    .register(settingTypes, { type: "list of topic names" })
    .describe("Kafka topics that the job reads; all that it reads counts towards its lag"),
  group: z
    .string()
    .regex(/^\S(.{0,253}\S)?$/, NO_GROUP)
    .optional()
    .describe("Consumer group whose committed offsets count where the job's metrics are silent"),
});

export const jobSchema = z.strictObject({
  name: name.describe("Name of the job"),
  jar: z
    .string()
    .min(1)
    .register(settingTypes, { type: "path" })
    .describe("Path of the jar from the project folder, or `wordcount` for the bundled job"),
  entryClass: z
    .string()
    .regex(
      /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$/,
      complaint("it is not the name of a Java class", "give it in full, such as com.example.Main"),
    )
    .register(settingTypes, { type: "full name of a Java class" })
    .describe("Class with the main method"),
  args: z
    .array(z.union([z.string(), z.number()]).transform(String))
    .default([])
    .describe(
      "Arguments of main; {kafka}, {tenant}, {lineage}, {maxParallelism}, {sourceParallelism} are filled in",
    ),
  parallelism: z
    .strictObject({
      min: count(1, 32767).default(1).describe("Smallest parallelism"),
      max: count(1, 32767).describe("Largest parallelism; at most `maxParallelism`"),
    })
    .describe("Bounds of the parallelism"),
  maxParallelism: count(
    129,
    32767,
    "above 128 and below 32768; it can't be changed later without losing state",
  )
    .default(256)
    .describe("Number of key groups; set once: a job's state can't be read with another"),
  sourceParallelism: count(1, 32767).default(1).describe("Parallelism of the sources"),
  allowedLag: duration.default(10_000).describe("Lag above which the job needs more parallelism"),
  reads: readsSchema
    .optional()
    .describe("What the job reads; left out, its Kafka sources' metrics tell"),
});

export const topicSchema = z.strictObject({
  name: topicName.describe("Name of the topic"),
  partitions: count(1, 10_000).default(1).describe("Number of partitions"),
});

export const flinkSchema = z.strictObject({
  version: z
    .enum(
      ["1.14", "1.20"],
      complaint("it is not a version that flinktide knows", 'give "1.14" or "1.20", in quotes'),
    )
    .default("1.14")
    .describe("Flink version, in quotes"),
  image: z
    .strictObject({
      reference: z.string().min(1).describe("Image to pull, with tag or digest"),
      registry: z
        .strictObject({
          server: z.string().min(1).describe("Registry host and port"),
          username: z.string().min(1).describe("User"),
          passwordKey: configKey("registry:password").describe(
            "Config key, set with `pulumi config set --secret`, that holds the password",
          ),
        })
        .optional()
        .describe("Credentials of a private registry"),
    })
    .optional()
    .describe("Your own image instead of the bundled one"),
  properties: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .default({})
    .describe("Further flink-conf.yaml settings; they win over flinktide's"),
});

export const taskManagerSchema = z.strictObject({
  slots: count(1, MAX_SLOTS).default(4).describe("Slots of a TaskManager"),
  memory: memory
    .default(1728)
    .describe("Process memory of a TaskManager, and its container's limit"),
  managedMemory: memory.default(512).describe("Managed memory within it"),
  cpus: cpus.default(2).describe("CPU limit of a TaskManager"),
  dataPorts: portRange.optional().describe("Host ports for the data port 6121, one a TaskManager"),
});

export const jobManagerSchema = z.strictObject({
  memory: memory
    .default(1600)
    .describe("Process memory of the JobManager, and its container's limit"),
  cpus: cpus.default(2).describe("CPU limit of the JobManager"),
  restPort: count(1024, 65535)
    .default(8081)
    .describe("Host port of the web UI and REST API, on 127.0.0.1"),
});

export const shareSchema = z.strictObject({
  priority: count(0, 1000)
    .default(0)
    .describe("Where the platform's capacity is short, the higher priority is served first"),
  weight: count(1, 1000)
    .default(1)
    .describe("Among tenants of one priority, the part of each grows with its weight"),
});

export const tenantSchema = z.strictObject({
  name: name.describe("Name of the tenant; part of its containers' names"),
  flink: flinkSchema.prefault({}),
  jobManager: jobManagerSchema.prefault({}),
  taskManager: taskManagerSchema.prefault({}),
  topics: z.array(topicSchema).default([]).describe("Kafka topics that belong to the tenant"),
  collectors: collectorsSchema
    .default([])
    .describe("Databases whose changes are collected into a topic, one container each"),
  jobs: z.array(jobSchema).default([]).describe("Jobs that run on the tenant's cluster"),
  windows: z.array(windowSchema).default([]).describe("Spans of the week with their own capacity"),
  exceptions: z
    .array(exceptionSchema)
    .default([])
    .describe("Holidays and events that override the windows"),
  otherwise: boundsSchema.describe("Capacity while no window is open"),
  lead: lead
    .default("auto")
    .describe("How long before a window opens its capacity is there; `auto`: as long as it takes"),
  quota: z
    .strictObject({
      taskManagers: count(1, 1000).describe("TaskManagers the tenant may ever have"),
    })
    .optional()
    .describe("Upper limit over all windows"),
  share: shareSchema.prefault({}),
  scaling: scalingSchema.prefault({}),
});

/** A tenant as the policies see it: defaults filled in, units converted. */
export type Tenant = z.output<typeof tenantSchema>;
/** A tenant as the user writes it. */
export type TenantInput = z.input<typeof tenantSchema>;
export type Window = Tenant["windows"][number];
export type Exception = Tenant["exceptions"][number];
export type Bounds = Tenant["otherwise"];
export type JobSpec = Tenant["jobs"][number];
