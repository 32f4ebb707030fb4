import { interpretConfig } from "../../stacks/config";
import { CLOCK, StackFolder } from "../support/stack-folder";
import { MORNING } from "./conductor/narrated";

const files = new StackFolder();
afterAll(() => files.remove());

test("a tenant's stack: defaults filled in, units converted, now from the clock", async () => {
  const config = await files.load(files.config());
  if (config.role !== "tenant") throw new Error("not a tenant");
  expect(config.platform).toBe("dev");
  expect(config.now).toBe(CLOCK);
  expect(config.tenant).toMatchObject({
    name: "acme",
    flink: { version: "1.14", properties: {} },
    jobManager: { memory: 1024, cpus: 2, restPort: 8081 },
    taskManager: { slots: 2, memory: 1024, managedMemory: 64, dataPorts: { from: 6121, to: 6130 } },
    topics: [
      { name: "acme.lines", partitions: 1 },
      { name: "acme.counts", partitions: 4 },
    ],
    windows: [
      { from: 480, to: 690, rank: 0 },
      { from: 690, to: 840 },
    ],
  });
  expect(config.tenant.jobs[0]).toMatchObject({
    args: [],
    parallelism: { min: 1, max: 8 },
    maxParallelism: 256,
    sourceParallelism: 1,
    allowedLag: 10_000,
  });
});

test("the smallest tenant has the defaults of the deployment document", async () => {
  const block = { name: "bare", otherwise: { floor: 1, ceiling: 1 } };
  const config = await files.load(files.config(block));
  if (config.role !== "tenant") throw new Error("not a tenant");
  expect(config.tenant).toMatchObject({
    flink: { version: "1.14" },
    jobManager: { memory: 1600, cpus: 2, restPort: 8081 },
    taskManager: { slots: 4, memory: 1728, managedMemory: 512, cpus: 2 },
    topics: [],
    jobs: [],
    windows: [],
    exceptions: [],
    lead: "auto",
    share: { priority: 0, weight: 1 },
  });
});

test.each([
  ["2026-11-23T09:00:00+08:00", "2026-11-23T01:00:00.000Z"],
  ["2026-11-23T01:00:00Z", "2026-11-23T01:00:00.000Z"],
])("flinktide:at=%s fixes now", async (at, instant) => {
  const config = await files.load({ ...files.config(), "flinktide:at": at });
  expect(config.role === "tenant" && config.now.toISOString()).toBe(instant);
});

test("a platform's stack: from nothing to every setting", async () => {
  const role = { "flinktide:role": "platform" };
  expect(await files.load(role)).toEqual({
    role: "platform",
    platform: {
      target: "docker",
      kafka: { port: 9094, memory: 1024, cpus: 2, brokers: 1 },
      prometheus: { port: 9090, memory: 512, cpus: 1, scrapeIntervalSeconds: 5 },
      collectors: [],
      alerts: { cappedMinutes: 15 },
    },
  });
  const block = {
    target: "kubernetes",
    kubernetes: { registry: "registry.example.com/team" },
    kafka: { port: 19094, memory: "2GiB", cpus: 4, brokers: 3 },
    prometheus: { port: 19090, memory: "1GiB", cpus: 0.5, scrapeIntervalSeconds: 15 },
    capacity: { slots: 40 },
    alerts: { webhook: "https://example.com/h", secretKey: "alerts:secret", cappedMinutes: 5 },
  };
  const secret = { "alerts:secret": "hunter2" };
  const platform = JSON.stringify(block);
  expect(await files.load({ ...role, ...secret, "flinktide:platform": platform })).toEqual({
    role: "platform",
    platform: {
      target: "kubernetes",
      kubernetes: {
        registry: "registry.example.com/team",
        storage: {
          ...{ accessMode: "ReadWriteMany", tenant: 10, kafka: 20, prometheus: 10 },
          collector: 1,
        },
        tenantCollectors: false,
        ...{ cpuRequestShare: 1, protectJobs: true, metrics: "none", images: {}, tenantLimit: {} },
        keda: { namespace: "keda" },
        conductor: {
          ...{ enabled: false, memory: 2048, cpus: 2, storage: 5, stateBackend: {}, egress: [] },
        },
      },
      kafka: { port: 19094, memory: 2048, cpus: 4, brokers: 3 },
      prometheus: { port: 19090, memory: 1024, cpus: 0.5, scrapeIntervalSeconds: 15 },
      capacity: { slots: 40 },
      collectors: [],
      alerts: block.alerts,
    },
  });
});

test("other projects' keys and the docker provider's are none of its business", async () => {
  expect(
    await files.problems({ ...files.config(), "docker:host": "unix:///x", "a:b": "c" }),
  ).toEqual([]);
});

test("a private registry's password is found under its own key, and never in a problem", async () => {
  const registry = { server: "r.example.com", username: "bot", passwordKey: "registry:password" };
  const block = {
    ...files.tenant(),
    flink: { image: { reference: "r.example.com/flink:1", registry } },
  };
  const config = { ...files.config(block), "registry:password": "hunter2" };
  expect(await files.problems(config)).toEqual([]);
  const wrong = await files.problems({ ...config, "flinktide:password": "hunter2" });
  expect(wrong).toHaveLength(1);
  expect(JSON.stringify(wrong)).not.toContain("hunter2");
});

test("the parts that parse are kept beside those that don't", () => {
  const block = { ...files.tenant(), otherwise: "many" };
  const { config, parts } = interpretConfig(files.config(block), () => CLOCK);
  expect(config).toBeUndefined();
  expect(parts.name).toBe("acme");
  expect(parts.windows).toHaveLength(2);
  expect(parts).not.toHaveProperty("otherwise");
});

test("a stack file that isn't a tenant's, or isn't YAML, is no sibling", async () => {
  files.addStack("dev", { "flinktide:role": "platform" });
  files.addStack("other", { "flinktide:platform": "prod", "flinktide:tenant": files.tenant() });
  files.addStack("dev-acme", { "flinktide:platform": "dev", "flinktide:tenant": files.tenant() });
  files.addStack("broken", {});
  const { writeFileSync } = await import("node:fs");
  writeFileSync(files.path("Pulumi.broken.yaml"), "config: [unclosed\n  a: {b");
  expect(await files.problems(files.config())).toEqual([]);
});

describe("the decision that a conductor hands over", () => {
  const handed = { fence: 7, decision: MORNING };
  const load = (decision: unknown) =>
    files.load({ ...files.config(), "flinktide:decision": JSON.stringify(decision) });

  test("is read; without it nothing is handed over", async () => {
    expect(await load(handed)).toMatchObject({ role: "tenant", handed });
    expect(await files.load(files.config())).not.toHaveProperty("handed");
  });

  test.each([
    ["a torn one", '{"fence": 7', "it is not a block of settings"],
    ["one without a token", JSON.stringify({ decision: MORNING }), "✖ Invalid input"],
    ["a token below zero", JSON.stringify({ ...handed, fence: -1 }), "✖ Too small"],
    ["an odd decision", JSON.stringify({ ...handed, decision: { to: 1 } }), "✖ Invalid input"],
    ["another key", JSON.stringify({ ...handed, now: 1 }), "✖ Unrecognized key"],
  ])("%s is refused, and all else is read", async (_, text, fault) => {
    const problems = await files.problems({ ...files.config(), "flinktide:decision": text });
    expect(problems.map(({ path }) => path)).toEqual(["flinktide:decision"]);
    expect(problems[0]?.fault).toContain(fault);
    const { config, parts } = interpretConfig(
      { ...files.config(), "flinktide:decision": text },
      () => CLOCK,
    );
    expect([config?.role, parts.name]).toEqual(["tenant", "acme"]);
  });

  test("is none of a platform's, and not among the keys that people are told of", async () => {
    const platform = { "flinktide:role": "platform", "flinktide:decision": "{}" };
    expect(await files.problems(platform)).toMatchObject([
      { path: "flinktide:decision", fault: "a platform stack takes no such key" },
    ]);
    const [unknown] = await files.problems({ ...files.config(), "flinktide:decisions": "{}" });
    expect(unknown?.fix).toContain("the keys are role, platform, tenant, at");
    expect(unknown?.fix).not.toContain("decision,");
  });
});
