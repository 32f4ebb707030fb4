import { tablesOf, type CollectorSpec } from "../../policies/collector";

/** Folder in the container where its secrets lie, one file each. */
export const SECRETS_FOLDER = "/run/secrets";
/** Folder in the container for offsets and schema history: what must survive it. */
export const DATA_FOLDER = "/opt/cdc-collector/data";
/** Port of health and metrics inside the container. */
export const COLLECTOR_PORT = 8080;
/** What the JVM needs beside its heap. */
const BESIDE_HEAP_MIB = 384;

/** Whose collector it is. */
export interface CollectorOwner {
  environment: string;
  /** Absent for the platform's own. */
  tenant?: string;
}

/** Limit of the collector's container or pod. */
export function collectorMemoryMiB({ heap }: CollectorSpec): number {
  return heap + BESIDE_HEAP_MIB;
}

/**
 * The collector's variables, the same whatever it runs on. No secret is among them: those are files.
 *
 * @param kafka bootstrap servers of the platform's Kafka, for a collector without an endpoint of its own
 */
export function collectorEnvironment(
  collector: CollectorSpec,
  { environment, tenant }: CollectorOwner,
  kafka: string,
): Record<string, string> {
  const { database, sink, retry, heap, logLevel } = collector;
  return {
    DATABASE_TYPE: database.type,
    DATABASE_HOST: database.host,
    DATABASE_PORT: String(database.port),
    DATABASE_USERNAME: database.username,
    DATABASE_PASSWORD_FILE: secretFile("DATABASE_PASSWORD"),
    DATABASE_SCHEMA: database.schema,
    DATABASE_TABLES: tablesOf(collector).join(","),
    DATAHUB_ENDPOINT: sink.endpoint ?? `kafka://${kafka}`,
    ...(sink.accessId && { DATAHUB_ACCESS_ID: sink.accessId }),
    ...(sink.accessKeyKey && { DATAHUB_ACCESS_KEY_FILE: secretFile("DATAHUB_ACCESS_KEY") }),
    DATAHUB_PROJECT: sink.project,
    DATAHUB_TOPIC: sink.topic,
    DATAHUB_CONSUMER_GROUP: sink.consumerGroup,
    RETRY_MAX_ATTEMPTS: String(retry.maxAttempts),
    RETRY_BACKOFF_MS: String(retry.backoff),
    MONITORING_PORT: String(COLLECTOR_PORT),
    LOG_LEVEL: logLevel,
    HEAP_SIZE: `${heap}m`,
    METRIC_LABELS: metricLabels({ environment, tenant, collector: collector.name }),
  };
}

/** Which config key's value goes into which file. */
export function collectorSecrets({
  database,
  sink,
}: CollectorSpec): { file: string; key: string }[] {
  return [
    { file: secretFile("DATABASE_PASSWORD"), key: database.passwordKey },
    ...(sink.accessKeyKey === undefined
      ? []
      : [{ file: secretFile("DATAHUB_ACCESS_KEY"), key: sink.accessKeyKey }]),
  ];
}

/** `/run/secrets/database-password` for DATABASE_PASSWORD. */
function secretFile(variable: string): string {
  return `${SECRETS_FOLDER}/${variable.toLowerCase().replaceAll("_", "-")}`;
}

function metricLabels(labels: object): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => `${label}="${String(value)}"`)
    .join(",");
}
