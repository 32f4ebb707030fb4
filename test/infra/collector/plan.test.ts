import { collectorPlan } from "../../../infra/collector/plan";
import { collectorSchema } from "../../../policies/collector";

const parse = (more: object = {}) =>
  collectorSchema.parse({
    name: "orders",
    database: { host: "db", passwordKey: "collector:database" },
    ...more,
  });

describe("the variables of a collector", () => {
  it("are the deployment guide's, and lead to the platform's Kafka", () => {
    const plan = collectorPlan(parse(), { environment: "dev", tenant: "acme" });
    expect(plan.environment("dev-kafka:9092")).toEqual({
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
    const plan = collectorPlan(collector, { environment: "dev" });
    expect(plan.environment("unused:1")).toMatchObject({
      DATAHUB_ENDPOINT: "https://datahub.aliyuncs.com",
      DATAHUB_ACCESS_ID: "ann",
      DATAHUB_ACCESS_KEY_FILE: "/run/secrets/datahub-access-key",
      RETRY_MAX_ATTEMPTS: "9",
      RETRY_BACKOFF_MS: "60000",
      METRIC_LABELS: 'environment="dev",collector="orders"',
    });
    expect(plan.secretFiles).toEqual([
      { file: "/run/secrets/database-password", key: "collector:database" },
      { file: "/run/secrets/datahub-access-key", key: "collector:datahub" },
    ]);
  });
});

it("a target is told all that it needs", () => {
  const { environment, ...plan } = collectorPlan(parse({ heap: "1GiB" }), { environment: "dev" });
  expect(Object.keys(environment("k:1"))).toContain("DATABASE_PASSWORD_FILE");
  expect(plan).toEqual({
    name: "dev-collector-orders",
    image: { recipe: "cdc-collector", version: "3.0.8.Final" },
    userId: 8080,
    secretFiles: [{ file: "/run/secrets/database-password", key: "collector:database" }],
    dataFolder: "/opt/cdc-collector/data",
    port: 8080,
    probes: { live: "/health/live", ready: "/health/ready", metrics: "/metrics" },
    memoryMiB: 1408,
  });
});
