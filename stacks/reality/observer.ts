import { TERMINAL_STATES } from "../../infra/flink/job-states";
import type { FlinkRestClient } from "../../infra/flink/rest-client";
import type { JobObservation } from "../../policies/scaling/observation";
import { FlinkConnections } from "../conductor/observe/flink-connections";
import { KafkaPool } from "../conductor/observe/kafka-pool";
import { TenantObserver } from "../conductor/observe/tenant-observer";
import type { Observation } from "./sight";

/** Observes one tenant's only job as the conductor does, whichever id it has. */
export class Observer {
  private readonly connections = new FlinkConnections();
  private readonly kafka = new KafkaPool();
  private readonly flink: FlinkRestClient;
  private readonly tenant: TenantObserver;
  private jobId = "";

  constructor(flinkUrl: string, brokers: readonly string[], topic: string) {
    const { connections } = this;
    this.flink = connections.client(flinkUrl);
    this.tenant = new TenantObserver({
      ...{ flinkUrl, connections },
      kafka: this.kafka.at(brokers.join(",")),
      jobs: [{ name: "job", sourceParallelism: 1, reads: { topics: [topic] } }],
    });
  }

  async close(): Promise<void> {
    this.connections.close();
    await this.kafka.close();
  }

  /** Throws where Flink or Kafka does not answer. */
  async observe(): Promise<Observation> {
    const live = (await this.flink.jobs()).find(({ state }) => !TERMINAL_STATES.has(state));
    this.jobId = live?.jid ?? this.jobId;
    const { atMs, cluster, jobs, problems } = await this.tenant.observe(
      { job: this.jobId },
      Date.now(),
    );
    const { observation, arrived, taken } = jobs["job"] ?? {};
    if (cluster === undefined || arrived === undefined) throw new Error(problems.join("; "));
    return {
      ...{ atMs, arrived, taken },
      busyRatio: busiest(observation),
      running: observation?.running ?? false,
      parallelism: observation?.parallelism ?? 0,
      taskManagers: cluster.taskManagers.length,
    };
  }
}

function busiest(observation: JobObservation | undefined): number | undefined {
  const ratios = observation?.vertices?.map(({ busyRatio }) => busyRatio) ?? [];
  return ratios.length > 0 ? Math.max(...ratios) : observation?.busyRatio;
}
