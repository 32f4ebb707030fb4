import { once } from "node:events";
import { PodConnection } from "../../../infra/kubernetes/port-forward";
import { FakeApiServer, refusal } from "../../support/fake-api-server";
import { forwards, message } from "../../support/fake-kubelet";

let server: FakeApiServer;
beforeEach(async () => {
  server = await FakeApiServer.start();
});
afterEach(() => server.close());

function connect(find = async () => ({ namespace: "platform", pod: "kafka-0", port: 9092 })) {
  const api = server.client();
  return new PodConnection(async () => api, find);
}

it("sends what was written before it was open, and gives what comes back, without the port's number", async () => {
  server.streams = forwards((bytes, answer) => answer(`<${bytes}>`));
  const connection = connect();
  connection.write("early");
  const [first] = (await once(connection, "data")) as [Buffer];
  expect(first.toString()).toBe("<early>");
  connection.write("late");
  const [second] = (await once(connection, "data")) as [Buffer];
  expect(second.toString()).toBe("<late>");
  expect(server.calls).toMatchObject([
    {
      path: "/api/v1/namespaces/platform/pods/kafka-0/portforward?ports=9092",
      headers: { authorization: "Bearer secret", "sec-websocket-protocol": "v4.channel.k8s.io" },
    },
  ]);
  connection.destroy();
});

it("a port's number that comes in two messages, or together with data, is no data", async () => {
  server.streams = (socket) => {
    socket.send(message(0, Buffer.of(0x84)));
    socket.send(message(0, Buffer.concat([Buffer.of(0x23), Buffer.from("data")])));
  };
  const connection = connect();
  const [bytes] = (await once(connection, "data")) as [Buffer];
  expect(bytes.toString()).toBe("data");
  connection.destroy();
});

it("tells when it is open, ends with the other side, and closes when it is ended", async () => {
  const closed: number[] = [];
  server.streams = forwards((bytes, answer, socket) => {
    answer(bytes);
    socket.close();
  });
  const connection = connect();
  await once(connection, "connect");
  connection.write("x");
  connection.resume();
  await once(connection, "end");
  server.streams = (socket) => void socket.on("close", (code) => closed.push(code));
  const second = connect();
  await once(second, "connect");
  second.resume();
  const over = Promise.all(["end", "close"].map((event) => once(second, event)));
  second.end();
  await over;
  while (closed.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
});

it.each<[string, () => void, string]>([
  [
    "the pod does not listen",
    () => {
      server.streams = (socket) => {
        socket.send(message(1, Buffer.of(0x84, 0x23)));
        socket.send(message(1, "error forwarding port 9092 to pod: connection refused\n"));
      };
    },
    "connection refused",
  ],
  [
    "there is no such pod",
    () => server.inject(/./, { status: 404, body: refusal(404, 'pods "kafka-0" not found') }),
    'pods "kafka-0" not found',
  ],
  ["there is no answer", () => server.inject(/./, "cut"), "hang up"],
])("fails where %s", async (_, happen, said) => {
  happen();
  const connection = connect();
  connection.write("x");
  const [error] = (await once(connection, "error")) as [Error];
  expect(error.message).toContain(said);
  expect(connection.destroyed).toBe(true);
});

it("fails where it is not known where it goes", async () => {
  const connection = connect(() => Promise.reject(new Error("no pod is ready")));
  const [error] = (await once(connection, "error")) as [Error];
  expect(error.message).toBe("no pod is ready");
});

it("keeps the order and all of what is large, also for a reader that is slow", async () => {
  const chunks = Array.from({ length: 300 }, (_, i) => Buffer.alloc(4_096, String(i % 10)));
  server.streams = forwards((bytes, answer, socket) => {
    expect(bytes.toString()).toBe("go");
    for (const chunk of chunks) answer(chunk);
    socket.close();
  });
  const connection = connect();
  connection.write("go");
  const parts: Buffer[] = [];
  for await (const part of connection) {
    parts.push(part as Buffer);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(Buffer.concat(parts).equals(Buffer.concat(chunks))).toBe(true);
});
