import { Kafka, logLevel, type Admin, type RetryOptions } from "kafkajs";
import { UserError } from "../../infra/errors";
import { sleep } from "../../infra/flink/wait";
import { kafkaConnection } from "../../infra/kubernetes/kafka-connection";

/**
 * Why kafkajs: the newer TypeScript client needs Node 22, the native one downloads a binary when it is installed.
 * Retries span a broker's restart: about a minute in all.
 */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 2000, multiplier: 1.5, retries: 35 };

const LOADING_MS = 15_000;

/** A client for `brokers` (as kafkaConnection takes them), silent: whoever uses it reports its errors. */
export function kafkaClient(brokers: readonly string[], retry: RetryOptions = RETRY): Kafka {
  return new Kafka({
    clientId: "flinktide",
    ...kafkaConnection(brokers),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3000,
    requestTimeout: 15_000,
    retry,
  });
}

/** Runs `work` with a connected admin client and disconnects it. Throws UserError when no broker answers. */
export async function withAdmin<T>(
  brokers: readonly string[],
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafkaClient(brokers, { ...RETRY, retries: 5 }).admin();
  try {
    await admin.connect().catch((error: unknown) => {
      throw unreachable(brokers, error);
    });
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Creates the topics that are missing, with so many partitions each; those that exist stay as they are. */
export async function createTopics(
  brokers: readonly string[],
  partitions: Record<string, number>,
): Promise<void> {
  await withAdmin(brokers, (admin) =>
    admin.createTopics({
      waitForLeaders: true,
      topics: Object.entries(partitions).map(([topic, numPartitions]) => ({
        topic,
        numPartitions,
        replicationFactor: 1,
      })),
    }),
  );
}

/** Throws UserError when a topic does not exist. */
export async function requireTopics(
  brokers: readonly string[],
  topics: readonly string[],
): Promise<void> {
  const known = await withAdmin(brokers, (admin) => admin.listTopics());
  const missing = topics.filter((topic) => !known.includes(topic));
  if (missing.length === 0) return;
  const there = known.filter((topic) => !topic.startsWith("__")).join(", ") || "none";
  throw new UserError(`no such topic at ${brokers.join(",")}: ${missing.join(", ")}`, [
    {
      path: "topic",
      value: missing[0],
      fault: "the broker does not have it",
      fix: `one of its topics (${there}), or create it first`,
    },
  ]);
}

/**
 * Records in `topic` that `group` has not read yet: end of the topic less the offsets the group committed, summed
 * over the partitions. A partition without a commit counts from its beginning.
 */
export async function lagRecords(
  brokers: readonly string[],
  topic: string,
  group: string,
): Promise<number> {
  return withAdmin(brokers, (admin) => lagWith(admin, topic, group));
}

/** A coordinator that is new to a group loads for a moment what it is to know; kafkajs does not wait for it there. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + LOADING_MS; ; await sleep(RETRY.initialRetryTime)) {
    try {
      return await ask();
    } catch (error) {
      const passes = (error as { retriable?: boolean }).retriable === true;
      if (!passes || Date.now() >= deadline) throw error;
    }
  }
}

/** As lagRecords, over a connection that stays open: for a caller that asks every second. */
export async function lagWith(admin: Admin, topic: string, group: string): Promise<number> {
  const [ends, groups] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    patiently(() => admin.fetchOffsets({ groupId: group, topics: [topic] })),
  ]);
  const committed = new Map(
    groups.flatMap((entry) => entry.partitions.map((p) => [p.partition, Number(p.offset)])),
  );
  return ends.reduce((sum, { partition, high, low }) => {
    const at = committed.get(partition) ?? -1;
    return sum + Math.max(0, Number(high) - (at < 0 ? Number(low) : at));
  }, 0);
}

export function unreachable(brokers: readonly string[], error: unknown): UserError {
  return new UserError(`no Kafka broker answers: ${(error as Error).message}`, [
    {
      path: "brokers",
      value: brokers.join(","),
      fault: "nothing there speaks Kafka",
      fix: "the host:port of a running broker as this machine reaches it",
    },
  ]);
}
