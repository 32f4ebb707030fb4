import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { tryExec } from "../../../infra/exec";
import { recipeDirectory } from "../../../infra/images/context";

/** Answers like Flink's memory calculator, or prints the command line of the Flink process. */
const JAVA_STUB = `#!/usr/bin/env bash
case "$*" in
  *BashJavaUtils*)
    echo "some log line"
    echo "BASH_JAVA_UTILS_EXEC_RESULT:-Xmx1g -Xms1g"
    echo "BASH_JAVA_UTILS_EXEC_RESULT:-D a.b=c -D d.e=f"
    ;;
  *) printf '%s\\n' "$@" ;;
esac
`;

let home: string;

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-entrypoint-"));
  const recipe = recipeDirectory("flink");
  fs.cpSync(path.join(recipe, "bin"), path.join(home, "bin"), { recursive: true });
  fs.mkdirSync(path.join(home, "conf"));
  for (const file of ["flink-conf.yaml", "log4j.properties", "log4j-file.properties"]) {
    fs.copyFileSync(path.join(recipe, file), path.join(home, "conf", file));
  }
  fs.mkdirSync(path.join(home, "lib"));
  fs.writeFileSync(path.join(home, "lib", "flink-dist_2.11-1.14.6.jar"), "");
  fs.writeFileSync(path.join(home, "lib", "log4j-core.jar"), "");
  fs.mkdirSync(path.join(home, "stubs"));
  const stub = (name: string, text: string) =>
    fs.writeFileSync(path.join(home, "stubs", name), text, { mode: 0o755 });
  stub("java", JAVA_STUB);
  stub("hostname", '#!/bin/sh\n[ "$1" = -i ] && echo "10.1.2.3 fe80::1" || echo box\n');
});

afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

interface Started {
  code: number;
  /** The effective options. */
  options: Record<string, string>;
  /** The arguments of the Flink process. */
  java: string[];
  stderr: string;
}

async function start(command: string[], env: Record<string, string> = {}): Promise<Started> {
  const conf = path.join(home, "run");
  const result = await tryExec(path.join(home, "bin", "entrypoint.sh"), command, {
    env: {
      FLINK_HOME: home,
      FLINK_CONF_DIR: conf,
      PATH: `${path.join(home, "stubs")}:${process.env.PATH}`,
      ...env,
    },
  });
  const file = path.join(conf, "flink-conf.yaml");
  const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
  const entries = lines.map((line) => {
    const [key = "", ...value] = line.split(": ");
    return [key, value.join(": ")] as const;
  });
  expect(new Set(entries.map(([key]) => key)).size).toBe(entries.length);
  return {
    code: result.code,
    options: Object.fromEntries(entries),
    java: result.stdout.trim().split("\n"),
    stderr: result.stderr,
  };
}

/** The tables of the deployment document: variable, option, default (undefined: the option is left out). */
const JOB_MANAGER: [string, string, string | undefined][] = [
  ["JOB_MANAGER_RPC_ADDRESS", "jobmanager.rpc.address", "localhost"],
  ["JOB_MANAGER_RPC_PORT", "jobmanager.rpc.port", "6123"],
  ["JOB_MANAGER_HEAP_SIZE", "jobmanager.memory.heap.size", "1024m"],
  ["REST_PORT", "rest.port", "8081"],
  ["BLOB_SERVER_PORT", "blob.server.port", "6124"],
  ["PARALLELISM_DEFAULT", "parallelism.default", "4"],
  ["CHECKPOINT_INTERVAL", "execution.checkpointing.interval", "300000"],
  ["CHECKPOINT_DIR", "state.checkpoints.dir", "file:///opt/flink/checkpoints"],
  ["SAVEPOINT_DIR", "state.savepoints.dir", "file:///opt/flink/savepoints"],
  ["STATE_BACKEND", "state.backend", "hashmap"],
  ["HA_MODE", "high-availability", "NONE"],
  ["HA_ZOOKEEPER_QUORUM", "high-availability.zookeeper.quorum", undefined],
  ["HA_CLUSTER_ID", "high-availability.cluster-id", "/default"],
];
const TASK_MANAGER: [string, string, string | undefined][] = [
  ["JOB_MANAGER_RPC_ADDRESS", "jobmanager.rpc.address", "jobmanager"],
  ["JOB_MANAGER_RPC_PORT", "jobmanager.rpc.port", "6123"],
  ["TASK_MANAGER_MEMORY_PROCESS_SIZE", "taskmanager.memory.process.size", "1728m"],
  ["TASK_MANAGER_MEMORY_MANAGED_SIZE", "taskmanager.memory.managed.size", "512m"],
  ["TASK_MANAGER_NUMBER_OF_TASK_SLOTS", "taskmanager.numberOfTaskSlots", "4"],
  ["TASK_MANAGER_RPC_PORT", "taskmanager.rpc.port", "6122"],
  ["TASK_MANAGER_DATA_PORT", "taskmanager.data.port", "6121"],
  ["TASK_MANAGER_NETWORK_MEMORY_MIN", "taskmanager.memory.network.min", "64m"],
  ["TASK_MANAGER_NETWORK_MEMORY_MAX", "taskmanager.memory.network.max", "256m"],
];

describe.each([
  ["jobmanager", JOB_MANAGER],
  ["taskmanager", TASK_MANAGER],
] as const)("%s variables", (role, table) => {
  it("should have the documented defaults", async () => {
    const { options } = await start([role]);
    for (const [, option, value] of table)
      expect([option, options[option]]).toEqual([option, value]);
  });

  it.each(table)("%s should set %s", async (variable, option) => {
    const { options } = await start([role], { [variable]: "given-value" });
    expect(options[option]).toBe("given-value");
  });

  it.each(table)("%s set to nothing should leave %s to Flink", async (variable, option) => {
    const { options } = await start([role], { [variable]: "" });
    expect(options).not.toHaveProperty([option]);
  });

  it.each(table)("FLINK_PROPERTIES should win over %s", async (variable, option) => {
    const { options } = await start([role], {
      [variable]: "from-variable",
      FLINK_PROPERTIES: `${option}: from-properties`,
    });
    expect(options[option]).toBe("from-properties");
  });
});

describe("memory sizes that can't all hold at once", () => {
  const HEAP = "taskmanager.memory.task.heap.size";
  const PROCESS = "taskmanager.memory.process.size";
  const MANAGED = "taskmanager.memory.managed.size";
  const sizes = ({ options }: Started) => [options[PROCESS], options[HEAP], options[MANAGED]];

  it.each([
    ["the defaults: the process size decides", {}, ["1728m", undefined, "512m"]],
    ["a heap size", { TASK_MANAGER_HEAP_SIZE: "4096m" }, [undefined, "4096m", "512m"]],
    [
      "no process size: the heap's default decides",
      { TASK_MANAGER_MEMORY_PROCESS_SIZE: "" },
      [undefined, "1024m", "512m"],
    ],
    [
      "another process size has its own managed share",
      { TASK_MANAGER_MEMORY_PROCESS_SIZE: "1024m" },
      ["1024m", undefined, undefined],
    ],
    [
      "a total Flink size in FLINK_PROPERTIES",
      { FLINK_PROPERTIES: "taskmanager.memory.flink.size: 1g" },
      [undefined, undefined, undefined],
    ],
    [
      "all given: Flink checks them",
      {
        TASK_MANAGER_HEAP_SIZE: "1g",
        TASK_MANAGER_MEMORY_PROCESS_SIZE: "3g",
        TASK_MANAGER_MEMORY_MANAGED_SIZE: "1g",
      },
      ["3g", "1g", "1g"],
    ],
  ])("%s", async (_title, env, expected) => {
    expect(sizes(await start(["taskmanager"], env))).toEqual(expected);
  });

  it("should drop the JobManager's default heap beside a process size", async () => {
    const { options } = await start(["jobmanager"], {
      FLINK_PROPERTIES: "jobmanager.memory.process.size: 1g",
    });
    expect(options).not.toHaveProperty(["jobmanager.memory.heap.size"]);
  });
});

describe("what the image adds", () => {
  it.each(["jobmanager", "taskmanager"])(
    "should set the options of the incident: %s",
    async (r) => {
      expect((await start([r])).options).toMatchObject({
        "heartbeat.timeout": "180000",
        "heartbeat.interval": "10000",
        "restart-strategy": "fixed-delay",
        "restart-strategy.fixed-delay.attempts": "10",
        "restart-strategy.fixed-delay.delay": "10 s",
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "state.checkpoints.num-retained": "3",
        "web.refresh-interval": "100",
        "metrics.reporter.prom.port": "9249",
      });
    },
  );

  it("should name the TaskManager's own address, unless told otherwise", async () => {
    expect((await start(["taskmanager"])).options["taskmanager.host"]).toBe("10.1.2.3");
    const told = await start(["taskmanager"], { FLINK_PROPERTIES: "taskmanager.host: tm-7" });
    expect(told.options["taskmanager.host"]).toBe("tm-7");
  });

  it("should put a mounted flink-conf.yaml between defaults and variables", async () => {
    const mounted = "taskmanager.numberOfTaskSlots: 9\ntaskmanager.rpc.port: 7000\n";
    fs.writeFileSync(path.join(home, "conf", "flink-conf.yaml"), mounted);
    const { options } = await start(["taskmanager"], { TASK_MANAGER_RPC_PORT: "7001" });
    expect(options["taskmanager.numberOfTaskSlots"]).toBe("9");
    expect(options["taskmanager.rpc.port"]).toBe("7001");
  });

  it("should give ZooKeeper high availability a folder to store in, on both roles", async () => {
    const env = {
      HA_MODE: "zookeeper",
      HA_ZOOKEEPER_QUORUM: "zk:2181",
      CHECKPOINT_DIR: "file:///c",
    };
    for (const role of ["jobmanager", "taskmanager"]) {
      expect((await start([role], env)).options).toMatchObject({
        "high-availability": "zookeeper",
        "high-availability.zookeeper.quorum": "zk:2181",
        "high-availability.storageDir": "file:///c/ha",
      });
    }
  });
});

describe("the Flink process", () => {
  it("should get Flink's memory, the options and its arguments in this order", async () => {
    const { java } = await start(["taskmanager", "-Dx=y"], {
      EXTRA_JAVA_OPTS: "-Dextra=1 -XX:+UseSerialGC",
      FLINK_PROPERTIES: "env.java.opts: -Dall=1\nenv.java.opts.taskmanager: -Drole=1",
    });
    expect(java.slice(0, 2)).toEqual(["-Xmx1g", "-Xms1g"]);
    const options = ["-Dextra=1", "-XX:+UseSerialGC", "-Dall=1", "-Drole=1", "-cp"];
    expect(java.filter((word) => options.includes(word))).toEqual(options);
    const lib = path.join(home, "lib");
    expect(java.slice(java.indexOf("-cp"))).toEqual([
      "-cp",
      `${lib}/flink-dist_2.11-1.14.6.jar:${lib}/log4j-core.jar`,
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
      "--configDir",
      path.join(home, "run"),
      ...["-D", "a.b=c", "-D", "d.e=f"],
      "-Dx=y",
    ]);
  });

  it.each([
    ["jobmanager", 8, true],
    ["taskmanager", 2, true],
    ["taskmanager", 3, false],
  ])("should start fast rather than run fast: %s on %i cores", async (role, cores, fast) => {
    const nproc = path.join(home, "stubs", "nproc");
    fs.writeFileSync(nproc, `#!/bin/sh\necho ${cores}\n`, { mode: 0o755 });
    const { java } = await start([role], { EXTRA_JAVA_OPTS: "-Dmine=1" });
    expect(java.includes("-XX:TieredStopAtLevel=1")).toBe(fast);
    if (fast)
      expect(java.indexOf("-XX:TieredStopAtLevel=1")).toBeLessThan(java.indexOf("-Dmine=1"));
  });

  it("should be the session cluster for a JobManager", async () => {
    const { java } = await start(["jobmanager"]);
    const main = java.indexOf(
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
    );
    expect(java.slice(main + 3, main + 5)).toEqual(["--executionMode", "cluster"]);
  });

  it("should log to a file too where the folder can be written", async () => {
    const config = () => fs.readFileSync(path.join(home, "run", "log4j.properties"), "utf8");
    expect((await start(["jobmanager"])).java.join(" ")).not.toContain("log.file");
    expect(config()).not.toContain("RollingFile");
    fs.mkdirSync(path.join(home, "logs"));
    const { java } = await start(["jobmanager"]);
    expect(java).toContain(`-Dlog.file=${home}/logs/flink-jobmanager-box.log`);
    expect(config()).toContain("RollingFile");
  });

  it("should not start when Flink refuses the memory options", async () => {
    const refusal = "#!/bin/sh\necho 'IllegalConfigurationException: too small' >&2; exit 1\n";
    fs.writeFileSync(path.join(home, "stubs", "java"), refusal, { mode: 0o755 });
    const { code, stderr } = await start(["taskmanager"]);
    expect(code).toBe(78);
    expect(stderr).toContain("IllegalConfigurationException: too small");
    expect(stderr).toContain("Flink refuses the memory options");
  });

  it("should run any other command as it is", async () => {
    expect((await start(["echo", "hello", "there"])).java).toEqual(["hello there"]);
  });
});
