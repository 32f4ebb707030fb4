import Cluster from "kafkajs/src/cluster";
import socketFactory from "kafkajs/src/network/socketFactory";
import { kafkaConnection } from "../../infra/kubernetes/kafka-connection";
import { committedOnly, type Transactional } from "./aborted";
import { kafkaClient, unreachable } from "./kafka";

/** One committed record. `offset` and `partition` say where it lies; `timestampMs` is what its producer wrote. */
export interface TopicRecord extends Transactional {
  partition: number;
  timestampMs: number;
  value: Buffer | null;
}

export interface TopicReaderOptions {
  /** As kafkaConnection takes them. */
  brokers: readonly string[];
  topic: string;
  /** Where to start. */
  from: "beginning" | "end";
  /** How long an absent broker is waited for before poll throws. @default 60000 */
  patienceMs?: number;
  /** Also records whose transaction is still open, or was rolled back. @default false */
  uncommitted?: boolean;
}

/** Ends of a partition: `stable` is where readers of committed records stop, `high` the end of the log. */
export interface PartitionEnds {
  stable: number;
  high: number;
}

const READ_COMMITTED = 1;
const READ_UNCOMMITTED = 0;
const LATEST = -1;
const EARLIEST = -2;
const PARTITION_BYTES = 256 * 1024;
const RETRY_PAUSE_MS = 200;
/** Broker error codes that a fresh look at the metadata cures. */
const RETRIABLE_CODES = new Set([3, 5, 6, 7, 9, 56, 74, 75, 76]);

/**
 * Reads the records of one topic by offset, only committed ones unless told otherwise, without a consumer group: nothing is left behind at the
 * broker, a restart of the broker neither skips nor repeats a record, and the ends are known exactly. kafkajs offers
 * that only behind its public face (and its own filter of rolled-back records leaks, see aborted.ts).
 */
export class TopicReader {
  private readonly cluster: Cluster;
  private readonly positions = new Map<number, number>();

  private constructor(private readonly options: TopicReaderOptions) {
    this.cluster = new Cluster({
      logger: kafkaClient(options.brokers).logger(),
      socketFactory: socketFactory(),
      ...kafkaConnection(options.brokers),
      clientId: "flinktide-reader",
      connectionTimeout: 3000,
      requestTimeout: 15_000,
      enforceRequestTimeout: true,
      metadataMaxAge: 60_000,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 3 },
    });
  }

  /** Connects and finds its place. Throws UserError when no broker answers. */
  static async open(options: TopicReaderOptions): Promise<TopicReader> {
    const reader = new TopicReader(options);
    try {
      await reader.cluster.connect();
      await reader.cluster.addTargetTopic(options.topic);
    } catch (error) {
      await reader.close();
      throw unreachable(options.brokers, error);
    }
    const places = await reader.offsets(options.from === "end" ? LATEST : EARLIEST, READ_COMMITTED);
    for (const [partition, offset] of places) reader.positions.set(partition, offset);
    return reader;
  }

  /** The offset that comes next, per partition. */
  position(partition: number): number {
    return this.positions.get(partition) ?? 0;
  }

  /** Where the partitions end now. */
  async ends(): Promise<Map<number, PartitionEnds>> {
    const stable = await this.offsets(LATEST, READ_COMMITTED);
    const high = await this.offsets(LATEST, READ_UNCOMMITTED);
    return new Map(
      [...stable].map(([partition, offset]) => [
        partition,
        { stable: offset, high: high.get(partition) ?? offset },
      ]),
    );
  }

  /** Whether everything before these ends has been read. */
  reached(ends: ReadonlyMap<number, PartitionEnds>): boolean {
    return [...ends].every(([partition, { stable }]) => this.position(partition) >= stable);
  }

  /** The next records of all partitions; empty when none came within `maxWaitMs`. */
  async poll(maxWaitMs: number): Promise<TopicRecord[]> {
    return this.patiently(async () => {
      const leaders = [...this.byLeader()];
      const fetched = await Promise.all(
        leaders.map(([nodeId, partitions]) => this.fetchFrom(nodeId, partitions, maxWaitMs)),
      );
      const parts = fetched.flat();
      const failed = parts.find((part) => part.errorCode !== 0);
      // Before any position moves: a second try must see all of it again.
      if (failed !== undefined) throw new BrokerError(failed.errorCode);
      return parts.flatMap((part) => this.take(part));
    });
  }

  async close(): Promise<void> {
    await this.cluster.disconnect();
  }

  private async fetchFrom(
    nodeId: number,
    partitions: readonly number[],
    maxWaitMs: number,
  ): Promise<Cluster.FetchedPartition[]> {
    const broker = await this.cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      replicaId: -1,
      isolationLevel: this.options.uncommitted ? READ_UNCOMMITTED : READ_COMMITTED,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes: 16 * PARTITION_BYTES,
      topics: [
        {
          topic: this.options.topic,
          partitions: partitions.map((partition) => ({
            partition,
            fetchOffset: String(this.position(partition)),
            maxBytes: PARTITION_BYTES,
          })),
        },
      ],
    });
    return responses.flatMap((response) => response.partitions);
  }

  /** Moves past what was fetched, markers included, and gives the records in it. */
  private take(part: Cluster.FetchedPartition): TopicRecord[] {
    const from = this.position(part.partition);
    const last = part.messages.at(-1);
    if (last === undefined) return [];
    const end = Number(last.batchContext.firstOffset) + last.batchContext.lastOffsetDelta;
    this.positions.set(part.partition, Math.max(from, end + 1));
    const records = part.messages.map((message) => toRecord(part.partition, message));
    const aborted = (part.abortedTransactions ?? []).map((transaction) => ({
      producerId: transaction.producerId,
      firstOffset: Number(transaction.firstOffset),
    }));
    // A fetch gives whole batches: the first one may begin before the place asked for.
    return committedOnly(records, aborted).filter((record) => record.offset >= from);
  }

  private async offsets(timestamp: number, isolationLevel: number): Promise<Map<number, number>> {
    return this.patiently(async () => {
      const found = new Map<number, number>();
      for (const [nodeId, partitions] of this.byLeader()) {
        const broker = await this.cluster.findBroker({ nodeId });
        const { responses } = await broker.listOffsets({
          replicaId: -1,
          isolationLevel,
          topics: [
            {
              topic: this.options.topic,
              partitions: partitions.map((partition) => ({ partition, timestamp })),
            },
          ],
        });
        for (const part of responses.flatMap((response) => response.partitions)) {
          if (part.errorCode !== 0) throw new BrokerError(part.errorCode);
          found.set(part.partition, Number(part.offset));
        }
      }
      return found;
    });
  }

  private byLeader(): Map<number, number[]> {
    const leaders = new Map<number, number[]>();
    for (const part of this.cluster.findTopicPartitionMetadata(this.options.topic)) {
      if (part.leader < 0) throw new BrokerError(5);
      leaders.set(part.leader, [...(leaders.get(part.leader) ?? []), part.partitionId]);
    }
    if (leaders.size === 0) throw new BrokerError(3);
    return leaders;
  }

  /** Runs `work` again while the broker is away or moves, for as long as the reader's patience lasts. */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    const giveUpAt = Date.now() + (this.options.patienceMs ?? 60_000);
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isPassing(error) || Date.now() > giveUpAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
        await this.reconnect();
      }
    }
  }

  private async reconnect(): Promise<void> {
    try {
      if (!this.cluster.isConnected()) await this.cluster.connect();
      await this.cluster.refreshMetadata();
    } catch {
      // Still away: the next try of the work itself finds out.
    }
  }
}

class BrokerError extends Error {
  constructor(readonly code: number) {
    super(`the broker answers with error code ${code}`);
    this.name = "BrokerError";
  }
}

/** Whether waiting may help: the broker is away, restarts, or its partitions are moving. */
function isPassing(error: unknown): boolean {
  if (error instanceof BrokerError) return RETRIABLE_CODES.has(error.code);
  const { name, retriable } = error as { name?: string; retriable?: boolean };
  return retriable === true || (name ?? "").startsWith("KafkaJS");
}

function toRecord(partition: number, message: Cluster.Message): TopicRecord {
  return {
    partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key,
    value: message.value,
    isControl: message.isControlRecord,
    inTransaction: message.batchContext.inTransaction,
    producerId: message.batchContext.producerId,
  };
}
