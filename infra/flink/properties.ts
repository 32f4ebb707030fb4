import type { Tenant } from "../../policies/tenant";

/** Folders of the Flink image's volumes. */
export const CHECKPOINT_FOLDER = "/opt/flink/checkpoints";
export const SAVEPOINT_FOLDER = "/opt/flink/savepoints";

/** Ports of every Flink process, as the official image and the deployment document have them. */
export const PORTS = {
  jobManagerRpc: 6123,
  rest: 8081,
  blob: 6124,
  taskManagerData: 6121,
  taskManagerRpc: 6122,
  metrics: 9249,
} as const;

/** True where the version rescales a running job in place (adaptive scheduler with resource requirements). */
export function rescalesInPlace(tenant: Tenant): boolean {
  const scheduler = tenant.flink.properties["jobmanager.scheduler"] ?? "adaptive";
  return tenant.flink.version !== "1.14" && scheduler.toLowerCase() === "adaptive";
}

function shared(tenant: Tenant, jobManagerHost: string): Record<string, string | number> {
  return {
    "jobmanager.rpc.address": jobManagerHost,
    "jobmanager.rpc.port": PORTS.jobManagerRpc,
    "state.backend": "hashmap",
    "state.checkpoints.dir": `file://${CHECKPOINT_FOLDER}`,
    "state.savepoints.dir": `file://${SAVEPOINT_FOLDER}`,
    // From the incident in which a TaskManager was given up too early and the job was not restarted often enough.
    "heartbeat.timeout": 180_000,
    "heartbeat.interval": 10_000,
    "metrics.reporters": "prom",
    "metrics.reporter.prom.factory.class":
      "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
    "metrics.reporter.prom.port": PORTS.metrics,
    "taskmanager.numberOfTaskSlots": tenant.taskManager.slots,
  };
}

function jobManagerOnly(tenant: Tenant): Record<string, string | number> {
  const adaptive = {
    "jobmanager.scheduler": "adaptive",
    // The slots are there before the job is told to use them, so a rescale need not wait for more.
    "jobmanager.adaptive-scheduler.scaling-interval.min": "0 s",
    "jobmanager.adaptive-scheduler.resource-stabilization-timeout": "2 s",
    // A job that has shrunk gives its slots back to the others (ms); Flink's own is 50000.
    "slot.idle.timeout": 5_000,
  };
  return {
    "jobmanager.memory.process.size": `${tenant.jobManager.memory}m`,
    "rest.port": PORTS.rest,
    "blob.server.port": PORTS.blob,
    "parallelism.default": 1,
    "restart-strategy": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": 10,
    "restart-strategy.fixed-delay.delay": "10 s",
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    "state.checkpoints.num-retained": 3,
    // Flink answers about jobs from a cache of this age (ms); its own 3000 would hide how fast a rescale is.
    "web.refresh-interval": 100,
    // Of two questions about metrics so close (ms), the second gets what was fetched for the first. With Flink's own
    // 10000 a source's place would be up to so much older than the end of its topic, and the backlog overstated.
    "metrics.fetcher.update-interval": 250,
    ...(tenant.flink.version === "1.14" ? {} : adaptive),
  };
}

function taskManagerOnly(tenant: Tenant, id: string): Record<string, string | number> {
  return {
    "taskmanager.memory.process.size": `${tenant.taskManager.memory}m`,
    "taskmanager.memory.managed.size": `${tenant.taskManager.managedMemory}m`,
    "taskmanager.data.port": PORTS.taskManagerData,
    "taskmanager.rpc.port": PORTS.taskManagerRpc,
    // A TaskManager that comes back under its old id takes the dead one's place at once, without a heartbeat timeout.
    "taskmanager.resource-id": id,
  };
}

/**
 * `FLINK_PROPERTIES` of a process: lines for flink-conf.yaml. The tenant's own settings win.
 *
 * @param target what only the place needs where the process runs
 */
export function flinkProperties(
  tenant: Tenant,
  jobManagerHost: string,
  process: { role: "jobmanager" } | { role: "taskmanager"; id: string },
  target: Readonly<Record<string, string>> = {},
): string {
  const own =
    process.role === "jobmanager" ? jobManagerOnly(tenant) : taskManagerOnly(tenant, process.id);
  const all = { ...shared(tenant, jobManagerHost), ...own, ...target, ...tenant.flink.properties };
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}`)
    .join("\n");
}
