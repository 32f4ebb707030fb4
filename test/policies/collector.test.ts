import { collectorSchema, collectorsSchema, topicsFor } from "../../policies/collector";
import { problemsOf } from "../../policies/problem";

const database = { host: "db.example.com", passwordKey: "collector:database" };
const one = (name: string, more: object = {}) => ({ name, database: { ...database, ...more } });
const problems = (raw: unknown) => {
  const parsed = collectorsSchema.safeParse(raw);
  return parsed.success
    ? []
    : problemsOf(parsed.error, raw).map(({ path, fault }) => `${path}: ${fault}`);
};

describe("a collector", () => {
  it("has the deployment guide's defaults", () => {
    expect(collectorSchema.parse(one("orders"))).toEqual({
      name: "orders",
      database: {
        type: "oceanbase",
        host: "db.example.com",
        port: 2881,
        username: "root",
        passwordKey: "collector:database",
        schema: "test",
      },
      sink: {
        project: "realtime-pipeline",
        topic: "cdc-events",
        partitions: 1,
        consumerGroup: "cdc-collector-group",
      },
      retry: { maxAttempts: 3, backoff: 2000 },
      logLevel: "INFO",
      heap: 512,
      cpus: 1,
    });
  });

  it.each([
    ["https://datahub.aliyuncs.com", true],
    ["https://datahub.aliyuncs.com:9093", true],
    ["kafka://a:9092,b:9092", true],
    ["http://datahub.aliyuncs.com", false],
    ["https://datahub.aliyuncs.com/x", false],
    ["kafka://a", false],
    ["kafka:9092", false],
  ])("takes the endpoint %s: %s", (endpoint, taken) => {
    const sink = { endpoint, accessId: "id", accessKeyKey: "collector:datahub" };
    expect(collectorSchema.safeParse({ ...one("orders"), sink }).success).toBe(taken);
  });

  it("needs DataHub's credentials for DataHub alone", () => {
    const to = (endpoint: string) => problems([{ ...one("orders"), sink: { endpoint } }]);
    expect(to("kafka://a:9092")).toEqual([]);
    expect(to("https://datahub.aliyuncs.com")).toEqual([
      "[0].sink.accessId: DataHub wants it, and it is missing",
      "[0].sink.accessKeyKey: DataHub wants it, and it is missing",
    ]);
  });

  it("gives no place to a password", () => {
    expect(problems([one("orders", { password: "s3cret" })])).toEqual([
      "[0].database.password: there is no such setting",
    ]);
    expect(problems([one("orders", { passwordKey: "flinktide:x" })])).toEqual([
      "[0].database.passwordKey: it is not a config key outside flinktide's own",
    ]);
  });
});

describe("the collectors of a stack", () => {
  const twice =
    "[1].database.tables: a collects from the same tables, so that each change would come twice";

  it.each([
    ["the same source", {}, {}, [twice]],
    ["a table within all", { tables: ["*"] }, { tables: ["t"] }, [twice]],
    ["a pattern", { tables: ["order_*"] }, { tables: ["order_1"] }, [twice]],
    ["two patterns", { tables: ["a*"] }, { tables: ["*b"] }, [twice]],
    ["a pattern that does not fit", { tables: ["order_*"] }, { tables: ["orders"] }, []],
    ["a dot that is none", { tables: ["a.*"] }, { tables: ["ab"] }, []],
    ["other tables", { tables: ["a", "b"] }, { tables: ["c"] }, []],
    ["another schema", { schema: "x" }, { schema: "y" }, []],
    ["another port", { port: 3306 }, { port: 3307 }, []],
  ])("may not read a table twice: %s", (_, a, b, expected) => {
    expect(problems([one("a", a), one("b", b)])).toEqual(expected);
  });

  it("have names of their own", () => {
    expect(problems([one("a", { schema: "x" }), one("a", { schema: "y" })])).toEqual([
      "[1].name: the name is used twice under collectors",
    ]);
  });
});

it("topics that nobody declares are made once, as wide as the widest wants them; DataHub's are not", () => {
  const parse = (name: string, sink: object) =>
    collectorSchema.parse({ ...one(name, { schema: name }), sink });
  const dataHub = { endpoint: "https://d", accessId: "ann", accessKeyKey: "collector:datahub" };
  const collectors = [
    parse("a", { topic: "both", partitions: 4 }),
    parse("b", { topic: "both" }),
    parse("c", { topic: "declared" }),
    parse("d", { topic: "elsewhere", ...dataHub }),
    parse("e", {}),
  ];
  expect(topicsFor(collectors, ["declared"])).toEqual([
    { name: "both", partitions: 4 },
    { name: "cdc-events", partitions: 1 },
  ]);
});
