import { interpretConfig } from "../../stacks/config";

const collector = {
  name: "orders",
  database: { host: "db", passwordKey: "collector:orders" },
  sink: {
    endpoint: "https://datahub.aliyuncs.com",
    accessId: "ann",
    accessKeyKey: "collector:datahub",
  },
};
const platform = (more: Record<string, string>) =>
  interpretConfig(
    {
      "flinktide:role": "platform",
      "flinktide:platform": JSON.stringify({ collectors: [collector] }),
      ...more,
    },
    () => new Date(0),
  );
const tenant = (more: Record<string, string>) =>
  interpretConfig(
    {
      "flinktide:role": "tenant",
      "flinktide:platform": "dev",
      "flinktide:tenant": JSON.stringify({
        name: "acme",
        otherwise: { floor: 1, ceiling: 1 },
        collectors: [collector],
      }),
      ...more,
    },
    () => new Date(0),
  );
const problem = (path: string, value: string) => ({
  path,
  value,
  fault: "this config key has no value",
  fix: `run: pulumi config set --secret ${value}`,
});

describe("the secrets of a collector", () => {
  it("are asked for by name, all at once", () => {
    expect(platform({}).problems).toEqual([
      problem("flinktide:platform.collectors[0].database.passwordKey", "collector:orders"),
      problem("flinktide:platform.collectors[0].sink.accessKeyKey", "collector:datahub"),
    ]);
    expect(tenant({ "collector:orders": "x" }).problems).toEqual([
      problem("collectors[0].sink.accessKeyKey", "collector:datahub"),
    ]);
  });

  it("are not asked for where they are set", () => {
    const set = { "collector:orders": "x", "collector:datahub": "y" };
    expect(platform(set).problems).toEqual([]);
    expect(tenant(set).problems).toEqual([]);
  });
});
