import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { Producer } from "kafkajs";
import { createTopics, kafkaClient } from "../workload/kafka";
import type { Resized } from "./conductor-actuator";
import { answerQuestions } from "./conductor-ipc";
import { PlayedCluster, type PlayedTenant, type Recording } from "./conductor-recording";

/** What the world of a measurement is asked; it answers a start with the ports of the clusters. */
export type WorldQuestion =
  | { begin: { recording: Recording; brokers: string; tenants: Record<string, PlayedTenant> } }
  | { watch: { page: string } }
  | { goOn: { records: number; resized: Resized[] } };

/** Everything that a conductor looks at, beside Prometheus: recorded clusters, a port each, and a real Kafka. */
class World {
  private readonly clusters = new Map<string, PlayedCluster>();
  private readonly byTopic = new Map<string, PlayedCluster>();

  private constructor(private readonly producer: Producer) {}

  static async begin({
    recording,
    brokers,
    tenants,
  }: Extract<WorldQuestion, { begin: object }>["begin"]) {
    const producer = kafkaClient([brokers]).producer();
    await producer.connect();
    const world = new World(producer);
    const topics = Object.values(tenants).map(({ topic }) => [topic, 1] as const);
    await createTopics([brokers], Object.fromEntries(topics));
    const ports: Record<string, number> = {};
    for (const [name, tenant] of Object.entries(tenants)) {
      const cluster = new PlayedCluster(recording, tenant);
      world.clusters.set(name, cluster);
      world.byTopic.set(tenant.topic, cluster);
      ports[name] = await serve(cluster);
    }
    return { world, ports };
  }

  /** Every tenant gets so many records, and its job reads them. */
  async goOn({
    records,
    resized,
  }: {
    records: number;
    resized: readonly Resized[];
  }): Promise<void> {
    for (const { tenant, ...size } of resized) {
      Object.assign(this.clusters.get(tenant) ?? {}, size);
    }
    const messages = Array.from({ length: records }, () => ({ value: "call me ishmael" }));
    const topicMessages = [...this.byTopic.keys()].map((topic) => ({ topic, messages }));
    // More than asked for where the client had to send some again.
    for (const { topicName, baseOffset } of await this.producer.sendBatch({ topicMessages })) {
      const cluster = this.byTopic.get(topicName);
      if (cluster !== undefined) cluster.lastOffset = Number(baseOffset) + records - 1;
    }
  }

  async end(): Promise<void> {
    await this.producer.disconnect();
  }
}

async function serve(cluster: PlayedCluster): Promise<number> {
  const server = http.createServer((request, response) => {
    const body = cluster.answer(request.url ?? "", Date.now());
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { errors: ["not recorded"] }));
  });
  // As Flink's server, it doesn't close what is kept open.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** As the page in a browser does. */
async function watchPage(url: string): Promise<void> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get(`${url}/events`, resolve).on("error", reject);
  });
  response.resume();
}

function main(): void {
  let world: World | undefined;
  answerQuestions<WorldQuestion>(
    async (question) => {
      if ("watch" in question) return watchPage(question.watch.page);
      if ("goOn" in question) return world?.goOn(question.goOn);
      const begun = await World.begin(question.begin);
      world = begun.world;
      return begun.ports;
    },
    async () => world?.end(),
  );
}

if (require.main === module) main();
