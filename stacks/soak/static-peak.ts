import { taskManagersForRate } from "../../policies/simulator/capacity";
import { peakRate, plantFor } from "../../policies/simulator/plant";
import { PACED_MAX_PARALLELISM } from "../driver/paced-tenant";
import {
  CEILING,
  compressed,
  dayTrace,
  SLOT_RATE,
  SLOTS_PER_TASK_MANAGER,
  type TenantDay,
} from "./day";
import type { TenantResult } from "./result";
import { Stage, type PlayOptions } from "./stage";
import { staticTenant } from "./tenant";

export type StaticPeak = NonNullable<TenantResult["staticPeak"]>;

/** The day without a conductor, on clusters that have what the busiest minute needs. By tenant. */
export function playStatic(options: PlayOptions): Promise<Map<string, StaticPeak>> {
  const tenantOf = (day: TenantDay) => staticTenant(day, peakTaskManagers(day, options));
  return Stage.with(tenantOf, options, async (stage) => {
    const startMs = await stage.warmUp();
    await stage.play(startMs, async () => []);
    const found = new Map<string, StaticPeak>();
    for (const tenant of stage.tenants) {
      const { taskManagers } = tenant.first;
      const series = stage.seriesOf(tenant, startMs);
      found.set(tenant.day.name, { taskManagers, series, count: await stage.count(tenant) });
    }
    return found;
  });
}

/** TaskManagers that hold the mean of the busiest minute, as the simulator's static rival has them. */
export function peakTaskManagers(
  day: TenantDay,
  { minutes, seed }: Pick<PlayOptions, "minutes" | "seed">,
): number {
  const trace = compressed(dayTrace(day, seed), 0, minutes);
  const plant = plantFor(trace, {
    ...{ slotRate: SLOT_RATE, slotsPerTaskManager: SLOTS_PER_TASK_MANAGER, contention: 0 },
    maxParallelism: PACED_MAX_PARALLELISM,
  });
  return Math.min(CEILING, taskManagersForRate(peakRate(trace), plant));
}
