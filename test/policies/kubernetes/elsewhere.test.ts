import { serviceOf, whereIs } from "../../../policies/kubernetes/elsewhere";

describe("a service of the cluster", () => {
  it.each([
    ["kafka.streams.svc", "kafka", "streams"],
    ["kafka.streams.svc.cluster.local", "kafka", "streams"],
    ["broker-0.brokers.streams.svc", "brokers", "streams"],
    ["broker-0.brokers.streams.svc.k8s.example.com", "brokers", "streams"],
  ])("is what %s names", (host, service, namespace) => {
    expect(serviceOf(host)).toEqual({ service, namespace });
  });

  it.each(["kafka", "kafka.streams", "kafka.example.com", "203.0.113.7", "a.b.c.streams.svc"])(
    "is not what %s names",
    (host) => expect(serviceOf(host)).toBeUndefined(),
  );
});

it("servers are in their services' namespaces, at their addresses, and where the rest is said to be", () => {
  const servers = [
    { host: "b-1.brokers.streams.svc", port: 9094 },
    { host: "b-0.brokers.streams.svc", port: 9092 },
    { host: "203.0.113.7", port: 9092 },
    { host: "kafka.example.com", port: 9092 },
  ];
  expect(whereIs(servers, ["198.51.100.0/24"])).toEqual({
    namespaces: ["streams"],
    networks: ["198.51.100.0/24", "203.0.113.7/32"],
    ports: [9092, 9094],
  });
  expect(whereIs([{ host: "kafka.example.com", port: 9092 }])).toEqual({
    ...{ namespaces: [], networks: [], ports: [9092] },
  });
});
