import { slotsOf } from "../capacity-plan";
import type { Bounds, Tenant } from "../tenant";
import { wantedParallelism } from "../tenant-parts";
import type { Range } from "./job-scaler";

/**
 * What bounds leave open for one of a tenant's jobs: no less than is configured or than the floor has slots for, no
 * more than the slots that the other jobs leave.
 *
 * @param parallelism of all jobs
 */
export function rangeOf(
  tenant: Tenant,
  bounds: Bounds,
  job: string,
  parallelism: Readonly<Record<string, number>>,
): Range {
  const spec = tenant.jobs.find(({ name }) => name === job);
  const own = spec === undefined ? 1 : wantedParallelism(bounds, spec);
  const others = slotsOf(parallelism) - (parallelism[job] ?? 0);
  const { slots } = tenant.taskManager;
  return {
    least: Math.max(own, (bounds.floor - 1) * slots + 1 - others),
    most: Math.min(spec?.parallelism.max ?? Infinity, bounds.ceiling * slots - others),
  };
}
