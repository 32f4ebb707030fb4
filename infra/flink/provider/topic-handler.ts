import { isDeepStrictEqual } from "node:util";
import { Kafka, logLevel, type Admin } from "kafkajs";
import { z } from "zod";
import { UserError } from "../../errors";
import { kafkaConnection } from "../../kubernetes/kafka-connection";
import { waitFor } from "../wait";
import { checkAgainst, hasUnknowns, type ResourceHandler } from "./resource-handler";

/** The inputs of the resource `flink:index:Topic`. */
export const topicSchema = z.strictObject({
  /** host:port of a broker as this machine reaches it, or `kubernetes://NAMESPACE/SERVICE:PORT`; several with commas. */
  bootstrapServers: z.string().min(1),
  name: z.string().min(1),
  partitions: z.int().positive(),
});
export type TopicInput = z.input<typeof topicSchema>;
type Topic = z.output<typeof topicSchema>;

/** A broker that has just been started needs some seconds, and a new topic a moment until it has a leader. */
const PATIENCE_MS = 60_000;
const RETRY_PAUSE_MS = 500;
/** What a broker has done, it tells a moment later. */
const TOLD_MS = 10_000;

/** Runs work that can be repeated, until it succeeds; what will not change by waiting is thrown at once. */
async function withAdmin<T>(topic: Topic, work: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = new Kafka({
    clientId: "flinktide",
    ...kafkaConnection(topic.bootstrapServers.split(",")),
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: 2_000,
  });
  let last: unknown;
  const done = await waitFor(
    async () => {
      const admin = kafka.admin();
      try {
        await admin.connect();
        return { value: await work(admin) };
      } catch (error) {
        if (!isTransient(error)) throw error;
        last = error;
        return undefined;
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    },
    PATIENCE_MS,
    RETRY_PAUSE_MS,
  );
  if (done !== undefined) return done.value;
  const { bootstrapServers, name } = topic;
  throw new UserError(
    `Kafka at ${bootstrapServers} does not do what topic ${name} needs: ${String(last)}. ` +
      "Fix: see that the broker runs and look at its log, then run again.",
  );
}

/** kafkajs wraps the last error of its own attempts. */
function isTransient(error: unknown): boolean {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return [error, inner].some((e) => (e as { retriable?: boolean }).retriable === true);
}

async function partitionsOf(admin: Admin, name: string): Promise<number | undefined> {
  if (!(await admin.listTopics()).includes(name)) return undefined;
  const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
  return topics[0]?.partitions.length;
}

/** Waits until the broker tells of what was done, so that whoever looks next finds it. */
async function told(
  admin: Admin,
  name: string,
  fits: (partitions: number | undefined) => boolean,
): Promise<void> {
  await waitFor(async () => fits(await partitionsOf(admin, name)) || undefined, TOLD_MS);
}

async function ensure(input: unknown): Promise<Topic> {
  const topic = topicSchema.parse(input);
  await withAdmin(topic, async (admin) => {
    const present = await partitionsOf(admin, topic.name);
    if (present === undefined) {
      const numPartitions = topic.partitions;
      await admin.createTopics({
        waitForLeaders: false,
        topics: [{ topic: topic.name, numPartitions }],
      });
    } else if (present < topic.partitions) {
      const topicPartitions = [{ topic: topic.name, count: topic.partitions }];
      await admin.createPartitions({ topicPartitions });
    } else return;
    await told(admin, topic.name, (seen = 0) => seen >= topic.partitions);
  });
  return topic;
}

/** A Kafka topic of a tenant. Partitions can be added, not taken away; deleting it deletes its records. */
export const topicHandler: ResourceHandler = {
  inputs: Object.keys(topicSchema.shape),
  outputs: Object.keys(topicSchema.shape),

  check: (news) => checkAgainst(topicSchema, news),

  async diff(olds, news) {
    if (hasUnknowns(news)) return { changes: true };
    const [old, wanted] = [topicSchema.parse(olds), topicSchema.parse(news)];
    const replaces = old.name === wanted.name ? [] : ["name"];
    const fewer = wanted.partitions < old.partitions;
    return {
      changes: !isDeepStrictEqual(old, wanted),
      replaces: fewer ? [...replaces, "partitions"] : replaces,
      deleteBeforeReplace: fewer,
    };
  },

  async create(inputs) {
    const outs = await ensure(inputs);
    return { id: outs.name, outs };
  },

  async read(id, props) {
    const topic = topicSchema.parse(props);
    const partitions = await withAdmin(topic, (admin) => partitionsOf(admin, topic.name));
    if (partitions === undefined) return {};
    const seen = { ...topic, partitions };
    return { id, props: seen, inputs: seen };
  },

  update: (_olds, news) => ensure(news),

  async delete(props) {
    const topic = topicSchema.parse(props);
    await withAdmin(topic, async (admin) => {
      if ((await partitionsOf(admin, topic.name)) === undefined) return;
      await admin.deleteTopics({ topics: [topic.name] });
      await told(admin, topic.name, (seen) => seen === undefined);
    });
  },
};
