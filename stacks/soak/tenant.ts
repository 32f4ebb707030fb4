import type { TenantInput } from "../../policies/tenant";
import { pacedTenant } from "../driver/paced-tenant";
import type { ScratchTenant } from "../driver/scratch-environment";
import { SLOT_RATE, NIGHT_FLOOR, type TenantDay } from "./day";
import { boundsOf, type Schedule } from "./schedule";

/** Age at which a record waits for too long. */
export const ALLOWED_LAG_SECONDS = 10;

/** The tenant of a day, in the night: its windows are set once it is known when the day begins. */
export function soakTenant({ name, flink }: TenantDay): ScratchTenant {
  return nightly(name, flink, { otherwise: boundsOf(NIGHT_FLOOR) });
}

/** The same tenant with a size that never changes, in TaskManagers. */
export function staticTenant({ name, flink }: TenantDay, taskManagers: number): ScratchTenant {
  return nightly(name, flink, { otherwise: boundsOf(taskManagers, taskManagers) });
}

/** A tenant's block once its day is on the clock. */
export function withWindows(block: TenantInput, { windows }: Schedule): TenantInput {
  return { ...block, windows };
}

function nightly(name: string, version: TenantDay["flink"], change: Partial<TenantInput>) {
  return pacedTenant({
    ...{ name, version, slotRate: SLOT_RATE },
    change: { windows: [], scaling: { cooldown: "60s" }, ...change },
  });
}
