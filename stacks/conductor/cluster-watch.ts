import type { Tenant } from "../../policies/tenant";
import type { StackOutputs } from "./actuator";
import { FlinkConnections } from "./observe/flink-connections";
import type { KafkaPool } from "./observe/kafka-pool";
import { TenantObserver, type TenantObserverOptions } from "./observe/tenant-observer";
import type { Watcher } from "./tenant-conductor";

/** What all tenants' watchers share: connections are reused, and only so many are open. */
export interface Connections extends Pick<TenantObserverOptions, "clock" | "fetchMs"> {
  flink: FlinkConnections;
  kafka: KafkaPool;
}

/** Watches a tenant's cluster at the addresses that its stack names. */
export function watchCluster(
  { jobs }: Tenant,
  { flinkUrl, kafkaOnHost }: StackOutputs,
  { flink, kafka, ...times }: Connections,
): Watcher {
  const observer = new TenantObserver({
    ...{ flinkUrl, jobs, connections: flink, ...times },
    kafka: kafka.at(kafkaOnHost),
  });
  return {
    observe: (jobIds, nowMs) => observer.observe(jobIds, nowMs),
    cancel: (jobId) =>
      flink
        .client(flinkUrl)
        .cancel(jobId)
        .catch(() => undefined),
    exceptionOf: (jobId) =>
      flink
        .client(flinkUrl)
        .rootException(jobId)
        .catch(() => undefined),
  };
}
