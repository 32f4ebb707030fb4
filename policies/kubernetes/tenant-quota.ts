import { collectorMemoryMiB } from "../collector";
import type { Problem } from "../problem";
import type { Tenant } from "../tenant";
import { allBounds, mostTaskManagers } from "../tenant-parts";
import { printMemory } from "../units";

/** What a namespace may hold, or what is needed of it. */
export interface NamespaceQuota {
  /** Cores that pods may set aside. */
  requestedCpus: number;
  /** Cores that pods may use at most. */
  cpus: number;
  /** Memory that pods may set aside and use. */
  memoryMiB: number;
  pods: number;
  /** Of all volume claims together. */
  storageMiB: number;
}

/** What a tenant's namespace needs beside its file. */
export interface QuotaOptions {
  /** Part of the cores of a limit that a pod sets aside, 0 to 1. @default 1 */
  cpuRequestShare?: number;
  /** Size of the tenant's volume claim. */
  storageMiB: number;
  /** Size of each collector's. @default 0 */
  collectorStorageMiB?: number;
}

/** A Deployment that is replaced has so many pods more for a while. */
const SURGE = 1;
const JOB_MANAGERS = 1;

/**
 * The numbers of a tenant's ResourceQuota: the most TaskManagers that its quota or, without one, any window allows,
 * its JobManager, and one more of each while they are replaced; its collectors, of which each goes before its successor
 * comes.
 */
export function tenantQuota(tenant: Tenant, options: QuotaOptions): NamespaceQuota {
  const ceilings = allBounds(tenant).map(({ bounds }) => mostTaskManagers(bounds).value);
  // Also a hold stays within the tenant's quota, which no window exceeds.
  return needed(tenant, tenant.quota?.taskManagers ?? Math.max(...ceilings), options);
}

/** What so many TaskManagers need together with all else. */
function needed(tenant: Tenant, taskManagers: number, options: QuotaOptions): NamespaceQuota {
  const { cpuRequestShare = 1, storageMiB, collectorStorageMiB = 0 } = options;
  const collectors = tenant.collectors.map((collector) => ({
    cpus: collector.cpus,
    memory: collectorMemoryMiB(collector),
  }));
  const pods = { taskManager: taskManagers + SURGE, jobManager: JOB_MANAGERS + SURGE };
  const all = (of: "cpus" | "memory", share = 1) =>
    pods.taskManager * milli(tenant.taskManager[of] * share) +
    pods.jobManager * milli(tenant.jobManager[of] * share) +
    collectors.reduce((sum, collector) => sum + milli(collector[of] * share), 0);
  return {
    requestedCpus: all("cpus", cpuRequestShare) / 1000,
    cpus: all("cpus") / 1000,
    memoryMiB: all("memory") / 1000,
    pods: pods.taskManager + pods.jobManager + collectors.length,
    storageMiB: storageMiB + collectors.length * collectorStorageMiB,
  };
}

/** Whole thousandths, as Kubernetes counts cores: sums of them are exact. */
function milli(value: number): number {
  return Math.round(value * 1000);
}

const PRINTED: Readonly<Record<keyof NamespaceQuota, (value: number) => string>> = {
  requestedCpus: (value) => `${value} cores set aside`,
  cpus: (value) => `${value} cores`,
  memoryMiB: (value) => `${printMemory(value)} of memory`,
  pods: (value) => `${value} pods`,
  storageMiB: (value) => `${printMemory(value)} of storage`,
};
const RESOURCES = Object.keys(PRINTED) as (keyof NamespaceQuota)[];

/**
 * What of a tenant does not fit into a quota, before anything is made: each window, exception and `otherwise` with
 * the most TaskManagers that it asks for, and the tenant's own quota.
 *
 * @param quota what is given; a resource that is left out is unlimited
 */
export function checkQuota(
  tenant: Tenant,
  quota: Partial<NamespaceQuota>,
  options: QuotaOptions,
): Problem[] {
  const lacks = (taskManagers: number) => lackingIn(quota, needed(tenant, taskManagers, options));
  // What is lacking for none of them is no window's fault.
  const alone = lacks(0);
  if (alone.length > 0) return [besideTaskManagers(alone)];
  return countsOf(tenant).flatMap(({ path, value }) => {
    const lacking = lacks(value);
    if (lacking.length === 0) return [];
    const most = largestThatFits(value, (count) => lacks(count).length === 0);
    const lower = most === 0 ? "no TaskManager fits" : `lower it to at most ${most}`;
    return [
      {
        path,
        value,
        fault: `with the JobManager and one more of each while they are replaced, ${asNeeds(lacking)}`,
        fix: `${lower}, or raise the namespace's quota to ${list(lacking, "needs")}`,
      },
    ];
  });
}

interface Lacking {
  resource: keyof NamespaceQuota;
  needs: number;
  has: number;
}

function lackingIn(quota: Partial<NamespaceQuota>, needs: NamespaceQuota): Lacking[] {
  return RESOURCES.map((resource) => ({
    resource,
    needs: needs[resource],
    has: quota[resource] ?? Infinity,
  })).filter(({ needs: wanted, has }) => wanted > has);
}

function countsOf(tenant: Tenant): { path: string; value: number }[] {
  const counts = allBounds(tenant).map(({ path, bounds }) => {
    const { setting, value } = mostTaskManagers(bounds);
    return { path: `${path}.${setting}`, value };
  });
  const quota = tenant.quota?.taskManagers;
  return quota === undefined ? counts : [...counts, { path: "quota.taskManagers", value: quota }];
}

function besideTaskManagers(lacking: readonly Lacking[]): Problem {
  return {
    path: "jobManager",
    fault: `without any TaskManager that does work, ${asNeeds(lacking)}`,
    fix: `raise the namespace's quota to ${list(lacking, "needs")}, or make JobManager, TaskManager or storage smaller`,
  };
}

/** Below a count that does not fit. */
function largestThatFits(count: number, fits: (count: number) => boolean): number {
  let most = count - 1;
  while (most > 0 && !fits(most)) most--;
  return most;
}

function asNeeds(lacking: readonly Lacking[]): string {
  return `${list(lacking, "needs")} are needed and the namespace's quota has ${list(lacking, "has")}`;
}

function list(lacking: readonly Lacking[], which: "needs" | "has"): string {
  return lacking.map((each) => PRINTED[each.resource](each[which])).join(", ");
}

/** `spec.hard` of a ResourceQuota with these numbers. */
export function resourceQuotaHard(quota: NamespaceQuota): Record<string, string> {
  const memory = `${quota.memoryMiB}Mi`;
  return {
    "requests.cpu": `${milli(quota.requestedCpus)}m`,
    "limits.cpu": `${milli(quota.cpus)}m`,
    "requests.memory": memory,
    "limits.memory": memory,
    pods: String(quota.pods),
    "requests.storage": `${quota.storageMiB}Mi`,
  };
}
