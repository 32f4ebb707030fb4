import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { UserError } from "../../infra/errors";
import { TaskManagers } from "../../infra/flink/job";
import type { TaskManagersInput } from "../../infra/flink/provider/task-managers-handler";
import { ConductedTenant } from "../../infra/kubernetes/conducted-tenant";
import { FlinkCluster } from "../../infra/kubernetes/flink-cluster";
import { Headroom } from "../../infra/kubernetes/headroom";
import { IsolatedNamespace } from "../../infra/kubernetes/isolated-namespace";
import { headroomOf } from "../../infra/kubernetes/names";
import { tenantPolicies } from "../../infra/kubernetes/network-policies";
import { KUBERNETES_SCHEME } from "../../infra/kubernetes/object-url";
import { flinkRelease } from "../../infra/toolchain/versions";
import { checkQuota, resourceQuotaHard, tenantQuota } from "../../policies/kubernetes/tenant-quota";
import type { Plan } from "../../policies/plan";
import type { Tenant } from "../../policies/tenant";
import type { BuildCluster, PlatformOutputs } from "../built-cluster";
import { buildCollectors } from "../collectors";
import { autoscalerOf, type MakeAutoscaler } from "./autoscaler";
import { tenantCollectors } from "./collectors";
import { ownStackFile } from "./own-stack-file";
import { clusterSettingsSchema, type ClusterSettings } from "./settings";

/**
 * A tenant's cluster in a namespace of its own. The number of TaskManagers is a property there, so that the order is
 * made here: the autoscaler's bounds rise before the jobs grow, and fall after they have shrunk.
 */
export const kubernetesCluster: BuildCluster = async (platform, tenant, plan) => {
  const { environment } = platform;
  const settings = clusterSettingsSchema.parse(await platform.output("cluster"));
  const make = await tenantCollectors(platform, tenant, settings);
  if (settings.conductor) requireNoSecrets(tenant);
  const isolated = isolate(environment, tenant, settings);
  const { namespace } = isolated;
  if (settings.conductor) conduct(environment, tenant, isolated);
  const image = await imageOf(platform, tenant);
  const cluster = new FlinkCluster(
    "flink",
    { environment, tenant, namespace, image, ...settings },
    { dependsOn: [isolated] },
  );
  const headroom = holdRoom(environment, tenant, image, settings);
  const { restUrl } = cluster;
  const { taskManagers } = plan;
  const scale = await autoscalerOf(platform, tenant, plan, settings);
  const most = scale === undefined ? {} : { most: Math.max(1, taskManagers, plan.ceiling) };
  const count = { restUrl, namespace, taskManagers, ...most, ...headroom };
  const shrinks = isShrinking(plan);
  const scaler = shrinks ? undefined : raise(scale, count, cluster);
  return {
    restUrl,
    reach: (job) => ({
      host: { kind: "kubernetes", namespace },
      journal: `kubernetes://${namespace}/journal-${job}`,
      taskManagers: { atLeast: taskManagers },
    }),
    identity: cluster.jobManager.metadata.uid,
    collect: (declared) =>
      buildCollectors(tenant.collectors, {
        ...{ kafkaOnHost: platform.kafkaOnHost, declared: tenant.topics.map(({ name }) => name) },
        ...{ dependsOn: [isolated, ...declared], make },
      }),
    protectJobs: settings.protectJobs,
    before: scaler === undefined ? [cluster] : [cluster, scaler],
    after: (jobs) => {
      if (shrinks) lower(scale, count, [cluster, ...jobs]);
    },
  };
};

/** Throws UserError where the stack has a secret that the conductor's updates would need in the cluster. */
function requireNoSecrets(tenant: Tenant): void {
  if (tenant.collectors.length > 0) {
    throw new UserError(
      `The tenant ${tenant.name} has collectors, whose passwords are secrets of its stack, and the conductor in the ` +
        "cluster gets no secret of a tenant. Fix: give them to the platform's stack (collectors), " +
        "whose topics every tenant reads, or run the conductor outside of the cluster.",
    );
  }
  if (tenant.flink.image?.registry !== undefined) {
    throw new UserError(
      `The tenant ${tenant.name} has a registry's password (flink.image.registry), and the conductor in the cluster ` +
        "gets no secret of a tenant. Fix: remove it, and let the cluster's nodes log in to the registry.",
    );
  }
}

/** Lets the conductor in the cluster act for the tenant. */
function conduct(environment: string, tenant: Tenant, isolated: pulumi.Resource): void {
  new ConductedTenant(
    "conducted",
    { environment, tenant: tenant.name, stackFile: ownStackFile() },
    { dependsOn: [isolated] },
  );
}

/** Room in which the TaskManagers come. Gives where the number of TaskManagers finds them. */
function holdRoom(
  environment: string,
  { name: tenant, taskManager: { cpus, memory: memoryMiB } }: Tenant,
  image: string,
  { cpuRequestShare, conductor: conducted, headroom: kind }: ClusterSettings,
): Pick<TaskManagersInput, "headroom"> {
  if (kind === undefined) return {};
  const size = { cpus, memoryMiB, cpuRequestShare };
  new Headroom("headroom", { environment, tenant, kind, image, size, conducted });
  const { namespace, name } = headroomOf({ environment, tenant });
  return { headroom: { kind, url: `${KUBERNETES_SCHEME}${namespace}/${name}` } };
}

/** The autoscaler's bounds first, so that it does not take back what comes at once. */
function raise(
  scale: MakeAutoscaler | undefined,
  count: TaskManagersInput,
  cluster: pulumi.Resource,
): TaskManagers {
  const autoscaler = scale && [scale([cluster])];
  return new TaskManagers(COUNT, count, { dependsOn: [cluster, ...(autoscaler ?? [])] });
}

function lower(
  scale: MakeAutoscaler | undefined,
  count: TaskManagersInput,
  dependsOn: pulumi.Resource[],
): void {
  const left = new TaskManagers(COUNT, count, { dependsOn });
  scale?.([left]);
}

const COUNT = "task-managers";

/** Throws UserError where the tenant may not have what it asks for. */
function isolate(environment: string, tenant: Tenant, settings: ClusterSettings) {
  const { cpuRequestShare, storage, collectorGiB, apiServer, elsewhere, limit } = settings;
  const collectorStorageMiB = collectorGiB * 1024;
  const options = { cpuRequestShare, storageMiB: storage.sizeGiB * 1024, collectorStorageMiB };
  const problems = checkQuota(tenant, limit, options);
  if (problems.length > 0) {
    const name = `The tenant ${tenant.name} does not fit into what the platform lets a tenant have`;
    throw new UserError(`${name} (tenantLimit); nothing was changed:`, problems);
  }
  return new IsolatedNamespace("tenant", {
    ...{ environment, tenant: tenant.name },
    quota: resourceQuotaHard(tenantQuota(tenant, options)),
    policies: tenantPolicies({ environment, tenant: tenant.name }, apiServer, elsewhere),
  });
}

/** The tenant's own image, else the platform's of its version, by digest. */
async function imageOf(platform: PlatformOutputs, tenant: Tenant): Promise<string> {
  const own = tenant.flink.image;
  if (own !== undefined) return own.reference;
  const name = `flink-${flinkRelease(tenant.flink.version)}`;
  const images = z.record(z.string(), z.string()).parse(await platform.output("images"));
  const image = images[name];
  if (image !== undefined) return image;
  throw new Error(`the platform has no image ${name}; it has ${Object.keys(images).join(", ")}`);
}

/** True where the plan takes TaskManagers away from what the last one had. */
function isShrinking({ decision: { from, to } }: Plan): boolean {
  return from !== null && from.taskManagers > to.taskManagers;
}
