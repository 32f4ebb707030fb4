import type Cluster from "kafkajs/src/cluster";
import { partitionKey, type Offsets } from "./offsets";
import { Together } from "./together";

/** What of a Kafka cluster an observer asks. Throws where no broker answers. */
export interface KafkaOffsets {
  /** Names of all topics, as of the last minute. */
  topics(): Promise<readonly string[]>;
  /** Where the partitions of these topics end now; without a topic that the brokers can't tell. */
  ends(topics: readonly string[]): Promise<Offsets>;
  /** What the group has committed of these topics; without a partition of which it has not. */
  committed(group: string, topics: readonly string[]): Promise<Offsets>;
}

/** What is used of kafkajs's Cluster. */
export type KafkaCluster = Pick<
  Cluster,
  | "connect"
  | "disconnect"
  | "refreshMetadata"
  | "brokerPool"
  | "findBroker"
  | "findGroupCoordinator"
>;

interface Partition {
  topic: string;
  partition: number;
}
type Layout = ReadonlyMap<string, readonly { partitionId: number; leader: number }[]>;
type Ends = ReadonlyMap<string, readonly { partition: number; offset: number }[]>;

const LAYOUT_MS = 60_000;
/** A topic that is not there is not looked for more often. */
const LAYOUT_AGAIN_MS = 2_000;
const LATEST = -1;
const READ_UNCOMMITTED = 0;

/**
 * Offsets at one Kafka cluster for whoever asks, in few requests: one a broker for all topics that are asked for at
 * about the same time. kafkajs asks topic by topic, twice each, and fails for all where one topic is gone. A
 * connection that fails is given up; the next question opens another.
 */
export class BatchedOffsets implements KafkaOffsets {
  private cluster: KafkaCluster | undefined;
  private layout: Layout = new Map();
  private layoutMs = -Infinity;
  private readonly together = new Together((topics) =>
    this.connected((cluster) => this.endsOf(cluster, topics)),
  );

  /** `open` makes a client that is not yet connected; `clock` gives milliseconds and never goes back. */
  constructor(
    private readonly open: () => KafkaCluster,
    private readonly clock = () => performance.now(),
  ) {}

  topics(): Promise<readonly string[]> {
    return this.connected(async (cluster) => {
      await this.look(cluster, LAYOUT_MS);
      return [...this.layout.keys()];
    });
  }

  async ends(topics: readonly string[]): Promise<Offsets> {
    const found = await this.together.get(topics);
    return new Map(
      topics.flatMap((topic) =>
        (found.get(topic) ?? []).map(
          ({ partition, offset }) => [partitionKey(topic, partition), offset] as const,
        ),
      ),
    );
  }

  committed(group: string, topics: readonly string[]): Promise<Offsets> {
    return this.connected(async (cluster) => {
      await this.look(cluster, LAYOUT_MS);
      const coordinator = await cluster.findGroupCoordinator({ groupId: group });
      const asked = topics.map((topic) => ({
        topic,
        partitions: (this.layout.get(topic) ?? []).map((p) => ({ partition: p.partitionId })),
      }));
      const { responses } = await coordinator.offsetFetch({ groupId: group, topics: asked });
      const offsets = responses.flatMap(({ topic, partitions }) =>
        partitions.map((p) => [partitionKey(topic, p.partition), Number(p.offset)] as const),
      );
      return new Map(offsets.filter(([, offset]) => offset >= 0));
    });
  }

  async close(): Promise<void> {
    await this.cluster?.disconnect().catch(() => undefined);
    this.cluster = undefined;
  }

  private async connected<T>(work: (cluster: KafkaCluster) => Promise<T>): Promise<T> {
    const cluster = (this.cluster ??= this.open());
    try {
      await cluster.connect();
      return await work(cluster);
    } catch (error) {
      if (!isAnswer(error)) this.giveUp(cluster);
      throw error;
    }
  }

  private giveUp(cluster: KafkaCluster): void {
    if (this.cluster === cluster) this.cluster = undefined;
    // The next one has to learn itself where the brokers are.
    this.layoutMs = -Infinity;
    void cluster.disconnect().catch(() => undefined);
  }

  private async endsOf(cluster: KafkaCluster, topics: readonly string[]): Promise<Ends> {
    await this.look(cluster, LAYOUT_MS);
    const first = await this.ask(cluster, topics);
    const missing = topics.filter((topic) => !first.has(topic));
    if (missing.length === 0) return first;
    // Topics come, go and move from one broker to another.
    await this.look(cluster, LAYOUT_AGAIN_MS);
    const second = await this.ask(cluster, missing).catch((): Ends => new Map());
    return new Map([...first, ...second]);
  }

  /** Looks where the topics are, where it was not looked for so long. */
  private async look(cluster: KafkaCluster, forMs: number): Promise<void> {
    if (this.clock() - this.layoutMs < forMs) return;
    try {
      await cluster.refreshMetadata();
    } catch (error) {
      // One partition without a leader fails it for all; the others are where they were.
      if (!isAnswer(error) || cluster.brokerPool.metadata === null) throw error;
      return;
    }
    const { topicMetadata = [] } = cluster.brokerPool.metadata ?? {};
    this.layout = new Map(topicMetadata.map((t) => [t.topic, t.partitionMetadata]));
    this.layoutMs = this.clock();
  }

  /** Only topics of which all partitions are known. */
  private async ask(cluster: KafkaCluster, topics: readonly string[]): Promise<Ends> {
    const byLeader = new Map<number, Partition[]>();
    for (const topic of topics) {
      for (const { partitionId: partition, leader } of this.layout.get(topic) ?? []) {
        const led = byLeader.get(leader);
        if (led === undefined) byLeader.set(leader, [{ topic, partition }]);
        else led.push({ topic, partition });
      }
    }
    const answers = await fromSome(
      [...byLeader].map(([leader, led]) => this.askLeader(cluster, leader, led)),
    );
    const ends = new Map<string, { partition: number; offset: number }[]>();
    for (const { topic, ...end } of answers.flat()) {
      ends.set(topic, [...(ends.get(topic) ?? []), end]);
    }
    return new Map(
      [...ends].filter(([topic, { length }]) => length === this.layout.get(topic)?.length),
    );
  }

  /** Where the broker can't tell one partition, kafkajs has no answer for any: halves find the one. */
  private async askLeader(
    cluster: KafkaCluster,
    nodeId: number,
    led: readonly Partition[],
  ): Promise<(Partition & { offset: number })[]> {
    try {
      const broker = await cluster.findBroker({ nodeId });
      const { responses } = await broker.listOffsets({
        replicaId: -1,
        isolationLevel: READ_UNCOMMITTED,
        topics: topicsOf(led),
      });
      return responses.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
      );
    } catch (error) {
      if (!isAnswer(error)) throw error;
      if (led.length === 1) return [];
      const half = Math.ceil(led.length / 2);
      const first = await this.askLeader(cluster, nodeId, led.slice(0, half));
      return [...first, ...(await this.askLeader(cluster, nodeId, led.slice(half)))];
    }
  }
}

function topicsOf(partitions: readonly Partition[]) {
  const topics = new Map<string, { partition: number; timestamp: number }[]>();
  for (const { topic, partition } of partitions) {
    const one = { partition, timestamp: LATEST };
    const known = topics.get(topic);
    if (known === undefined) topics.set(topic, [one]);
    else known.push(one);
  }
  return [...topics].map(([topic, asked]) => ({ topic, partitions: asked }));
}

/** What was answered, where one of several brokers is away. Throws where all are. */
async function fromSome<T>(questions: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(questions);
  const answers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (answers.length === 0 && failed !== undefined) throw failed.reason;
  return answers;
}

const ANSWERS = new Set(["KafkaJSProtocolError", "KafkaJSGroupCoordinatorNotFound"]);

/** Whether a broker gave it as its answer; else the connection is at fault. */
function isAnswer(error: unknown): boolean {
  const { name, cause } = error as { name?: string; cause?: unknown };
  return ANSWERS.has(name ?? "") || (cause !== undefined && isAnswer(cause));
}
