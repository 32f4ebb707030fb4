import {
  collectorEnvironment,
  collectorMemoryMiB,
  collectorSecrets,
} from "../../../infra/collector/environment";
import { collectorSchema } from "../../../policies/collector";

const parse = (more: object = {}) =>
  collectorSchema.parse({
    name: "orders",
    database: { host: "db", passwordKey: "collector:database" },
    ...more,
  });

describe("the variables of a collector", () => {
  it("are the deployment guide's, and lead to the platform's Kafka", () => {
    expect(
      collectorEnvironment(parse(), { environment: "dev", tenant: "acme" }, "dev-kafka:9092"),
    ).toEqual({
      DATABASE_TYPE: "oceanbase",
      DATABASE_HOST: "db",
      DATABASE_PORT: "2881",
      DATABASE_USERNAME: "root",
      DATABASE_PASSWORD_FILE: "/run/secrets/database-password",
      DATABASE_SCHEMA: "test",
      DATABASE_TABLES: "*",
      DATAHUB_ENDPOINT: "kafka://dev-kafka:9092",
      DATAHUB_PROJECT: "realtime-pipeline",
      DATAHUB_TOPIC: "cdc-events",
      DATAHUB_CONSUMER_GROUP: "cdc-collector-group",
      RETRY_MAX_ATTEMPTS: "3",
      RETRY_BACKOFF_MS: "2000",
      MONITORING_PORT: "8080",
      LOG_LEVEL: "INFO",
      HEAP_SIZE: "512m",
      METRIC_LABELS: 'environment="dev",tenant="acme",collector="orders"',
    });
  });

  it("name the files of DataHub's credentials where there are any", () => {
    const sink = {
      endpoint: "https://datahub.aliyuncs.com",
      accessId: "ann",
      accessKeyKey: "collector:datahub",
    };
    const collector = parse({ sink, retry: { maxAttempts: 9, backoff: "1m" } });
    expect(collectorEnvironment(collector, { environment: "dev" }, "unused:1")).toMatchObject({
      DATAHUB_ENDPOINT: "https://datahub.aliyuncs.com",
      DATAHUB_ACCESS_ID: "ann",
      DATAHUB_ACCESS_KEY_FILE: "/run/secrets/datahub-access-key",
      RETRY_MAX_ATTEMPTS: "9",
      RETRY_BACKOFF_MS: "60000",
      METRIC_LABELS: 'environment="dev",collector="orders"',
    });
    expect(collectorSecrets(collector)).toEqual([
      { file: "/run/secrets/database-password", key: "collector:database" },
      { file: "/run/secrets/datahub-access-key", key: "collector:datahub" },
    ]);
  });
});

it("the container has room for more than the heap", () => {
  expect(collectorMemoryMiB(parse({ heap: "1GiB" }))).toBe(1408);
});
