import {
  BatchedOffsets,
  type KafkaCluster,
} from "../../../../stacks/conductor/observe/kafka-offsets";

interface Topic {
  ends: number[];
  /** The brokers that lead its partitions. @default 1 each */
  leaders?: number[];
  /** The broker no longer has it, although the metadata names it. */
  gone?: boolean;
}

const answerError = () => Object.assign(new Error("no such"), { name: "KafkaJSProtocolError" });
const connectionError = () => Object.assign(new Error("away"), { name: "KafkaJSConnectionError" });

/** Brokers as kafkajs shows them: one bad partition, and no answer at all. */
class FakeBrokers {
  topics: Record<string, Topic> = { a: { ends: [1, 2] }, b: { ends: [3] }, c: { ends: [4] } };
  readonly away = new Set<number>();
  readonly requests: string[] = [];
  opened = 0;
  closed = 0;
  looks = 0;
  badLayout = false;

  open(): KafkaCluster {
    this.opened += 1;
    let metadata: KafkaCluster["brokerPool"]["metadata"] = null;
    return {
      connect: async () => this.require(1),
      disconnect: async () => void (this.closed += 1),
      refreshMetadata: async () => {
        this.require(1);
        this.looks += 1;
        if (this.badLayout) throw answerError();
        metadata = { topicMetadata: Object.entries(this.topics).map(layoutOf) };
      },
      brokerPool: {
        get metadata() {
          return metadata;
        },
      },
      findBroker: async ({ nodeId }) => {
        if (metadata === null) throw Object.assign(new Error("unknown"), { name: "KafkaJSError" });
        return this.broker(nodeId);
      },
      findGroupCoordinator: async () => this.broker(1),
    };
  }

  private broker(nodeId: number) {
    this.require(nodeId);
    type Broker = Awaited<ReturnType<KafkaCluster["findBroker"]>>;
    const listOffsets: Broker["listOffsets"] = async ({ topics }) => {
      const names = topics.map(({ topic }) => topic);
      this.requests.push(`${nodeId}: ${names.join(" ")}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (!names.every((name) => this.has(name))) {
        throw answerError();
      }
      return {
        responses: topics.map(({ topic, partitions }) => ({
          topic,
          partitions: partitions.map(({ partition }) => ({
            ...{ partition, errorCode: 0 },
            offset: String(this.topics[topic]?.ends[partition]),
          })),
        })),
      };
    };
    const offsetFetch: Broker["offsetFetch"] = async ({ topics }) => ({
      responses: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({
          partition,
          offset: partition === 0 ? "7" : "-1",
        })),
      })),
    });
    return { listOffsets, offsetFetch } as Broker;
  }

  private has(name: string): boolean {
    return this.topics[name] !== undefined && this.topics[name].gone !== true;
  }

  private require(broker: number): void {
    if (this.away.has(broker)) throw connectionError();
  }
}

function layoutOf([topic, { ends, leaders = [] }]: [string, Topic]) {
  return {
    topic,
    partitionMetadata: ends.map((_, id) => ({ partitionId: id, leader: leaders[id] ?? 1 })),
  };
}

let brokers: FakeBrokers;
let clockMs: number;
let offsets: BatchedOffsets;
beforeEach(() => {
  brokers = new FakeBrokers();
  clockMs = 0;
  offsets = new BatchedOffsets(
    () => brokers.open(),
    () => clockMs,
  );
});

const seen = async (...topics: string[]) => Object.fromEntries(await offsets.ends(topics));

test("what is asked at about the same time is one request, and each gets its own", async () => {
  const asked = [seen("a"), seen("b", "a"), seen("c")];
  expect(await Promise.all(asked)).toEqual([
    { "a/0": 1, "a/1": 2 },
    { "b/0": 3, "a/0": 1, "a/1": 2 },
    { "c/0": 4 },
  ]);
  expect(brokers.requests).toEqual(["1: a b c"]);
});

test("what is asked during a request is gathered for the next", async () => {
  await seen("a");
  const first = seen("a");
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([first, seen("b"), seen("c")]);
  expect(brokers.requests).toEqual(["1: a", "1: a", "1: b c"]);
  expect([brokers.opened, brokers.looks]).toEqual([1, 1]);
});

test("each broker is asked for what it leads", async () => {
  brokers.topics["c"] = { ends: [4], leaders: [2] };
  expect(await seen("a", "b", "c")).toEqual({ "a/0": 1, "a/1": 2, "b/0": 3, "c/0": 4 });
  expect(brokers.requests).toEqual(["1: a b", "2: c"]);
});

test("a topic that is gone takes no other with it", async () => {
  await seen("a");
  brokers.topics["b"] = { ends: [3], gone: true };
  expect(await seen("a", "b", "c")).toEqual({ "a/0": 1, "a/1": 2, "c/0": 4 });
  expect([brokers.opened, brokers.closed]).toEqual([1, 0]);
});

test("a topic of which one partition can't be told is left out altogether", async () => {
  brokers.topics["b"] = { ends: [3, 4], leaders: [1, 2] };
  expect(await seen("a", "b")).toEqual({ "a/0": 1, "a/1": 2, "b/0": 3, "b/1": 4 });
  brokers.away.add(2);
  expect(await seen("a", "b")).toEqual({ "a/0": 1, "a/1": 2 });
  await expect(seen("c", "b")).resolves.toEqual({ "c/0": 4 });
  expect([brokers.opened, brokers.closed]).toEqual([1, 0]);
});

test("a new topic is looked for, but not with every question", async () => {
  await seen("a");
  expect(await seen("new")).toEqual({});
  brokers.topics["new"] = { ends: [9] };
  expect(await seen("new")).toEqual({});
  clockMs = 2000;
  expect(await seen("new")).toEqual({ "new/0": 9 });
  expect(brokers.looks).toBe(2);
});

test("where the topics are is looked up each minute; a look that fails leaves what was known", async () => {
  await seen("a");
  brokers.badLayout = true;
  clockMs = 60_000;
  expect(await seen("a")).toEqual({ "a/0": 1, "a/1": 2 });
  expect(brokers.looks).toBe(2);
  expect(brokers.opened).toBe(1);
});

test("a broker that was away is connected to anew by the next question", async () => {
  await seen("a");
  brokers.away.add(1);
  await expect(Promise.all([seen("a"), seen("b")])).rejects.toThrow("away");
  await expect(seen("a")).rejects.toThrow("away");
  brokers.away.clear();
  expect(await seen("a")).toEqual({ "a/0": 1, "a/1": 2 });
  expect([brokers.opened, brokers.closed]).toEqual([3, 2]);
});

test("names of topics, and what a group has committed", async () => {
  expect(await offsets.topics()).toEqual(["a", "b", "c"]);
  expect(await offsets.committed("g", ["a", "b", "none"])).toEqual(
    new Map([
      ["a/0", 7],
      ["b/0", 7],
    ]),
  );
});
