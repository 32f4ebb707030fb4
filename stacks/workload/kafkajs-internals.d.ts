// The parts of kafkajs behind its public face that topic-reader.ts and kafka-pool.ts need, as of 2.2.4.
declare module "kafkajs/src/network/socketFactory" {
  function socketFactory(): unknown;
  export = socketFactory;
}

declare module "kafkajs/src/cluster" {
  class Cluster {
    constructor(options: Record<string, unknown>);
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    isConnected(): boolean;
    /** Of all topics where none was added. */
    refreshMetadata(): Promise<void>;
    readonly brokerPool: { readonly metadata: Cluster.Metadata | null };
    findGroupCoordinator(options: { groupId: string }): Promise<Cluster.Broker>;
    addTargetTopic(topic: string): Promise<void>;
    findTopicPartitionMetadata(
      topic: string,
    ): { partitionId: number; leader: number; partitionErrorCode: number }[];
    findBroker(options: { nodeId: number }): Promise<Cluster.Broker>;
    removeBroker(options: { host: string; port: number }): void;
  }
  namespace Cluster {
    interface Metadata {
      topicMetadata: {
        topic: string;
        partitionMetadata: { partitionId: number; leader: number }[];
      }[];
    }
    interface Message {
      offset: string;
      timestamp: string;
      key: Buffer | null;
      value: Buffer | null;
      isControlRecord: boolean;
      batchContext: {
        firstOffset: string;
        lastOffsetDelta: number;
        producerId: string;
        inTransaction: boolean;
      };
    }
    interface FetchedPartition {
      partition: number;
      errorCode: number;
      highWatermark: string;
      lastStableOffset: string;
      abortedTransactions: { producerId: string; firstOffset: string }[] | null;
      messages: Message[];
    }
    interface Broker {
      fetch(request: {
        replicaId: number;
        isolationLevel: number;
        maxWaitTime: number;
        minBytes: number;
        maxBytes: number;
        topics: {
          topic: string;
          partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
        }[];
      }): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>;
      listOffsets(request: {
        replicaId: number;
        isolationLevel: number;
        topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[];
      }): Promise<{
        responses: {
          topic: string;
          partitions: { partition: number; errorCode: number; offset: string }[];
        }[];
      }>;
      offsetFetch(request: {
        groupId: string;
        topics: { topic: string; partitions: { partition: number }[] }[];
      }): Promise<{
        responses: { topic: string; partitions: { partition: number; offset: string }[] }[];
      }>;
    }
  }
  export = Cluster;
}
