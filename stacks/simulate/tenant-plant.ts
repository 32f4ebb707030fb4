import { peakRate, plantFor, type PlantSettings } from "../../policies/simulator/plant";
import type { Trace } from "../../policies/simulator/trace";
import type { Tenant } from "../../policies/tenant";
import { allBounds } from "../../policies/tenant-parts";

/** The cluster that a tenant file describes, as far as it does. */
export function plantOf(tenant: Tenant): Partial<PlantSettings> {
  const bounds = allBounds(tenant).map((entry) => entry.bounds);
  const known = (values: (number | undefined)[]) => values.filter((value) => value !== undefined);
  const lags = tenant.jobs.map(({ allowedLag }) => allowedLag / 1000);
  return {
    slotsPerTaskManager: tenant.taskManager.slots,
    floor: Math.min(...known(bounds.map(({ floor }) => floor))),
    ceiling: Math.max(...known(bounds.flatMap(({ floor, ceiling }) => [floor, ceiling]))),
    ...(lags.length === 0 ? {} : { allowedLagSeconds: Math.min(...lags) }),
  };
}

/** Share of what a tenant's ceiling can process that the peak of a fitted trace takes. */
const FITTED_SHARE = 0.8;

/** A built-in trace, made as large as a tenant of this size would see it. */
export function fitted(trace: Trace, tenant: Tenant, overrides: Partial<PlantSettings>): Trace {
  const { slotRate, slotsPerTaskManager, ceiling } = plantFor(trace, {
    ...plantOf(tenant),
    ...overrides,
  });
  const peak = peakRate(trace);
  const wanted = Math.round(FITTED_SHARE * slotRate * slotsPerTaskManager * ceiling);
  const scale = peak > 0 ? wanted / peak : 1;
  return {
    ...trace,
    description: `${trace.description}, scaled to a peak of ${wanted.toLocaleString("en")} records/s`,
    rateAt: (ms) => trace.rateAt(ms) * scale,
  };
}
