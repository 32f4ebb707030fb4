import { z } from "zod";
import { complaint } from "./problem";
import { cidr, configKey, count, cpus, name } from "./schema-parts";
import { settingTypes } from "./setting-type";
import { duration, memory } from "./units";

/** One block of `collectors`: a database whose changes go into a topic. The defaults are the deployment guide's. */

const word = (what: string) =>
  z
    .string()
    .regex(/^\S+$/, complaint(`it can't be ${what}`, "give a text without blanks"))
    .register(settingTypes, { type: "text without blanks" });

const endpoint = z
  .string()
  .regex(
    /^(https:\/\/[^\s/:]+(:\d{1,5})?|kafka:\/\/[^\s/:,]+:\d{1,5}(,[^\s/:,]+:\d{1,5})*)$/,
    complaint(
      "it is no endpoint of DataHub or Kafka",
      "give https://HOST for DataHub or kafka://HOST:PORT for Kafka",
    ),
  )
  .register(settingTypes, { type: "`https://HOST` (DataHub) or `kafka://HOST:PORT`" });

const networks = (what: string) =>
  z
    .array(cidr)
    .register(settingTypes, { type: "list of IPv4 networks" })
    .optional()
    .describe(`Networks that ${what}; on Kubernetes required of a name`);

const databaseSchema = z.strictObject({
  type: z
    .enum(["oceanbase", "mysql", "mariadb"])
    .default("oceanbase")
    .describe("Kind of database; OceanBase in MySQL mode, through its binlog service"),
  host: word("a host").describe("Host that the collector's container can reach"),
  port: count(1, 65535).default(2881).describe("Port of the database"),
  networks: networks("the host is in"),
  username: word("a user").default("root").describe("User that may read tables and the binlog"),
  passwordKey: configKey("collector:database").describe(
    "Config key, set with `pulumi config set --secret`, that holds the password",
  ),
  schema: word("a schema").default("test").describe("Schema whose changes are collected"),
  tables: z
    .array(word("a table"))
    .min(1, complaint("it names no table", "name tables, or leave out tables for all"))
    .register(settingTypes, { type: "list of names, `*` for any text" })
    .optional()
    .describe("Tables whose changes are collected; left out: all"),
});

const sinkSchema = z.strictObject({
  endpoint: endpoint.optional().describe("Where changes go; left out: the platform's Kafka"),
  networks: networks("the endpoint is in"),
  accessId: word("an id").optional().describe("DataHub's access id"),
  accessKeyKey: configKey("collector:datahub")
    .optional()
    .describe("Config key, set with `pulumi config set --secret`, that holds DataHub's access key"),
  project: word("a project").default("realtime-pipeline").describe("DataHub's project"),
  topic: word("a topic").default("cdc-events").describe("Topic that all changes go to"),
  partitions: count(1, 1000)
    .default(1)
    .describe("Partitions of the topic on the platform's Kafka, unless `topics` has it"),
  consumerGroup: word("a name")
    .default("cdc-collector-group")
    .describe("Name under which the broker knows the collector"),
});

export const collectorSchema = z
  .strictObject({
    name: name.describe("Name of the collector; part of its container's name"),
    database: databaseSchema.describe("The source"),
    sink: sinkSchema.prefault({}),
    retry: z
      .strictObject({
        maxAttempts: count(0, 1_000_000)
          .default(3)
          .describe("Attempts after a failure before the container is started anew"),
        backoff: duration.default(2000).describe("Pause before an attempt"),
      })
      .prefault({}),
    logLevel: z
      .enum(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"])
      .default("INFO")
      .describe("Least level that is logged"),
    heap: memory.default(512).describe("Heap of the collector; its container may use 384MiB more"),
    cpus: cpus.default(1).describe("CPU limit of the collector, on Kubernetes"),
    port: count(1024, 65535)
      .optional()
      .describe("Host port of health and metrics, on 127.0.0.1 with Docker; left out: none"),
  })
  .superRefine(({ sink }, context) => {
    if (!sink.endpoint?.startsWith("https:")) return;
    for (const key of ["accessId", "accessKeyKey"] as const) {
      if (sink[key] !== undefined) continue;
      const message = complaint("DataHub wants it, and it is missing", `give sink.${key}`);
      context.addIssue({ code: "custom", path: ["sink", key], message });
    }
  });
export type CollectorSpec = z.output<typeof collectorSchema>;

/** Port of health and metrics inside the container. */
export const COLLECTOR_PORT = 8080;
/** What the JVM needs beside its heap. */
const BESIDE_HEAP_MIB = 384;

/** Limit of its container or pod. */
export function collectorMemoryMiB({ heap }: CollectorSpec): number {
  return heap + BESIDE_HEAP_MIB;
}

/** Tables that are collected, each a name with `*` for any text. */
export function tablesOf({ database }: CollectorSpec): readonly string[] {
  return database.tables ?? ["*"];
}

/** Topics of the platform's Kafka that collectors fill and no one has declared: they are to be made with them. */
export function topicsFor(
  collectors: readonly CollectorSpec[],
  declared: readonly string[],
): { name: string; partitions: number }[] {
  const topics = new Map<string, number>();
  for (const { sink } of collectors) {
    if (sink.endpoint !== undefined || declared.includes(sink.topic)) continue;
    topics.set(sink.topic, Math.max(sink.partitions, topics.get(sink.topic) ?? 0));
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }));
}

/** What tells one source from another. */
function sourceOf({ database }: CollectorSpec): string {
  return `${database.host}:${database.port}/${database.schema}`;
}

/** The collectors of a stack: names are unique, and no table is collected twice, which would double its changes. */
export const collectorsSchema = z.array(collectorSchema).superRefine((collectors, context) => {
  collectors.forEach((collector, index) => {
    const before = collectors.slice(0, index);
    if (before.some(({ name: other }) => other === collector.name)) {
      const message = complaint("the name is used twice under collectors", "give each its own");
      context.addIssue({ code: "custom", path: [index, "name"], message });
    }
    const rival = before.find((other) => shareTable(other, collector));
    if (rival === undefined) return;
    const fault = `${rival.name} collects from the same tables, so that each change would come twice`;
    const message = complaint(fault, "remove one of them, or give them different tables");
    context.addIssue({ code: "custom", path: [index, "database", "tables"], message });
  });
});

function shareTable(a: CollectorSpec, b: CollectorSpec): boolean {
  if (sourceOf(a) !== sourceOf(b)) return false;
  return tablesOf(a).some((one) => tablesOf(b).some((two) => mayMeet(one, two)));
}

/** Whether a table may fit both patterns; two patterns with stars are taken to meet. */
function mayMeet(one: string, two: string): boolean {
  const [stars, other] = one.includes("*") ? [one, two] : [two, one];
  if (!stars.includes("*")) return stars === other;
  if (other.includes("*")) return true;
  const literal = (text: string) => text.replace(/[^A-Za-z0-9_]/g, "\\$&");
  return new RegExp(`^${stars.split("*").map(literal).join(".*")}$`).test(other);
}
