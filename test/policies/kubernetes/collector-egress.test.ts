import { collectorSchema } from "../../../policies/collector";
import { collectorEgress, egressProblems } from "../../../policies/kubernetes/collector-egress";

const spec = (database: object, sink: object = {}) =>
  collectorSchema.parse({
    name: "orders",
    database: { host: "203.0.113.7", port: 3306, passwordKey: "collector:database", ...database },
    sink,
  });
const NETWORKS = ["203.0.113.0/24", "198.51.100.0/24"];

describe("a collector may go", () => {
  it.each<[string, object, object, string[]]>([
    ["to the address of its database", {}, {}, ["203.0.113.7/32 3306"]],
    [
      "to the networks that are given, of an address too",
      { networks: NETWORKS },
      {},
      ["203.0.113.0/24 3306", "198.51.100.0/24 3306"],
    ],
    ["nowhere by itself where it is told so", { host: "db", networks: [] }, {}, []],
    [
      "to the addresses of its brokers, each on its port",
      {},
      { endpoint: "kafka://203.0.113.7:3306,203.0.113.8:9093" },
      ["203.0.113.7/32 3306", "203.0.113.8/32 9093"],
    ],
    [
      "to DataHub on Kafka's port",
      { networks: [] },
      { endpoint: "https://datahub.example.com", networks: ["198.51.100.0/24"] },
      ["198.51.100.0/24 9092"],
    ],
    [
      "to DataHub on the port that is given",
      { networks: [] },
      { endpoint: "https://datahub.example.com:9443", networks: ["198.51.100.0/24"] },
      ["198.51.100.0/24 9443"],
    ],
  ])("%s", (_, database, sink, expected) => {
    const credentials = { accessId: "ann", accessKeyKey: "collector:datahub" };
    const egress = collectorEgress(spec(database, { ...credentials, ...sink }));
    expect(egress.map(({ cidr, port }) => `${cidr} ${port}`)).toEqual(expected);
  });
});

describe("what is refused", () => {
  it("is a name without networks", () => {
    const problems = egressProblems([
      spec({}),
      spec({ host: "db.internal" }, { endpoint: "kafka://203.0.113.8:9092,broker:9092" }),
    ]);
    expect(problems).toEqual([
      {
        path: "collectors[1].database.host",
        value: "db.internal",
        fault: "NetworkPolicies know addresses only, and this is a name",
        fix: "give its networks under database.networks, such as 203.0.113.0/24; an empty list where a NetworkPolicy of your own lets it through",
      },
      expect.objectContaining({ path: "collectors[1].sink.endpoint", value: "broker" }),
    ]);
  });

  it("is no name whose networks are given, be there none", () => {
    expect(egressProblems([spec({ host: "db", networks: NETWORKS })])).toEqual([]);
    expect(egressProblems([spec({ host: "db", networks: [] })])).toEqual([]);
  });

  it("is what is no network", () => {
    expect(() => spec({ networks: ["203.0.113.7"] })).toThrow("it is not an IPv4 network");
  });
});
