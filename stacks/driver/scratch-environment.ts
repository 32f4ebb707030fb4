import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { Cluster } from "../../infra/cluster/cluster";
import { jobTargetSchema, type JobTarget } from "../../infra/flink/job-target";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { ensureToolchain, folderBackend } from "../../infra/toolchain/toolchain";
import type { TenantInput } from "../../policies/tenant";
import type { PlatformInput } from "../platform-schema";
import { removeByLabel, removeFromCluster } from "./cleanup";
import { onSmallCluster } from "./small-cluster";
import { Environment, type Update, type UpdateOptions } from "./environment";
import { breakLock, type StaleLock } from "./pulumi-lock";
import { tenantOutputsSchema, type TenantOutputs } from "./tenant-probe";

/** Where every scratch environment notes its process, so that the next run finds what an interrupted one left. */
const REGISTRY = path.join(os.tmpdir(), "flinktide-scratch");

/** Ports that the operating system says are free right now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export interface ScratchTenant {
  name: string;
  version: "1.14" | "1.20";
  /** Merged over the tenant block. */
  change?: Partial<TenantInput>;
  /** TaskManagers that always run. @default 1 */
  floor?: number;
  /** `at-least-once` for a run that must show differences. @default exactly-once */
  guarantee?: "exactly-once" | "at-least-once";
  /** Further arguments of the job. */
  jobArgs?: readonly string[];
  /** Key groups of the job. @default the product's */
  maxParallelism?: number;
}

export interface ScratchPlatform {
  /** Between two scrapes of Prometheus. @default 1 */
  scrapeIntervalSeconds?: number;
  collectors?: PlatformInput["collectors"];
  /** Merged over Kafka's and Prometheus's settings. */
  kafka?: PlatformInput["kafka"];
  prometheus?: PlatformInput["prometheus"];
  /** Merged over the settings for a cluster. */
  kubernetes?: Partial<NonNullable<PlatformInput["kubernetes"]>>;
  /** By their config keys. */
  secrets?: Readonly<Record<string, string>>;
}

export interface ScratchOptions {
  /** Folder with another executable of the flink provider. */
  provider?: string;
  /** A cluster to be on, instead of Docker. */
  cluster?: Pick<Cluster, "kubeconfig" | "registry">;
}

/** An instant at which the scratch tenants' plan asks for this parallelism: 1 to 8, two slots a TaskManager. */
export function instantFor(parallelism: number): string {
  return `2026-11-23T0${parallelism}:30:00Z`;
}

/**
 * An environment for a test or a measurement, with its own state, network and ports, beside any other.
 * Nothing of it outlives `remove`; what an interrupted run left, the next one removes.
 */
export class ScratchEnvironment {
  private constructor(
    readonly name: string,
    readonly folder: string,
    readonly pulumi: Environment,
    private readonly env: Record<string, string>,
    private readonly cluster: ScratchOptions["cluster"],
  ) {}

  /** On Kubernetes, this process works on that cluster from then on. */
  static async create(options: ScratchOptions = {}): Promise<ScratchEnvironment> {
    await removeLeftovers();
    const name = `t${randomBytes(3).toString("hex")}`;
    const folder = path.join(REGISTRY, name);
    fs.mkdirSync(path.join(folder, "pulumi"), { recursive: true });
    fs.writeFileSync(path.join(folder, "pid"), String(process.pid));
    const { cluster } = options;
    if (cluster !== undefined) useCluster(folder, cluster.kubeconfig);
    const env = {
      ...(await ensureToolchain({ kubernetes: cluster !== undefined })).env,
      ...(cluster === undefined ? {} : { KUBECONFIG: cluster.kubeconfig }),
      FLINKTIDE_STATE: folder,
      PULUMI_BACKEND_URL: folderBackend(path.join(folder, "pulumi")),
      PULUMI_CONFIG_PASSPHRASE: "scratch",
    };
    const projectDir = options.provider && projectWith(folder, options.provider);
    const pulumi = new Environment({ env, configDir: path.join(folder, "config"), projectDir });
    return new ScratchEnvironment(name, folder, pulumi, env, cluster);
  }

  /** Folder of the stack files. */
  get stacksFolder(): string {
    return path.join(this.folder, "config");
  }

  /** What a command needs to work on this environment; to be merged over `process.env`. */
  get variables(): Readonly<Record<string, string>> {
    return this.env;
  }

  stackOf(tenant?: string): string {
    return tenant === undefined ? this.name : `${this.name}-${tenant}`;
  }

  async upPlatform({
    scrapeIntervalSeconds = 1,
    collectors = [],
    kubernetes = {},
    secrets = {},
    kafka = {},
    prometheus = {},
  }: ScratchPlatform = {}): Promise<Update> {
    const [kafkaPort, prometheusPort] = await freePorts(2);
    this.pulumi.writeConfig(this.name, {
      role: "platform",
      platform: {
        kafka: { port: kafkaPort, ...kafka },
        prometheus: { port: prometheusPort, scrapeIntervalSeconds, ...prometheus },
        ...(collectors.length === 0 ? {} : { collectors }),
        ...(this.cluster === undefined ? {} : this.onCluster(this.cluster.registry, kubernetes)),
      },
    });
    await this.pulumi.init(this.name);
    for (const [key, value] of Object.entries(secrets)) {
      await this.pulumi.setSecret(this.name, key, value);
    }
    return succeed(await this.pulumi.up(this.name));
  }

  private onCluster(registry: string, change: object) {
    const small = onSmallCluster(registry);
    return { ...small, kubernetes: { ...small.kubernetes, ...change } };
  }

  /** Gives the tenant's block as it stands in its stack file. */
  async addTenant(tenant: ScratchTenant): Promise<TenantInput> {
    const [restPort = 0] = await freePorts(1);
    const block = tenantConfig(tenant, restPort);
    this.writeTenant(block);
    await this.pulumi.init(this.stackOf(tenant.name));
    return block;
  }

  writeTenant(block: TenantInput): void {
    const config = { role: "tenant", platform: this.name, tenant: block };
    this.pulumi.writeConfig(this.stackOf(block.name), config);
  }

  /** Sets a config key with its namespace, after the block was written. */
  setSecret(tenant: string, key: string, value: string): Promise<void> {
    return this.pulumi.setSecret(this.stackOf(tenant), key, value);
  }

  /** An update that must succeed; gives the stack's outputs with it. */
  async up(
    tenant: string,
    options: UpdateOptions = {},
  ): Promise<Update & { tenant: TenantOutputs }> {
    const update = succeed(await this.pulumi.up(this.stackOf(tenant), options));
    return { ...update, tenant: tenantOutputsSchema.parse(update.outputs) };
  }

  /** An update that may fail or be killed. */
  tryUp(tenant: string, options: UpdateOptions = {}): Promise<Update> {
    return this.pulumi.up(this.stackOf(tenant), options);
  }

  breakLock(tenant: string): Promise<StaleLock | undefined> {
    return breakLock(this.env.PULUMI_BACKEND_URL ?? "", this.stackOf(tenant));
  }

  /** The inputs of a tenant's job, as the stack's state has them. */
  async jobTarget(tenant: string): Promise<JobTarget> {
    const resources = await this.pulumi.resources(this.stackOf(tenant));
    const job = resources.find((resource) => resource.type === "flink:index:Job");
    return jobTargetSchema.parse(job?.inputs);
  }

  /** Sets a variable for the updates that follow. */
  setVariable(name: string, value: string): void {
    this.env[name] = value;
  }

  container(tenant: string, process: string): string {
    return `${this.name}-${tenant}-${process}`;
  }

  async remove(): Promise<void> {
    await removeAll(this.name, this.folder);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function succeed(update: Update): Update {
  if (!update.ok) throw new Error(`pulumi failed: ${update.errors.join("\n")}`);
  return update;
}

/** A tenant of small containers whose parallelism at hour h is h. */
export function tenantConfig(tenant: ScratchTenant, restPort: number): TenantInput {
  const { name, version, guarantee = "exactly-once", floor = 1, change = {} } = tenant;
  const { jobArgs = [], maxParallelism } = tenant;
  const two = (hour: number) => `${String(hour).padStart(2, "0")}:00`;
  return {
    name,
    flink: { version },
    jobManager: { restPort, memory: "1GiB" },
    taskManager: { slots: 2, memory: "1GiB", managedMemory: "64MiB" },
    topics: [
      { name: `${name}.lines`, partitions: 1 },
      { name: `${name}.counts`, partitions: 4 },
    ],
    jobs: [
      {
        name: "wordcount",
        jar: "wordcount",
        entryClass: "io.flinktide.wordcount.WordCount",
        args: [
          ...["--brokers", "{kafka}", "--input-topic", `${name}.lines`],
          ...["--output-topic", `${name}.counts`, "--group-id", `${name}-wordcount`],
          ...["--transactional-id-prefix", `${name}-{lineage}`, "--checkpoint-interval-ms", "1000"],
          ...["--max-parallelism", "{maxParallelism}", "--delivery-guarantee", guarantee],
          ...jobArgs,
        ],
        ...(maxParallelism === undefined ? {} : { maxParallelism }),
        parallelism: { min: 1, max: 8 },
      },
    ],
    windows: [1, 2, 3, 4, 5, 6, 7, 8].map((hour) => ({
      name: `p${hour}`,
      from: two(hour),
      to: two(hour + 1),
      zone: "UTC",
      floor,
      ceiling: 4,
      parallelism: hour,
    })),
    otherwise: { floor, ceiling: 4, parallelism: 1 },
    ...change,
  };
}

/** A project folder that differs from the checkout in its provider only. */
function projectWith(folder: string, provider: string): string {
  const project = path.join(folder, "project");
  fs.mkdirSync(project);
  for (const entry of [
    "infra",
    "policies",
    "stacks",
    "node_modules",
    "package.json",
    "tsconfig.json",
  ]) {
    fs.symlinkSync(path.join(PROJECT_DIR, entry), path.join(project, entry));
  }
  const original = fs.readFileSync(path.join(PROJECT_DIR, "Pulumi.yaml"), "utf8");
  fs.writeFileSync(
    path.join(project, "Pulumi.yaml"),
    original.replace("path: infra/flink/provider", `path: ${provider}`),
  );
  return project;
}

/** Containers and state of scratch environments whose process is gone. */
async function removeLeftovers(): Promise<void> {
  fs.mkdirSync(REGISTRY, { recursive: true });
  for (const name of fs.readdirSync(REGISTRY)) {
    const folder = path.join(REGISTRY, name);
    if (fs.existsSync(`/proc/${readPid(folder)}`)) continue;
    await removeAll(name, folder);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Written down for whoever removes what this process left. */
function useCluster(folder: string, kubeconfig: string): void {
  fs.writeFileSync(path.join(folder, "kubeconfig"), kubeconfig);
  process.env.KUBECONFIG = kubeconfig;
}

/** A cluster that is gone has taken the namespaces with it. */
async function removeAll(name: string, folder: string): Promise<void> {
  await removeByLabel(name);
  const noted = path.join(folder, "kubeconfig");
  if (!fs.existsSync(noted)) return;
  const kubeconfig = fs.readFileSync(noted, "utf8");
  if (!fs.existsSync(kubeconfig)) return;
  process.env.KUBECONFIG = kubeconfig;
  await removeFromCluster(name);
}

function readPid(folder: string): string {
  try {
    return fs.readFileSync(path.join(folder, "pid"), "utf8");
  } catch {
    return "none";
  }
}
