import type { CollectorSpec } from "../../policies/collector";
import type { Tenant } from "../../policies/tenant";
import type { StackOutputs } from "./actuator";
import { FlinkConnections } from "./observe/flink-connections";
import type { KafkaPool } from "./observe/kafka-pool";
import { TenantObserver, type TenantObserverOptions } from "./observe/tenant-observer";
import type { CollectorFigures } from "./observe/collector-figures";
import type { CollectorFeed } from "./observe/upstream";
import type { Watcher } from "./tenant-conductor";

/** What all tenants' watchers share: connections are reused, and only so many are open. */
export interface Connections extends Pick<TenantObserverOptions, "clock" | "fetchMs"> {
  flink: FlinkConnections;
  kafka: KafkaPool;
  collectors: {
    figures: CollectorFigures;
    /** The platform's own, from which every tenant may read. */
    shared: readonly CollectorSpec[];
  };
}

/** Watches a tenant's cluster at the addresses that its stack names. */
export function watchCluster(
  tenant: Tenant,
  { flinkUrl, kafkaOnHost }: StackOutputs,
  { flink, kafka, collectors, ...times }: Connections,
): Watcher {
  const feeds = [
    ...feedsOf(tenant.name, tenant.collectors),
    ...feedsOf(undefined, collectors.shared),
  ];
  const observer = new TenantObserver({
    ...{ flinkUrl, jobs: tenant.jobs, connections: flink, ...times },
    kafka: kafka.at(kafkaOnHost),
    collectors: { feeds, figures: collectors.figures },
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

/** Those that fill topics of the platform's Kafka; what goes elsewhere, no job here reads. */
function feedsOf(
  tenant: string | undefined,
  collectors: readonly CollectorSpec[],
): CollectorFeed[] {
  return collectors
    .filter(({ sink }) => sink.endpoint === undefined)
    .map(({ name, sink }) => ({ tenant, name, topic: sink.topic }));
}
