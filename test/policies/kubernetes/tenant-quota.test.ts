import * as fc from "fast-check";
import {
  checkQuota,
  resourceQuotaHard,
  tenantQuota,
  type NamespaceQuota,
} from "../../../policies/kubernetes/tenant-quota";
import type { TenantInput } from "../../../policies/tenant";
import { allBounds, mostTaskManagers } from "../../../policies/tenant-parts";
import { randomTenants } from "../../support/random-tenant";
import { readTenant } from "../../support/tenant-file";

const base: TenantInput = {
  name: "acme",
  jobManager: { memory: "1GiB", cpus: 0.5 },
  taskManager: { memory: "1792MiB", cpus: 1.5, managedMemory: "64MiB" },
  windows: [{ name: "day", from: "08:00", to: "20:00", floor: 2, ceiling: 4 }],
  exceptions: [{ name: "event", dates: ["2026-11-11"], floor: 6 }],
  otherwise: { floor: 1, ceiling: 2 },
};
const tenant = readTenant(base);
const STORAGE = { storageMiB: 10_240 };
/** 7 TaskManagers and 2 JobManagers: one more of each than ever run at once. */
const FULL: NamespaceQuota = {
  requestedCpus: 11.5,
  cpus: 11.5,
  memoryMiB: 7 * 1792 + 2 * 1024,
  pods: 9,
  storageMiB: 10_240,
};

describe("the quota", () => {
  it("holds the highest ceiling, also one that only a floor lifts, and one more of each", () => {
    expect(tenantQuota(tenant, STORAGE)).toEqual(FULL);
  });

  it("holds what a person may hold the tenant at, where that is more", () => {
    const more = readTenant({ ...base, quota: { taskManagers: 10 } });
    expect(tenantQuota(more, STORAGE)).toMatchObject({ pods: 13, cpus: 17.5 });
  });

  it("sets aside less than the limits where the nodes are overcommitted", () => {
    const quota = tenantQuota(tenant, { ...STORAGE, cpuRequestShare: 0.25 });
    expect(quota).toEqual({ ...FULL, requestedCpus: 2.875 });
  });

  it("holds each collector once: it goes before its successor comes", () => {
    const database = (schema: string) => ({
      host: "db",
      schema,
      passwordKey: "collector:database",
    });
    const collectors = [
      { name: "a", database: database("a") },
      { name: "b", database: database("b"), heap: "1GiB", cpus: 0.5 },
    ];
    const fed = readTenant({ ...base, collectors });
    expect(
      tenantQuota(fed, { ...STORAGE, collectorStorageMiB: 1024, cpuRequestShare: 0.5 }),
    ).toEqual({
      ...{ requestedCpus: (11.5 + 1.5) / 2, cpus: 11.5 + 1.5 },
      memoryMiB: FULL.memoryMiB + 512 + 384 + 1024 + 384,
      ...{ pods: 11, storageMiB: 10_240 + 2048 },
    });
  });

  it("is written as Kubernetes reads it", () => {
    expect(resourceQuotaHard(FULL)).toEqual({
      "requests.cpu": "11500m",
      "limits.cpu": "11500m",
      "requests.memory": "14592Mi",
      "limits.memory": "14592Mi",
      pods: "9",
      "requests.storage": "10240Mi",
    });
  });
});

describe("what does not fit", () => {
  it("is nothing within the tenant's own numbers", () => {
    expect(checkQuota(tenant, FULL, STORAGE)).toEqual([]);
    expect(checkQuota(tenant, {}, STORAGE)).toEqual([]);
  });

  it("is told for each window, with what it needs and what would fit", () => {
    expect(checkQuota(tenant, { ...FULL, pods: 6, cpus: 9 }, STORAGE)).toEqual([
      {
        path: "windows[0].ceiling",
        value: 4,
        fault:
          "with the JobManager and one more of each while they are replaced, 7 pods are needed and the namespace's quota has 6 pods",
        fix: "lower it to at most 3, or raise the namespace's quota to 7 pods",
      },
      {
        path: "exceptions[0].floor",
        value: 6,
        fault:
          "with the JobManager and one more of each while they are replaced, 11.5 cores, 9 pods are needed and the namespace's quota has 9 cores, 6 pods",
        fix: "lower it to at most 3, or raise the namespace's quota to 11.5 cores, 9 pods",
      },
    ]);
  });

  it("names the tenant's own quota, which a hold may reach", () => {
    const wide = readTenant({ ...base, quota: { taskManagers: 7 } });
    expect(checkQuota(wide, FULL, STORAGE).map(({ path }) => path)).toEqual(["quota.taskManagers"]);
  });

  it("is no window's fault where nothing fits", () => {
    expect(checkQuota(tenant, { storageMiB: 5120 }, STORAGE)).toEqual([
      {
        path: "jobManager",
        fault:
          "without any TaskManager that does work, 10 GiB of storage are needed and the namespace's quota has 5 GiB of storage",
        fix: "raise the namespace's quota to 10 GiB of storage, or make JobManager, TaskManager or storage smaller",
      },
    ]);
  });
});

const options = fc.record({
  cpuRequestShare: fc.constantFrom(0.1, 0.5, 1),
  storageMiB: fc.integer({ min: 0, max: 100_000 }),
});

test("every tenant fits into its own quota, and not into one that has less of anything", () => {
  fc.assert(
    fc.property(randomTenants, options, (any, given) => {
      const quota = tenantQuota(any, given);
      expect(checkQuota(any, quota, given)).toEqual([]);
      for (const [resource, value] of Object.entries(quota)) {
        const less = { ...quota, [resource]: value - 0.001 };
        expect(checkQuota(any, less, given)).not.toEqual([]);
      }
    }),
    { numRuns: 50 },
  );
});

test("what is proposed instead fits, and one more does not", () => {
  fc.assert(
    fc.property(randomTenants, fc.integer({ min: 4, max: 12 }), (any, pods) => {
      for (const { value, fix } of checkQuota(any, { pods }, STORAGE)) {
        const most = Number(/at most (\d+)/.exec(fix)?.[1]);
        expect(most + 3).toBe(pods);
        expect(value).toBeGreaterThan(most);
      }
      const most = Math.max(...allBounds(any).map(({ bounds }) => mostTaskManagers(bounds).value));
      expect(checkQuota(any, { pods }, STORAGE).length > 0).toBe(most + 3 > pods);
    }),
    { numRuns: 50 },
  );
});
