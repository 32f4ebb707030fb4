import { exec } from "../../infra/exec";
import { FlinkRestClient } from "../../infra/flink/rest-client";
import { crashContainer, health } from "../../stacks/driver/cleanup";
import { awaitOneRunningJob, inspectCluster } from "../../stacks/driver/tenant-probe";
import { eventually } from "../support/containers";
import {
  instantFor,
  ScratchEnvironment,
  tenantConfig,
} from "../../stacks/driver/scratch-environment";
import { WordStream } from "../support/word-stream";

jest.setTimeout(600_000);

function topics(tenant: string, ...more: string[]) {
  const named = (topic: string, partitions: number) => ({ name: `${tenant}.${topic}`, partitions });
  return [named("lines", 1), named("counts", 4), ...more.map((topic) => named(topic, 1))];
}

const TENANTS = [
  // The third topic is for a job that takes another's slots.
  { name: "acme", version: "1.14" as const, change: { topics: topics("acme", "elsewhere") } },
  { name: "globex", version: "1.20" as const },
] as const;

/** Container id by name, for the containers of a tenant. */
async function containers(environment: ScratchEnvironment): Promise<Record<string, string>> {
  const filter = `label=flinktide.environment=${environment.name}`;
  const rows = await exec("docker", ["ps", "--filter", filter, "--format", "{{.Names}} {{.ID}}"]);
  return Object.fromEntries(
    rows
      .trim()
      .split("\n")
      .map((row) => row.split(" ")) as [string, string][],
  );
}

describe("a platform with a tenant on Flink 1.14 and one on 1.20", () => {
  let environment: ScratchEnvironment;
  const streams = new Map<string, WordStream>();
  const urls = new Map<string, string>();
  let prometheusUrl = "";
  const url = (tenant: string) => urls.get(tenant) ?? "";
  const acmeConfig = () => tenantConfig(TENANTS[0], Number(new URL(url("acme")).port));

  beforeAll(async () => {
    environment = await ScratchEnvironment.create();
    prometheusUrl = String((await environment.upPlatform()).outputs.prometheusUrl);
    for (const tenant of TENANTS) {
      await environment.addTenant(tenant);
      const { tenant: outputs } = await environment.up(tenant.name, { at: instantFor(2) });
      urls.set(tenant.name, outputs.flinkUrl);
      const { folder } = environment;
      streams.set(
        tenant.name,
        await WordStream.start(folder, tenant.name, outputs.kafkaOnHost, 50),
      );
    }
  });

  afterAll(async () => {
    await Promise.allSettled([...streams.values()].map((stream) => stream.abandon()));
    await environment?.remove();
  });

  it("makes every container healthy within 60 s", async () => {
    const states = await eventually("healthy containers", async () => {
      const seen = await health(environment.name);
      return Object.values(seen).every((state) => state === "healthy") ? seen : undefined;
    });
    expect(Object.keys(states)).toHaveLength(2 + 2 * TENANTS.length);
  });

  it("publishes ports on the loopback interface only", async () => {
    const names = Object.keys(await containers(environment));
    const bindings = await exec("docker", [
      "inspect",
      "--format",
      "{{range .HostConfig.PortBindings}}{{range .}}{{.HostIp}} {{end}}{{end}}",
      ...names,
    ]);
    const addresses = new Set(bindings.split(/\s+/).filter((address) => address !== ""));
    expect([...addresses]).toEqual(["127.0.0.1"]);
  });

  it.each(TENANTS)("changes nothing in a second update of $name", async ({ name }) => {
    const before = await containers(environment);
    const update = await environment.up(name, { at: instantFor(2) });
    expect(update.changes).toEqual({});
    expect(await containers(environment)).toEqual(before);
  });

  it("shows in a preview what an instant will do, and touches nothing", async () => {
    const before = await containers(environment);
    const preview = await environment.pulumi.preview(environment.stackOf("acme"), {
      at: instantFor(4),
    });
    expect(preview).toMatchObject({ ok: true, changes: { create: 1, update: 1 } });
    expect(preview.changed).toEqual({ create: ["flink-taskmanager-2"], update: ["wordcount"] });
    expect(preview.outputs.explanation).toBe(
      "TaskManagers 1 -> 2, wordcount parallelism 2 -> 4 (window p4, 1 to 4 TaskManagers): window p4 opened after p2.",
    );
    expect(await containers(environment)).toEqual(before);
    expect(await inspectCluster(url("acme"))).toMatchObject({
      taskManagers: 1,
      liveJobs: [{ parallelism: 2 }],
    });
  });

  it.each(TENANTS)("scales $name up and down without touching what stays", async ({ name }) => {
    const small = await containers(environment);
    const up = await environment.up(name, { at: instantFor(6) });
    expect(up.changed).toEqual({
      create: expect.arrayContaining(["flink-taskmanager-2", "flink-taskmanager-3"]) as string[],
      update: ["wordcount"],
    });
    expect(await inspectCluster(url(name))).toMatchObject({
      taskManagers: 3,
      liveJobs: [{ parallelism: 6, allRunning: true }],
    });
    expect(await containers(environment)).toMatchObject(small);

    const down = await environment.up(name, { at: instantFor(2) });
    expect(down.changes).toEqual({ update: 1, delete: 2 });
    expect(await containers(environment)).toEqual(small);
    const client = new FlinkRestClient(url(name));
    const cluster = await inspectCluster(url(name));
    expect(cluster).toMatchObject({
      taskManagers: 1,
      liveJobs: [{ parallelism: 2, allRunning: true }],
    });
    // A job whose TaskManager went would have failed over: none did.
    expect(await client.rootException(cluster.liveJobs[0]?.jobId ?? "")).toBeUndefined();
  });

  it("is scraped: every Flink process, with its tenant", async () => {
    const query = async (promql: string) => {
      const answer = await fetch(
        `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(promql)}`,
      );
      const body = (await answer.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return body.data.result;
    };
    await eventually("four scraped processes", async () => {
      const up = await query('sum(up{job="flink"})');
      return up[0]?.value[1] === "4" ? true : undefined;
    });
    const slots = await query("flink_jobmanager_taskSlotsTotal");
    const byTenant = Object.fromEntries(slots.map((s) => [s.metric.tenant, s.value[1]]));
    expect(byTenant).toEqual({ acme: "2", globex: "2" });
  });

  it("refuses a job that needs slots which others hold, and leaves the old one running", async () => {
    const client = new FlinkRestClient(url("acme"));
    const squatter = "0".repeat(31) + "1";
    const jars = await exec("curl", ["-s", `${url("acme")}/jars`]);
    const jarId = (JSON.parse(jars) as { files: { id: string }[] }).files[0]?.id ?? "";
    const args = [
      `--brokers ${environment.name}-kafka:9092 --input-topic acme.lines --output-topic acme.elsewhere`,
      "--group-id squatter --transactional-id-prefix squatter --max-parallelism 256",
    ].join(" ");
    await environment.up("acme", { at: instantFor(3) });
    await client.run(jarId, {
      jobId: squatter,
      entryClass: "io.flinktide.wordcount.WordCount",
      args: args.split(" "),
      parallelism: 1,
    });
    const refused = await environment.tryUp("acme", { at: instantFor(4) });
    await client.cancel(squatter);
    expect(refused.ok).toBe(false);
    expect(refused.errors.join("\n")).toMatch(
      /The job needs 4 slots, 3 are free for it; wordcount \(00000000\) holds 1\. Nothing was stopped\. Fix: /,
    );
    expect(
      (await inspectCluster(url("acme"))).liveJobs.filter((j) => j.jobId !== squatter),
    ).toMatchObject([{ parallelism: 3, allRunning: true }]);
    await environment.up("acme", { at: instantFor(2) });
  });

  it.each(TENANTS)(
    "brings a cancelled job of $name back from its newest checkpoint",
    async ({ name }) => {
      const client = new FlinkRestClient(url(name));
      const [job] = (await inspectCluster(url(name))).liveJobs;
      await eventually(
        "a checkpoint",
        async () =>
          ((await client.checkpoints(job?.jobId ?? ""))?.counts.completed ?? 0) > 0 || undefined,
      );
      await client.cancel(job?.jobId ?? "");
      await eventually("the cancelled job", async () =>
        (await inspectCluster(url(name))).liveJobs.length === 0 ? true : undefined,
      );
      const update = await environment.up(name, { at: instantFor(2) });
      expect(update.changed).toEqual({ update: ["wordcount"] });
      const { liveJobs } = await inspectCluster(url(name));
      expect(liveJobs).toMatchObject([{ parallelism: 2, allRunning: true }]);
      expect(liveJobs[0]?.jobId).not.toBe(job?.jobId);
      const restored = (await client.checkpoints(liveJobs[0]?.jobId ?? ""))?.latest.restored;
      expect(restored?.external_path).toContain(`/${job?.jobId}/chk-`);
    },
  );

  it.each(TENANTS)(
    "has the job of $name running again within 2 minutes of its JobManager's death",
    async ({ name }) => {
      const killedAt = Date.now();
      await crashContainer(environment.container(name, "jobmanager"));
      const update = await environment.up(name, { at: instantFor(2) });
      expect(update.changed).toEqual({ update: ["wordcount"] });
      expect(await awaitOneRunningJob(url(name), 120_000 - (Date.now() - killedAt))).toBeDefined();
      expect((await inspectCluster(url(name))).liveJobs).toMatchObject([{ parallelism: 2 }]);
    },
  );

  it("refuses a bad config with every problem and changes nothing", async () => {
    const before = await containers(environment);
    const good = acmeConfig();
    environment.writeTenant({
      ...good,
      taskManager: { ...good.taskManager, memory: "300MiB" },
      otherwise: { floor: 5, ceiling: 4 },
    });
    const refused = await environment.tryUp("acme", { at: instantFor(2) });
    environment.writeTenant(good);
    expect(refused.ok).toBe(false);
    expect(refused.changes).toEqual({});
    const message = refused.errors.join("\n");
    expect(message).toContain("taskManager.memory");
    expect(message).toContain("otherwise.floor");
    expect(await containers(environment)).toEqual(before);
  });

  it("takes new arguments over through a savepoint, and keeps the job where they are wrong", async () => {
    const good = acmeConfig();
    const withArgs = (...more: string[]) => {
      const [job] = good.jobs ?? [];
      if (job === undefined) throw new Error("no job");
      environment.writeTenant({
        ...good,
        jobs: [{ ...job, args: [...(job.args ?? []), ...more] }],
      });
    };
    withArgs("--no-such-argument", "1");
    const refused = await environment.tryUp("acme", { at: instantFor(2) });
    expect(refused.ok).toBe(false);
    expect(refused.errors.join("\n")).toMatch(
      /does not start: .*no-such-argument.*The old job keeps running/s,
    );
    expect((await inspectCluster(url("acme"))).liveJobs).toMatchObject([{ allRunning: true }]);

    withArgs("--work-micros", "1");
    const [before] = (await inspectCluster(url("acme"))).liveJobs;
    expect((await environment.up("acme", { at: instantFor(2) })).changed).toEqual({
      update: ["wordcount"],
    });
    const [after] = (await inspectCluster(url("acme"))).liveJobs;
    const restored = (await new FlinkRestClient(url("acme")).checkpoints(after?.jobId ?? ""))
      ?.latest.restored;
    expect(restored?.external_path).toContain(`savepoint-${before?.jobId.slice(0, 6)}`);
  });

  it.each(TENANTS)(
    "has counted every word of $name exactly once through all of this",
    async ({ name }) => {
      const verdict = await streams.get(name)?.finish();
      expect(verdict).toMatchObject({ exact: true, lost: 0, duplicated: 0, unexpected: 0 });
      expect(verdict?.words).toBeGreaterThan(10_000);
    },
  );

  it("leaves nothing behind when the tenants and the platform are destroyed", async () => {
    for (const stack of [
      ...TENANTS.map(({ name }) => environment.stackOf(name)),
      environment.name,
    ]) {
      expect(await environment.pulumi.destroy(stack)).toMatchObject({ ok: true });
    }
    const filter = ["--filter", `label=flinktide.environment=${environment.name}`, "-q"];
    const left = [
      await exec("docker", ["ps", "-a", ...filter]),
      await exec("docker", ["network", "ls", ...filter]),
      await exec("docker", ["volume", "ls", ...filter]),
    ];
    expect(left).toEqual(["", "", ""]);
  });
});
