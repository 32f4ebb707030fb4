import {
  COLLECTOR_PORT,
  collectorMemoryMiB,
  tablesOf,
  type CollectorSpec,
} from "../../policies/collector";
import { COLLECTOR_IMAGE, type ImageVersion } from "../images/versions";

/** Folder in the container where its secrets lie, one file each. */
const SECRETS_FOLDER = "/run/secrets";
/** `cdcuser` in the image, and its group. */
const USER_ID = 8080;

/** Whose collector it is. */
export interface CollectorOwner {
  environment: string;
  /** Absent for the platform's own. */
  tenant?: string;
}

/**
 * A collector's process, the same whatever it runs on. There must be one at most: it is to be removed before its
 * successor is made, as two would send every change twice.
 */
export interface CollectorPlan {
  /** `ENVIRONMENT[-TENANT]-collector-NAME` */
  name: string;
  image: ImageVersion;
  userId: number;
  /**
   * Its variables; no secret is among them. `kafka`: bootstrap servers of the platform's Kafka, for a collector without
   * an endpoint of its own.
   */
  environment(kafka: string): Record<string, string>;
  /** Which config key's value goes into which file. */
  secretFiles: readonly { file: string; key: string }[];
  /** Folder for offsets and schema history: what must survive it. */
  dataFolder: string;
  port: number;
  /** Paths at that port that answer 200 or not. Who is not live is restarted; who is not ready only waits. */
  probes: { live: string; ready: string; metrics: string };
  /** Limit of its container or pod. */
  memoryMiB: number;
}

export function collectorPlan(collector: CollectorSpec, owner: CollectorOwner): CollectorPlan {
  const { environment, tenant } = owner;
  const parts = [environment, tenant, "collector", collector.name];
  return {
    name: parts.filter((part) => part !== undefined).join("-"),
    image: COLLECTOR_IMAGE,
    userId: USER_ID,
    environment: (kafka) => variables(collector, owner, kafka),
    secretFiles: secretFiles(collector),
    dataFolder: "/opt/cdc-collector/data",
    port: COLLECTOR_PORT,
    probes: { live: "/health/live", ready: "/health/ready", metrics: "/metrics" },
    memoryMiB: collectorMemoryMiB(collector),
  };
}

function variables(
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

function secretFiles({ database, sink }: CollectorSpec): CollectorPlan["secretFiles"] {
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
