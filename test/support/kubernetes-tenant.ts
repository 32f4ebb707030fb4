import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import type { Decision } from "../../policies/decision";
import { parseTenant } from "../../policies/parse-tenant";
import { buildTenant } from "../../stacks/tenant";
import { inputsOf, record, type RecordedResource } from "./pulumi-recorder";

/** The tenant file that Docker's demo takes, for a program recorded against Kubernetes. */

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-kubernetes-"));
const jar = path.join(folder, "wordcount.jar");
fs.writeFileSync(jar, "jar");
afterAll(() => fs.rmSync(folder, { recursive: true }));

export const text = fs.readFileSync(path.join(__dirname, "../../Pulumi.dev-acme.yaml"), "utf8");
const parsed = parseTenant(
  (parse(text) as { config: Record<string, unknown> }).config["flinktide:tenant"],
);
if (!parsed.ok) throw new Error("dev-acme is no tenant");
/** The file as it is read. */
export const read = parsed.tenant;
/** With a jar that is there. */
export const tenant = { ...read, jobs: read.jobs.map((job) => ({ ...job, jar })) };

export const NIGHT = new Date("2026-11-23T03:00:00+08:00");
export const MORNING = new Date("2026-11-23T09:00:00+08:00");
export const IMAGE = `registry.example.com/flink@sha256:${"0".repeat(64)}`;
export const PLATFORM = {
  target: "kubernetes",
  kafka: "kafka.flinktide-dev.svc:9092",
  kafkaOnHost: "kubernetes://flinktide-dev/kafka:9092",
  images: { "flink-1.14.6": IMAGE },
  cluster: {
    storage: { sizeGiB: 10 },
    ...{ accessMode: "ReadWriteMany", cpuRequestShare: 0.5, metrics: "prometheus-adapter" },
    protectJobs: true,
    apiServer: { addresses: ["10.99.0.2"], port: 6443 },
    limit: {},
    conductor: false,
  },
};

export const build = (now: Date, decision?: Decision) =>
  record(
    () =>
      buildTenant({
        ...{ role: "tenant" as const, platform: "dev", tenant, now },
        ...(decision === undefined ? {} : { handed: { fence: 1, decision } }),
      }),
    PLATFORM,
  );
export const specOf = (all: RecordedResource[], name: string) => inputsOf(all, name)["spec"];
