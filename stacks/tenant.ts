import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { Job, Topic } from "../infra/flink/job";
import { CHECKPOINT_FOLDER, rescalesInPlace, SAVEPOINT_FOLDER } from "../infra/flink/properties";
import { sha256 } from "../infra/jobs/jar";
import { decisionSchema } from "../policies/decision";
import { planFor, type Plan } from "../policies/plan";
import type { JobSpec, Tenant } from "../policies/tenant";
import type { BuildCluster, BuiltCluster, PlatformOutputs } from "./built-cluster";
import type { TenantConfig } from "./config";
import { dockerCluster } from "./docker/tenant";
import { observedOf, type LastUpdate } from "./handed";
import { resolveJar } from "./jars";
import { kubernetesCluster } from "./kubernetes/tenant";

export interface BuildOptions {
  /** Tells jars apart. @default by their content */
  hashOf?: (jar: string) => Promise<string>;
  /** What was read of the platform's stack. @default it is read */
  platform?: Promise<PlatformOutputs>;
}

/** A tenant's cluster, topics and jobs as its plan has them at `now`. */
export async function buildTenant(
  { platform: platformStack, tenant, now, handed }: TenantConfig,
  { hashOf = sha256, platform: read = readPlatform(platformStack) }: BuildOptions = {},
) {
  const platform = await read;
  const last = await lastUpdate();
  const plan = planFor(tenant, now, observedOf(last, handed));
  const cluster = await TARGETS[platform.target](platform, tenant, plan);
  const declared = tenant.topics.map(
    ({ name, partitions }) =>
      new Topic(name, { bootstrapServers: platform.kafkaOnHost, name, partitions }),
  );
  const topics = [...declared, ...cluster.collect(declared)];
  const jobs: Record<string, Job> = {};
  for (const spec of tenant.jobs) {
    const jar = path.resolve(resolveJar(spec.jar, tenant));
    const args = {
      ...{ jar, jarSha256: await hashOf(jar) },
      ...jobArgs(spec, tenant, plan, platform, cluster),
    };
    const dependsOn = [...cluster.before, ...topics];
    jobs[spec.name] = new Job(spec.name, args, { dependsOn, protect: cluster.protectJobs });
  }
  cluster.after(Object.values(jobs));
  const fence = handed?.fence ?? last.fence;
  return outputs(platform, tenant, { ...plan, fence }, cluster, jobs);
}

const TARGETS: Readonly<Record<PlatformOutputs["target"], BuildCluster>> = {
  docker: dockerCluster,
  kubernetes: kubernetesCluster,
};

function outputs(
  platform: PlatformOutputs,
  tenant: Tenant,
  plan: Plan & { fence: number },
  cluster: BuiltCluster,
  jobs: Record<string, Job>,
) {
  return {
    environment: platform.environment,
    tenant: tenant.name,
    flinkUrl: cluster.restUrl,
    kafkaOnHost: platform.kafkaOnHost,
    window: plan.window,
    floor: plan.floor,
    ceiling: plan.ceiling,
    nextEdge: plan.nextEdge,
    taskManagers: plan.taskManagers,
    slots: plan.slots,
    jobs: Object.fromEntries(
      Object.entries(jobs).map(([name, { jobId, parallelism }]) => [name, { jobId, parallelism }]),
    ),
    decision: plan.decision,
    fence: plan.fence,
    explanation: plan.explanation,
  };
}

/** Reads the platform's stack, which a program may do once. */
export async function readPlatform(stack: string): Promise<PlatformOutputs> {
  const qualified = stack.includes("/")
    ? stack
    : `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  const reference = new pulumi.StackReference("platform", { name: qualified });
  const output = async (name: string) => (await reference.getOutputDetails(name)).value as unknown;
  return {
    // A platform of before there were targets says nothing.
    target: z
      .enum(["docker", "kubernetes"])
      .catch("docker")
      .parse(await output("target")),
    environment: stack.split("/").at(-1) ?? stack,
    kafka: reference.requireOutput("kafka") as pulumi.Output<string>,
    kafkaOnHost: reference.requireOutput("kafkaOnHost") as pulumi.Output<string>,
    output,
  };
}

/** What the outputs of this stack's last update say: the decision that runs now, and under whose lease it was made. */
async function lastUpdate(): Promise<LastUpdate> {
  const self = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const reference = new pulumi.StackReference("self", { name: self });
  const [decision, fence] = await Promise.all([
    reference.getOutputDetails("decision"),
    reference.getOutputDetails("fence"),
  ]);
  const parsed = decisionSchema.safeParse(decision.value);
  return {
    ...(parsed.success ? { decision: parsed.data } : {}),
    fence: z.int().catch(0).parse(fence.value),
  };
}

function jobArgs(
  spec: JobSpec,
  tenant: Tenant,
  plan: Plan,
  platform: PlatformOutputs,
  cluster: BuiltCluster,
) {
  return {
    restUrl: cluster.restUrl,
    name: spec.name,
    entryClass: spec.entryClass,
    args: platform.kafka.apply((kafka) => fillArgs(spec, tenant, kafka)),
    parallelism:
      plan.jobs.find((job) => job.name === spec.name)?.parallelism ?? spec.parallelism.min,
    rescale: rescalesInPlace(tenant) ? ("in-place" as const) : ("savepoint" as const),
    sourceParallelism: spec.sourceParallelism,
    savepointFolder: SAVEPOINT_FOLDER,
    checkpointFolder: CHECKPOINT_FOLDER,
    ...cluster.reach(spec.name),
    cluster: cluster.identity,
  };
}

/** The placeholders that are known before the job starts; `{lineage}` is filled in when it is submitted. */
function fillArgs(spec: JobSpec, tenant: Tenant, kafka: string): string[] {
  const values: Record<string, string> = {
    kafka,
    tenant: tenant.name,
    maxParallelism: String(spec.maxParallelism),
    sourceParallelism: String(spec.sourceParallelism),
  };
  return spec.args.map((arg) =>
    arg.replace(/\{(\w+)\}/g, (all, key: string) => values[key] ?? all),
  );
}
