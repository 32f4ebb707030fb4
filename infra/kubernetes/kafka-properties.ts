import { createHash } from "node:crypto";

/** Ports of a broker. */
export const KAFKA_PORTS = { clients: 9092, controllers: 9093 } as const;

export interface BrokersArgs {
  /** Name of the service that gives each broker its name. */
  service: string;
  namespace: string;
  /** All of them are controllers. */
  brokers: number;
  /** Of the broker that reads them. */
  podName: string;
}

/** With fewer than three brokers there is no second place for a record. */
const REPLICAS = 3;

/**
 * Lines for server.properties that make brokers one cluster: broker `i` is node `i + 1`, known to the others as
 * `kafka-i`.
 */
export function kafkaProperties({ service, namespace, brokers, podName }: BrokersArgs): string {
  const voters = Array.from({ length: brokers }, (_, i) => {
    const host = brokers === 1 ? "localhost" : `${service}-${i}.${service}.${namespace}.svc`;
    return `${i + 1}@${host}:${KAFKA_PORTS.controllers}`;
  });
  const controllers = brokers === 1 ? "localhost" : "";
  return [
    `controller.quorum.voters=${voters.join(",")}`,
    `listeners=INSIDE://:${KAFKA_PORTS.clients},CONTROLLER://${controllers}:${KAFKA_PORTS.controllers}`,
    `advertised.listeners=INSIDE://${podName}.${service}.${namespace}.svc:${KAFKA_PORTS.clients}`,
    ...Object.entries(replicationProperties(brokers)).map(([key, value]) => `${key}=${value}`),
  ].join("\n");
}

/** On how many of the brokers each record is, and has to be before it counts as written. */
export function replicationProperties(brokers: number): Record<string, number> {
  const replicas = Math.min(brokers, REPLICAS);
  const inSync = Math.max(1, replicas - 1);
  return {
    "default.replication.factor": replicas,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
  };
}

/** What makes brokers of one namespace know each other: 16 bytes, as Kafka writes them. */
export function clusterId(namespace: string): string {
  return createHash("sha256").update(namespace).digest().subarray(0, 16).toString("base64url");
}
