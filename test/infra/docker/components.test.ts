import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { FlinkCluster } from "../../../infra/docker/flink-cluster";
import { Kafka } from "../../../infra/docker/kafka";
import { Prometheus } from "../../../infra/docker/prometheus";
import { flinkImage } from "../../../infra/images/flink-image";
import { monitoringRules } from "../../../infra/monitoring/rules";
import { scrapeConfig } from "../../../infra/monitoring/scrape-config";
import { flinkProperties } from "../../../infra/flink/properties";
import { parseTenant } from "../../../policies/parse-tenant";
import type { Tenant } from "../../../policies/tenant";
import { interpretConfig } from "../../../stacks/config";
import { buildPlatform } from "../../../stacks/platform";
import { inputsOf, names, record, type RecordedResource } from "../../support/pulumi-recorder";

const stackFile = (stack: string) =>
  parse(fs.readFileSync(path.join(__dirname, `../../../Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
function tenantOf(stack: string): Tenant {
  const parsed = parseTenant(stackFile(stack).config["flinktide:tenant"]);
  if (!parsed.ok) throw new Error(`${stack} is no tenant`);
  return parsed.tenant;
}
const acme = tenantOf("dev-acme");

/** An update makes a folder in the state. */
const before = process.env.FLINKTIDE_STATE;
let state: string;
beforeEach(() => {
  state = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-components-"));
  process.env.FLINKTIDE_STATE = state;
});
afterEach(() => {
  if (before === undefined) delete process.env.FLINKTIDE_STATE;
  else process.env.FLINKTIDE_STATE = before;
  fs.rmSync(state, { recursive: true, force: true });
});

const cluster = (taskManagers: number, more: object = {}, tenant = acme) =>
  record(
    () =>
      new FlinkCluster("flink", {
        ...{ environment: "dev", tenant, taskManagers, network: "net", hostCores: 4 },
        image: flinkImage("image", tenant),
        ...more,
      }),
  );
const containers = (all: RecordedResource[]) => all.filter((r) => r.type.endsWith(":Container"));

const HEALTH = { interval: "30s", timeout: "10s", startPeriod: "1m0s", retries: 3 };
const EVERY_CONTAINER = {
  restart: "unless-stopped",
  mustRun: true,
  readOnly: true,
  securityOpts: ["no-new-privileges"],
  destroyGraceSeconds: 10,
  healthcheck: expect.objectContaining(HEALTH),
};

describe("a tenant's cluster", () => {
  it("has exactly these children", async () => {
    expect(names(await cluster(2))).toEqual([
      "flinktide:docker:FlinkCluster flink",
      "docker:index/volume:Volume flink-checkpoints",
      "docker:index/container:Container flink-jobmanager",
      "docker:index/volume:Volume flink-savepoints",
      "docker:index/container:Container flink-taskmanager-1",
      "docker:index/container:Container flink-taskmanager-2",
      "flinktide:images:Image image",
      "docker:index/remoteImage:RemoteImage image-image",
    ]);
  });

  it("gets one child more for one TaskManager more, and leaves the others as they are", async () => {
    const [two, three] = [await cluster(2), await cluster(3)];
    expect(three.filter((r) => r.name !== "flink-taskmanager-3")).toEqual(two);
    expect(three).toHaveLength(two.length + 1);
  });

  it("hardens, limits and labels every container", async () => {
    for (const { inputs } of containers(await cluster(2))) {
      expect(inputs).toMatchObject(EVERY_CONTAINER);
      expect(inputs).toMatchObject({ memory: 1024, memorySwap: 1024 });
      expect(inputs["labels"]).toEqual([
        { label: "flinktide.environment", value: "dev" },
        { label: "flinktide.tenant", value: "acme" },
      ]);
      expect(inputs["networksAdvanced"]).toEqual([{ name: "net", aliases: ["flink-metrics"] }]);
    }
  });

  it("publishes on 127.0.0.1 only", async () => {
    const all = await cluster(2);
    const port = (internal: number, external: number) => [
      { internal, external, ip: "127.0.0.1", protocol: "tcp" },
    ];
    expect(inputsOf(all, "flink-jobmanager")["ports"]).toEqual(port(8081, 8081));
    expect(inputsOf(all, "flink-taskmanager-1")["ports"]).toEqual(port(6121, 6121));
    expect(inputsOf(all, "flink-taskmanager-2")["ports"]).toEqual(port(6121, 6122));
  });

  it("names a TaskManager after its id in Flink", async () => {
    const { name, hostname, envs, command, image } = inputsOf(
      await cluster(1),
      "flink-taskmanager-1",
    );
    const id = "dev-acme-taskmanager-1";
    expect([name, hostname, command, image]).toEqual([
      id,
      id,
      ["taskmanager"],
      "sha256:image-image",
    ]);
    const properties = flinkProperties(acme, "dev-acme-jobmanager", { role: "taskmanager", id });
    expect(envs).toEqual([`FLINK_PROPERTIES=${properties}`]);
  });

  it("lets an image of the user's own write where it likes", async () => {
    const own = { ...acme, flink: { ...acme.flink, image: { reference: "flink:1.14.6" } } };
    for (const { inputs } of containers(await cluster(1, {}, own))) {
      expect(inputs).toMatchObject({ ...EVERY_CONTAINER, readOnly: false });
    }
  });

  it("applies each transform to its own children only", async () => {
    const plain = await cluster(1);
    const changed = await cluster(1, {
      transform: { taskManager: { dns: ["1.1.1.1"] }, volume: { driver: "x" } },
    });
    for (const { name, type, inputs } of changed) {
      const before = inputsOf(plain, name);
      if (name === "flink-taskmanager-1") expect(inputs).toEqual({ ...before, dns: ["1.1.1.1"] });
      else if (type.endsWith(":Volume")) expect(inputs).toEqual({ ...before, driver: "x" });
      else expect(inputs).toEqual(before);
    }
  });
});

describe("the platform of Pulumi.dev.yaml", () => {
  const { config } = interpretConfig(
    {
      "flinktide:role": "platform",
      "flinktide:platform": JSON.stringify(stackFile("dev").config["flinktide:platform"]),
    },
    () => new Date(0),
  );
  const platform = (run: { preview?: boolean } = {}) =>
    record(
      () => {
        if (config?.role !== "platform") throw new Error("no platform");
        buildPlatform("dev", config.platform);
      },
      {},
      run,
    );

  it("has exactly these children", async () => {
    expect(names(await platform())).toEqual([
      "flinktide:docker:Kafka kafka",
      "docker:index/container:Container kafka-broker",
      "docker:index/volume:Volume kafka-data",
      "flinktide:images:Image kafka-image",
      "docker:index/remoteImage:RemoteImage kafka-image-image",
      "docker:index/network:Network network",
      "flinktide:docker:Prometheus prometheus",
      "docker:index/volume:Volume prometheus-data",
      "flinktide:images:Image prometheus-image",
      "docker:index/remoteImage:RemoteImage prometheus-image-image",
      "docker:index/container:Container prometheus-server",
    ]);
  });

  it("hardens and limits its containers and publishes on 127.0.0.1 only", async () => {
    const all = await platform();
    const port = (internal: number, external: number) => [
      { internal, external, ip: "127.0.0.1", protocol: "tcp" },
    ];
    const kafka = inputsOf(all, "kafka-broker");
    expect(kafka).toMatchObject({ ...EVERY_CONTAINER, memorySwap: kafka["memory"] });
    expect(kafka["ports"]).toEqual(port(9094, 9094));
    const prometheus = inputsOf(all, "prometheus-server");
    expect(prometheus).toMatchObject({ ...EVERY_CONTAINER, memorySwap: prometheus["memory"] });
    expect(prometheus["ports"]).toEqual(port(9090, 9090));
  });

  it("hands Prometheus its configuration, its rules, and the conductor's folder to read", async () => {
    const { envs, volumes } = inputsOf(await platform(), "prometheus-server");
    expect(envs).toEqual([
      "CONDUCTOR_PORT=9091",
      "CONDUCTOR_SOCKET=/run/conductor/conductor.sock",
      `PROMETHEUS_CONFIG=${scrapeConfig(5)}`,
      `PROMETHEUS_RULES=${monitoringRules()}`,
    ]);
    expect(volumes).toEqual([
      { volumeName: "dev-prometheus-data", containerPath: "/prometheus" },
      {
        hostPath: path.join(state, "conductor/dev/metrics"),
        containerPath: "/run/conductor",
        readOnly: true,
      },
    ]);
  });

  it("an update makes the conductor's folder, whose parents are this user's alone", async () => {
    const mode = (folder: string) => fs.statSync(path.join(state, folder)).mode & 0o777;
    const umask = process.umask(0o077);
    try {
      await platform();
    } finally {
      process.umask(umask);
    }
    expect(["conductor", "conductor/dev", "conductor/dev/metrics"].map(mode)).toEqual([
      0o700, 0o700, 0o755,
    ]);
    // Again, with a socket in it.
    fs.writeFileSync(path.join(state, "conductor/dev/metrics/conductor.sock"), "");
    await platform();
    expect(fs.readdirSync(path.join(state, "conductor/dev/metrics"))).toEqual(["conductor.sock"]);
  });

  it("a preview makes no folder", async () => {
    await platform({ preview: true });
    expect(fs.readdirSync(state)).toEqual([]);
  });
});

it("transforms reach Kafka's and Prometheus's children", async () => {
  const all = await record(() => {
    const shared = { environment: "e", network: "n", memoryMiB: 512 };
    const change = { container: { dns: ["1.1.1.1"] }, volume: { driver: "x" } };
    new Kafka("k", { ...shared, port: 1, transform: change });
    const conductorSocket = path.join(state, "s.sock");
    const own = { port: 2, scrapeIntervalSeconds: 5, conductorSocket };
    new Prometheus("p", { ...shared, ...own, transform: change });
  });
  expect(inputsOf(all, "k-broker")["dns"]).toEqual(["1.1.1.1"]);
  expect(inputsOf(all, "p-server")["dns"]).toEqual(["1.1.1.1"]);
  expect(inputsOf(all, "k-data")["driver"]).toBe("x");
  expect(inputsOf(all, "p-data")["driver"]).toBe("x");
});
