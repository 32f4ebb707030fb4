import { flinkProperties, rescalesInPlace } from "../../../infra/flink/properties";
import { tenantSchema, type TenantInput } from "../../../policies/tenant";

const tenant = (flink: TenantInput["flink"]) =>
  tenantSchema.parse({
    name: "acme",
    flink,
    jobManager: { memory: "1GiB" },
    taskManager: { slots: 2, memory: "1GiB", managedMemory: "64MiB" },
    otherwise: { floor: 1, ceiling: 1 },
  });

const SHARED = `jobmanager.rpc.address: jm
jobmanager.rpc.port: 6123
state.backend: hashmap
state.checkpoints.dir: file:///opt/flink/checkpoints
state.savepoints.dir: file:///opt/flink/savepoints
heartbeat.timeout: 180000
heartbeat.interval: 10000
metrics.reporters: prom
metrics.reporter.prom.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory
metrics.reporter.prom.port: 9249
taskmanager.numberOfTaskSlots: 2
`;
const JOB_MANAGER = `jobmanager.memory.process.size: 1024m
rest.port: 8081
blob.server.port: 6124
parallelism.default: 1
restart-strategy: fixed-delay
restart-strategy.fixed-delay.attempts: 10
restart-strategy.fixed-delay.delay: 10 s
execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
state.checkpoints.num-retained: 3
web.refresh-interval: 100
metrics.fetcher.update-interval: 250`;
const ADAPTIVE = `
jobmanager.scheduler: adaptive
jobmanager.adaptive-scheduler.scaling-interval.min: 0 s
jobmanager.adaptive-scheduler.resource-stabilization-timeout: 2 s
slot.idle.timeout: 5000`;
const TASK_MANAGER = `taskmanager.memory.process.size: 1024m
taskmanager.memory.managed.size: 64m
taskmanager.data.port: 6121
taskmanager.rpc.port: 6122
taskmanager.resource-id: tm-1`;

it.each([
  ["1.14", JOB_MANAGER],
  ["1.20", JOB_MANAGER + ADAPTIVE],
] as const)("Flink %s is configured exactly so", (version, jobManager) => {
  const of = tenant({ version });
  expect(flinkProperties(of, "jm", { role: "jobmanager" })).toBe(SHARED + jobManager);
  const role = { role: "taskmanager", id: "tm-1" } as const;
  expect(flinkProperties(of, "jm", role)).toBe(SHARED + TASK_MANAGER);
});

it("the tenant's own settings win", () => {
  const properties = { "heartbeat.timeout": 5, "my.key": "x" };
  const lines = flinkProperties(tenant({ properties }), "jm", { role: "jobmanager" }).split("\n");
  expect(lines).toEqual(expect.arrayContaining(["heartbeat.timeout: 5", "my.key: x"]));
  expect(lines).not.toContain("heartbeat.timeout: 180000");
});

it.each([
  [{ version: "1.14" }, false],
  [{ version: "1.20" }, true],
  [{ version: "1.20", properties: { "jobmanager.scheduler": "Adaptive" } }, true],
  [{ version: "1.20", properties: { "jobmanager.scheduler": "default" } }, false],
] as const)("a job of %j is rescaled in place: %s", (flink, expected) => {
  expect(rescalesInPlace(tenant(flink))).toBe(expected);
});
