import { exec, tryExec } from "../../infra/exec";
import { builtImage } from "../../infra/images/built-image";
import { ensureOsBase } from "../../infra/images/os-base";
import { IMAGE_VERSIONS, type Recipe } from "../../infra/images/versions";
import { ensureDocker } from "../../infra/toolchain/docker-engine";
import { eventually, inside, inspect, TestContainers } from "../support/containers";

jest.setTimeout(600_000);

const containers = new TestContainers("images");
const tags = new Map<string, string>();

beforeAll(async () => {
  await ensureDocker();
  await containers.removeAll();
  for (const image of IMAGE_VERSIONS) {
    tags.set(`${image.recipe}:${image.version}`, await builtImage(image));
  }
}, 1_200_000);
afterAll(() => containers.removeAll(), 60_000);

const SOON = ["--health-interval=1s", "--health-start-period=1s"];
const versionsOf = (recipe: Recipe) =>
  IMAGE_VERSIONS.filter((image) => image.recipe === recipe).map(({ version }) => version);
const tagOf = (recipe: Recipe, version = versionsOf(recipe)[0]) => {
  const tag = tags.get(`${recipe}:${version}`);
  if (tag === undefined) throw new Error(`${recipe} ${version} was not built`);
  return tag;
};

async function healthy(container: string) {
  const format = "{{.State.Health.Status}}";
  await eventually(`${container} healthy`, async () =>
    (await inspect(container, format)) === "healthy" ? true : undefined,
  );
}

/** Asks a Flink container's REST API from inside. */
async function rest<T>(container: string, path: string): Promise<T> {
  return JSON.parse(await inside(container, "curl", "-fsS", `http://localhost:8081${path}`)) as T;
}

async function taskManagers(jobManager: string, count: number, seconds = 60) {
  const ask = async () => {
    const overview = await rest<{ taskmanagers: number }>(jobManager, "/overview");
    return overview.taskmanagers === count ? true : undefined;
  };
  await eventually(`${count} TaskManagers`, ask, seconds);
}

describe.each(versionsOf("flink"))("Flink %s", (version) => {
  let jobManager: string;
  let taskManager: string;

  beforeAll(async () => {
    const network = await containers.network(version);
    const shared = ["--network", network, "--restart", "unless-stopped", ...SOON];
    const environment = ["--env", "JOB_MANAGER_RPC_ADDRESS=jobmanager"];
    jobManager = await containers.run(
      `jm-${version}`,
      tagOf("flink", version),
      [...shared, "--network-alias", "jobmanager", ...environment],
      ["jobmanager"],
    );
    taskManager = await containers.run(
      `tm-${version}`,
      tagOf("flink", version),
      [...shared, "--env", "FLINK_PROPERTIES=taskmanager.resource-id: tm-of-test"],
      ["taskmanager"],
    );
    await taskManagers(jobManager, 1);
  });

  it("should come up healthy with the documented defaults, which Flink accepts", async () => {
    await healthy(jobManager);
    await healthy(taskManager);
    const config = await rest<{ key: string; value: string }[]>(jobManager, "/jobmanager/config");
    const options = Object.fromEntries(config.map(({ key, value }) => [key, value]));
    expect(options).toMatchObject({ "jobmanager.memory.heap.size": "1073741824b" });
    const detail = await rest<{
      slotsNumber: number;
      memoryConfiguration: Record<string, number>;
    }>(jobManager, "/taskmanagers/tm-of-test");
    const mebibytes = (field: string) => (detail.memoryConfiguration[field] ?? 0) / 2 ** 20;
    expect([
      detail.slotsNumber,
      mebibytes("totalProcessMemory"),
      mebibytes("managedMemory"),
    ]).toEqual([4, 1728, 512]);
  });

  it("should use the archived classes and the Kafka connector of its lib folder", async () => {
    const command = await inside(taskManager, "pgrep", "-af", "TaskManagerRunner");
    expect(command).toContain("-XX:SharedArchiveFile=/opt/flink/cds/flink.jsa");
    expect(command).toMatch(/lib\/flink-connector-kafka[^:]*\.jar/);
    const mapped = await inside(taskManager, "sh", "-c", "cat /proc/$(pgrep -o java)/maps");
    expect(mapped).toContain("/opt/flink/cds/flink.jsa");
  });

  it("should run as flink and write only to /tmp and the volumes' folders", async () => {
    for (const container of [jobManager, taskManager]) {
      expect(await inside(container, "id", "-u")).toBe("9999");
      const write = await tryExec("docker", ["exec", container, "touch", "/opt/flink/conf/x"]);
      expect(write.stderr).toContain("Read-only file system");
    }
    const volume = containers.name(`volume-${version}`);
    const label = ["--label", "flinktide.test=images"];
    await exec("docker", ["volume", "create", ...label, volume]);
    for (const folder of ["checkpoints", "savepoints"]) {
      const mount = ["--volume", `${volume}:/opt/flink/${folder}`];
      const command = ["touch", `/opt/flink/${folder}/written`];
      await exec("docker", ["run", "--rm", ...mount, tagOf("flink", version), ...command]);
    }
  });

  it("should report metrics on port 9249", async () => {
    const metrics = await eventually("slots in the metrics", async () => {
      const text = await inside(jobManager, "curl", "-fsS", "http://localhost:9249/metrics");
      return text.includes("flink_jobmanager_taskSlotsTotal") ? text : undefined;
    });
    expect(metrics).toMatch(/flink_jobmanager_taskSlotsTotal\{.*\} 4/);
  });

  it("should sign off when it is stopped, and register when it is started again", async () => {
    await exec("docker", ["stop", "--time", "20", taskManager]);
    expect(await inspect(taskManager, "{{.State.ExitCode}}")).not.toBe("137");
    await taskManagers(jobManager, 0, 10);
    await exec("docker", ["start", taskManager]);
    await taskManagers(jobManager, 1);
  });

  it("should be restarted after a crash and register again", async () => {
    const registrations = async () => {
      const { stdout } = await tryExec("docker", ["logs", taskManager]);
      return stdout.match(/Successful registration at resource manager/g)?.length ?? 0;
    };
    const before = await registrations();
    await inside(taskManager, "pkill", "-9", "java");
    await eventually("a new registration", async () =>
      (await registrations()) > before ? true : undefined,
    );
    expect(await inspect(taskManager, "{{.RestartCount}}")).toBe("1");
  });

  it("should refuse memory that is too small, in Flink's words", async () => {
    const small = ["--rm", "--env", "TASK_MANAGER_MEMORY_PROCESS_SIZE=300m"];
    const image = tagOf("flink", version);
    const { code, stderr } = await tryExec("docker", ["run", ...small, image, "taskmanager"]);
    expect(code).toBe(78);
    expect(stderr).toMatch(/IllegalConfigurationException|exceed/);
  });
});

describe("Kafka", () => {
  it("should keep topics over a restart, as its own user", async () => {
    const volume = containers.name("kafka-data");
    await exec("docker", ["volume", "create", "--label", "flinktide.test=images", volume]);
    const mount = ["--volume", `${volume}:/var/lib/kafka`, "--env", "INSIDE_HOST=localhost"];
    const container = await containers.run("kafka", tagOf("kafka"), [...mount, ...SOON]);
    await healthy(container);
    expect(await inside(container, "id", "-u")).toBe("9093");
    const identity = "/var/lib/kafka/data/meta.properties";
    const before = await inside(container, "cat", identity);
    await exec("docker", ["restart", container]);
    await healthy(container);
    expect(await inside(container, "cat", identity)).toBe(before);
    expect(before).toMatch(/^cluster\.id=\S{22}$/m);
  });
});

describe("Prometheus", () => {
  it("should take its configuration from the environment", async () => {
    const config =
      "scrape_configs: [{job_name: of-test, static_configs: [{targets: [localhost:1]}]}]";
    const volume = containers.name("prometheus-data");
    await exec("docker", ["volume", "create", "--label", "flinktide.test=images", volume]);
    const environment = [
      "--env",
      `PROMETHEUS_CONFIG=${config}`,
      "--volume",
      `${volume}:/prometheus`,
    ];
    const container = await containers.run("prom", tagOf("prometheus"), [...environment, ...SOON]);
    await healthy(container);
    expect(await inside(container, "id", "-un")).toBe("nobody");
    const url = "http://localhost:9090/api/v1/targets";
    const job = await eventually("a target", async () => {
      const { data } = JSON.parse(await inside(container, "curl", "-fsS", url));
      return (data.activeTargets[0]?.labels.job as string | undefined) ?? undefined;
    });
    expect(job).toBe("of-test");
  });
});

describe("every image", () => {
  const images = IMAGE_VERSIONS.map(({ recipe, version }) => [recipe, version] as const);

  it.each(images)("%s %s should have the documented health check and user", async (...image) => {
    const tag = tagOf(...image);
    const health = JSON.parse(await inspect(tag, "{{json .Config.Healthcheck}}"));
    const second = 1e9;
    expect(health).toMatchObject({
      Interval: 30 * second,
      Timeout: 10 * second,
      StartPeriod: 60 * second,
      Retries: 3,
    });
    expect(await inspect(tag, "{{.Config.User}}")).toMatch(/^(flink|kafka|nobody)$/);
  });

  it.each(images)("%s %s should hold no secret", async (...image) => {
    const tag = tagOf(...image);
    const names = JSON.parse(await inspect(tag, "{{json .Config.Env}}")) as string[];
    const known = ["FLINK_HOME", "LANG", "PATH"];
    expect(names.filter((entry) => !known.includes(entry.split("=")[0] ?? ""))).toEqual([]);
    const history = await exec("docker", [
      "history",
      "--no-trunc",
      "--format",
      "{{.CreatedBy}}",
      tag,
    ]);
    expect(history).not.toMatch(/password|secret|token|:\/\/[^/\s]+@/i);
  });
});

describe("the OS base", () => {
  const tag = "127.0.0.1:9/flinktide-test-images:base";
  afterAll(() => tryExec("docker", ["rmi", "--force", tag]));

  it("should be made here where it can't be pulled, or say that this needs root", async () => {
    if (process.getuid?.() !== 0) {
      await expect(ensureOsBase(tag)).rejects.toThrow("needs root");
      return;
    }
    await ensureOsBase(tag);
    const show = [
      "sh",
      "-c",
      ". /etc/os-release; echo $VERSION_CODENAME; ls /usr/share/man | wc -l",
    ];
    expect((await exec("docker", ["run", "--rm", tag, ...show])).trim()).toBe("bookworm\n0");
  });
});
