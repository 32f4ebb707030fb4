import Cluster from "kafkajs/src/cluster";
import socketFactory from "kafkajs/src/network/socketFactory";
import { kafkaConnection } from "../../../infra/kubernetes/kafka-connection";
import { kafkaClient } from "../../workload/kafka";
import { BatchedOffsets, type KafkaOffsets } from "./kafka-offsets";

const TIMEOUT_MS = 2_000;

/** One connection to each Kafka cluster, for all tenants that use it. */
export class KafkaPool {
  private readonly open = new Map<string, BatchedOffsets>();

  /** `brokers`: as kafkaConnection takes them, separated by commas. Connects with the first question. */
  at(brokers: string): KafkaOffsets {
    let offsets = this.open.get(brokers);
    if (offsets === undefined) {
      offsets = new BatchedOffsets(() => clusterAt(brokers.split(",")));
      this.open.set(brokers, offsets);
    }
    return offsets;
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.values()].map((offsets) => offsets.close()));
  }
}

/** Gives up soon and tries nothing again: the next observation does. */
function clusterAt(brokers: string[]): Cluster {
  return new Cluster({
    logger: kafkaClient(brokers).logger(),
    socketFactory: socketFactory(),
    ...kafkaConnection(brokers),
    clientId: "flinktide-conductor",
    connectionTimeout: TIMEOUT_MS,
    requestTimeout: TIMEOUT_MS,
    enforceRequestTimeout: true,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 50, maxRetryTime: 50, retries: 0 },
  });
}
