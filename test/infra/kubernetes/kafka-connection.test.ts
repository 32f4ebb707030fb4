import { once } from "node:events";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import { kafkaConnection } from "../../../infra/kubernetes/kafka-connection";
import { FakeApiServer } from "../../support/fake-api-server";
import { forwards } from "../../support/fake-kubelet";

const KAFKA = "kubernetes://platform/kafka:9092";
const SLICES = "/apis/discovery.k8s.io/v1/namespaces/platform/endpointslices";

let server: FakeApiServer;
beforeEach(async () => {
  server = await FakeApiServer.start();
  server.streams = forwards((bytes, answer) => answer(bytes));
});
afterEach(() => server.close());

const never = () => Promise.reject(new Error("the cluster was asked for"));

/** A connection as kafkajs makes it, to one of the brokers' names. */
async function connected(host: string, port = 9092): Promise<net.Socket> {
  const api = server.client();
  const through = { inCluster: () => false, api: async () => api };
  const { socketFactory } = kafkaConnection([KAFKA], through);
  if (socketFactory === undefined) throw new Error("there is no way through the API server");
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const socket = socketFactory({ host, port, ssl: undefined as never, onConnect: () => open() });
  const failed = once(socket, "error").then(([error]) => Promise.reject(error as Error));
  await Promise.race([opened, failed]);
  return socket;
}

it("takes other brokers as they are, and asks for no cluster", () => {
  const inCluster = () => {
    throw new Error("the machine was looked at");
  };
  const brokers = ["127.0.0.1:9094", "b:1"];
  expect(kafkaConnection(brokers, { inCluster, api: never })).toEqual({ brokers });
});

it("within the cluster is the brokers' service itself", () => {
  expect(kafkaConnection([KAFKA], { inCluster: () => true, api: never })).toEqual({
    brokers: ["kafka.platform.svc:9092"],
  });
});

it.each(["kafka-1.kafka.platform.svc", "kafka-1.kafka.platform.svc.cluster.local"])(
  "from outside goes to the broker's own pod, by its name %s",
  async (host) => {
    const socket = await connected(host, 9095);
    socket.write("ping");
    const [bytes] = (await once(socket, "data")) as [Buffer];
    expect(bytes.toString()).toBe("ping");
    expect(server.asked()).toEqual([
      "GET /api/v1/namespaces/platform/pods/kafka-1/portforward?ports=9095",
    ]);
    // As kafkajs takes leave.
    socket.end();
    socket.unref();
    await once(socket.resume(), "end");
  },
);

it("goes first to a pod of the service that is ready", async () => {
  const endpoint = (name: string, ready?: boolean) => ({
    conditions: { ready },
    targetRef: { kind: "Pod", name },
  });
  const labels = { "kubernetes.io/service-name": "kafka" };
  const endpoints = [endpoint("kafka-0", false), endpoint("kafka-2", true)];
  server.put(`${SLICES}/kafka-x`, { metadata: { labels }, endpoints });
  server.put(`${SLICES}/other`, { endpoints: [endpoint("other-0", true)] });
  (await connected("kafka.platform.svc")).destroy();
  expect(server.asked()).toEqual([
    `GET ${SLICES}?labelSelector=kubernetes.io%2Fservice-name%3Dkafka`,
    "GET /api/v1/namespaces/platform/pods/kafka-2/portforward?ports=9092",
  ]);
});

it("says where there is none", async () => {
  await expect(connected("kafka.platform.svc")).rejects.toThrow(
    "The service kafka in the namespace platform has no pod that is ready. " +
      "Fix: look at its pods: kubectl -n platform get pods.",
  );
});

it("goes to a broker that is elsewhere as it is", async () => {
  const plain = net.createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
  const socket = await connected("127.0.0.1", (plain.address() as AddressInfo).port);
  socket.write("ping");
  expect(String((await once(socket, "data"))[0])).toBe("ping");
  expect(server.asked()).toEqual([]);
  socket.destroy();
  plain.close();
});
