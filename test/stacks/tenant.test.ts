import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { parseTenant } from "../../policies/parse-tenant";
import { buildTenant } from "../../stacks/tenant";
import { inputsOf, names, record } from "../support/pulumi-recorder";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-tenant-"));
const jar = path.join(folder, "wordcount.jar");
fs.writeFileSync(jar, "jar");
afterAll(() => fs.rmSync(folder, { recursive: true }));

jest.mock("../../infra/docker/engine", () => ({
  engineCapacity: async () => ({ cores: 4, memoryMiB: 16_384 }),
}));

const text = fs.readFileSync(path.join(__dirname, "../../Pulumi.dev-acme.yaml"), "utf8");
const parsed = parseTenant(
  (parse(text) as { config: Record<string, unknown> }).config["flinktide:tenant"],
);
if (!parsed.ok) throw new Error("dev-acme is no tenant");
const tenant = { ...parsed.tenant, jobs: parsed.tenant.jobs.map((job) => ({ ...job, jar })) };
const MORNING = new Date("2026-11-23T09:00:00+08:00");
const PLATFORM = { network: "flinktide-dev", kafka: "dev-kafka:9092", kafkaOnHost: "127.0.0.1:9" };

it("dev-acme at nine in the morning has its cluster, topics and job", async () => {
  const all = await record(
    () => buildTenant({ role: "tenant", platform: "dev", tenant, now: MORNING }),
    PLATFORM,
  );
  const own = names(all).filter((name) => /Container |Topic |Job /.test(name));
  expect(own).toEqual([
    "flink:index:Topic acme.counts",
    "flink:index:Topic acme.lines",
    "docker:index/container:Container flink-jobmanager",
    "docker:index/container:Container flink-taskmanager-1",
    "docker:index/container:Container flink-taskmanager-2",
    "flink:index:Job wordcount",
  ]);
  const { args, ...job } = inputsOf(all, "wordcount");
  expect(job).toMatchObject({
    ...{ restUrl: "http://127.0.0.1:8081", name: "wordcount", jar, parallelism: 4 },
    ...{ rescale: "savepoint", sourceParallelism: 1, cluster: "flink-jobmanager-id" },
    taskManagers: ["dev-acme-taskmanager-1", "dev-acme-taskmanager-2"],
    host: { kind: "docker", jobManager: "dev-acme-jobmanager" },
  });
  const filled = ["--brokers", "dev-kafka:9092", "acme-{lineage}", "256"];
  expect(args).toEqual(expect.arrayContaining(filled));
});
