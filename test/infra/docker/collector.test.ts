import * as pulumi from "@pulumi/pulumi";
import { Collector } from "../../../infra/docker/collector";
import { collectorSchema } from "../../../policies/collector";
import { inputsOf, names, record } from "../../support/pulumi-recorder";
import { withCollectorFiles } from "../../support/collector-files";

const spec = (more: object = {}) =>
  collectorSchema.parse({
    name: "orders",
    database: { host: "db", type: "mariadb", port: 3306, passwordKey: "collector:database" },
    ...more,
  });

withCollectorFiles();
beforeAll(() => {
  pulumi.runtime.setAllConfig({ "collector:database": "s3cret" }, ["collector:database"]);
});

const collector = (more: object = {}, args: object = {}) =>
  record(
    () =>
      new Collector("collector-orders", {
        ...{ environment: "dev", tenant: "acme", network: "net", kafka: "dev-kafka:9092" },
        collector: spec(more),
        ...args,
      }),
  );

describe("a collector", () => {
  it("has exactly these children", async () => {
    expect(names(await collector())).toEqual([
      "flinktide:docker:Collector collector-orders",
      "docker:index/container:Container collector-orders-collector",
      "docker:index/volume:Volume collector-orders-data",
      "flinktide:images:Image collector-orders-image",
      "docker:index/remoteImage:RemoteImage collector-orders-image-image",
    ]);
  });

  it("is hardened, limited, scraped, and keeps its data on a volume", async () => {
    const all = await collector();
    expect(inputsOf(all, "collector-orders-collector")).toMatchObject({
      name: "dev-acme-collector-orders",
      hostname: "dev-acme-collector-orders",
      restart: "unless-stopped",
      mustRun: true,
      // Docker copies no file into a root file system that is read-only.
      readOnly: false,
      securityOpts: ["no-new-privileges"],
      memory: 896,
      memorySwap: 896,
      networksAdvanced: [{ name: "net", aliases: ["collector-metrics"] }],
      ports: [],
      volumes: [
        { volumeName: "dev-acme-collector-orders-data", containerPath: "/opt/cdc-collector/data" },
      ],
      healthcheck: {
        tests: ["CMD", "curl", "-fsS", "-o", "/dev/null", "http://localhost:8080/health/live"],
        interval: "30s",
        timeout: "10s",
        startPeriod: "1m0s",
        retries: 3,
      },
    });
  });

  it("gets the password as a file, marked secret, and nowhere else", async () => {
    const inputs = inputsOf(await collector(), "collector-orders-collector");
    const { uploads, ...others } = inputs;
    expect(pulumi.runtime.isRpcSecret(uploads)).toBe(true);
    expect(pulumi.runtime.unwrapRpcSecret(uploads)).toEqual([
      { file: "/run/secrets/database-password", content: "s3cret" },
    ]);
    expect(JSON.stringify(others)).not.toContain("s3cret");
  });

  it("publishes its port on 127.0.0.1 where it has one", async () => {
    const inputs = inputsOf(await collector({ port: 18080 }), "collector-orders-collector");
    expect(inputs["ports"]).toEqual([
      { internal: 8080, external: 18080, ip: "127.0.0.1", protocol: "tcp" },
    ]);
  });

  it("belongs to the platform where it has no tenant", async () => {
    const all = await collector({}, { tenant: undefined });
    const inputs = inputsOf(all, "collector-orders-collector");
    expect(inputs["name"]).toBe("dev-collector-orders");
    expect(inputs["envs"]).toContain('METRIC_LABELS=environment="dev",collector="orders"');
    expect(inputs["labels"]).toEqual([{ label: "flinktide.environment", value: "dev" }]);
  });

  it("applies each transform to its own child only", async () => {
    const plain = await collector();
    const changed = await collector({}, { transform: { container: { dns: ["1.1.1.1"] } } });
    for (const { name, inputs } of changed) {
      const before = inputsOf(plain, name);
      const isContainer = name === "collector-orders-collector";
      expect(inputs).toEqual(isContainer ? { ...before, dns: ["1.1.1.1"] } : before);
    }
  });
});
