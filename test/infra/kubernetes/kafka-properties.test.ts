import { clusterId, kafkaProperties } from "../../../infra/kubernetes/kafka-properties";

const of = (brokers: number) =>
  kafkaProperties({ service: "kafka", namespace: "ns", brokers, podName: "$(POD_NAME)" }).split(
    "\n",
  );

it("one broker keeps to itself", () => {
  expect(of(1)).toEqual([
    "controller.quorum.voters=1@localhost:9093",
    "listeners=INSIDE://:9092,CONTROLLER://localhost:9093",
    "advertised.listeners=INSIDE://$(POD_NAME).kafka.ns.svc:9092",
    "default.replication.factor=1",
    "min.insync.replicas=1",
    "offsets.topic.replication.factor=1",
    "transaction.state.log.replication.factor=1",
    "transaction.state.log.min.isr=1",
  ]);
});

it.each([
  [3, 3, 2],
  [5, 3, 2],
])("%i brokers keep each record %i times, and need %i to take it", (brokers, replicas, least) => {
  const voters = Array.from({ length: brokers }, (_, i) => `${i + 1}@kafka-${i}.kafka.ns.svc:9093`);
  expect(of(brokers)).toEqual([
    `controller.quorum.voters=${voters.join(",")}`,
    "listeners=INSIDE://:9092,CONTROLLER://:9093",
    "advertised.listeners=INSIDE://$(POD_NAME).kafka.ns.svc:9092",
    `default.replication.factor=${replicas}`,
    `min.insync.replicas=${least}`,
    `offsets.topic.replication.factor=${replicas}`,
    `transaction.state.log.replication.factor=${replicas}`,
    `transaction.state.log.min.isr=${least}`,
  ]);
});

it("brokers of one namespace have one id, and those of another have another", () => {
  expect(clusterId("a")).toMatch(/^[\w-]{22}$/);
  expect(clusterId("a")).toBe(clusterId("a"));
  expect(clusterId("a")).not.toBe(clusterId("b"));
});
