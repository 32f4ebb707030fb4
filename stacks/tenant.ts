import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { engineCapacity } from "../infra/docker/engine";
import { clusterNames } from "../infra/docker/cluster-names";
import { FlinkCluster } from "../infra/docker/flink-cluster";
import { Job, Topic } from "../infra/flink/job";
import { CHECKPOINT_FOLDER, rescalesInPlace, SAVEPOINT_FOLDER } from "../infra/flink/properties";
import { flinkImage } from "../infra/images/flink-image";
import { sha256 } from "../infra/jobs/jar";
import { stateDir } from "../infra/toolchain/paths";
import { decisionSchema } from "../policies/decision";
import { planFor, type Plan } from "../policies/plan";
import type { JobSpec, Tenant } from "../policies/tenant";
import { buildCollectors } from "./collectors";
import type { TenantConfig } from "./config";
import { observedOf, type LastUpdate } from "./handed";
import { resolveJar } from "./jars";

/** What a tenant's stack reads of its platform's. */
interface PlatformOutputs {
  environment: string;
  network: pulumi.Output<string>;
  kafka: pulumi.Output<string>;
  kafkaOnHost: pulumi.Output<string>;
}

/** A tenant's cluster, topics and jobs as its plan has them at `now`. */
export async function buildTenant({ platform: platformStack, tenant, now, handed }: TenantConfig) {
  const platform = readPlatform(platformStack);
  const last = await lastUpdate();
  const plan = planFor(tenant, now, observedOf(last, handed));
  const { cores } = await engineCapacity();
  const cluster = new FlinkCluster("flink", {
    environment: platform.environment,
    tenant,
    taskManagers: plan.taskManagers,
    image: flinkImage("flink-image", tenant),
    network: platform.network,
    hostCores: cores,
  });
  const declared = tenant.topics.map(
    ({ name, partitions }) =>
      new Topic(name, { bootstrapServers: platform.kafkaOnHost, name, partitions }),
  );
  const topics = [...declared, ...buildTenantCollectors(tenant, platform, declared)];
  const jobs: Record<string, { jobId: pulumi.Output<string>; parallelism: pulumi.Output<number> }> =
    {};
  for (const spec of tenant.jobs) {
    const args = await jobArgs(spec, tenant, plan, platform, cluster);
    const job = new Job(spec.name, args, { dependsOn: [cluster, ...topics] });
    jobs[spec.name] = { jobId: job.jobId, parallelism: job.parallelism };
  }
  const fence = handed?.fence ?? last.fence;
  return outputs(platform, tenant, { ...plan, fence }, cluster, jobs);
}

function buildTenantCollectors(
  { name, collectors, topics }: Tenant,
  { environment, network, kafka, kafkaOnHost }: PlatformOutputs,
  dependsOn: Topic[],
): Topic[] {
  const declared = topics.map((topic) => topic.name);
  const place = { environment, tenant: name, network, kafka, kafkaOnHost };
  return buildCollectors(collectors, { ...place, declared, dependsOn });
}

function outputs(
  platform: PlatformOutputs,
  tenant: Tenant,
  plan: Plan & { fence: number },
  cluster: FlinkCluster,
  jobs: object,
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
    jobs,
    decision: plan.decision,
    fence: plan.fence,
    explanation: plan.explanation,
  };
}

function readPlatform(stack: string): PlatformOutputs {
  const qualified = stack.includes("/")
    ? stack
    : `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  const reference = new pulumi.StackReference("platform", { name: qualified });
  return {
    environment: stack.split("/").at(-1) ?? stack,
    network: reference.requireOutput("network") as pulumi.Output<string>,
    kafka: reference.requireOutput("kafka") as pulumi.Output<string>,
    kafkaOnHost: reference.requireOutput("kafkaOnHost") as pulumi.Output<string>,
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

async function jobArgs(
  spec: JobSpec,
  tenant: Tenant,
  plan: Plan,
  platform: PlatformOutputs,
  cluster: FlinkCluster,
) {
  const jar = resolveJar(spec.jar, tenant);
  const { jobManager } = clusterNames(platform.environment, tenant.name);
  const journal = stateDir("journal", platform.environment, tenant.name, `${spec.name}.json`);
  return {
    restUrl: cluster.restUrl,
    name: spec.name,
    jar: path.resolve(jar),
    jarSha256: await sha256(jar),
    entryClass: spec.entryClass,
    args: platform.kafka.apply((kafka) => fillArgs(spec, tenant, kafka)),
    parallelism:
      plan.jobs.find((job) => job.name === spec.name)?.parallelism ?? spec.parallelism.min,
    rescale: rescalesInPlace(tenant) ? ("in-place" as const) : ("savepoint" as const),
    sourceParallelism: spec.sourceParallelism,
    taskManagers: cluster.taskManagerIds,
    savepointFolder: SAVEPOINT_FOLDER,
    checkpointFolder: CHECKPOINT_FOLDER,
    journal,
    docker: { jobManager },
    cluster: cluster.jobManager.id,
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
