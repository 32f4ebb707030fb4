import type { Figures } from "../../../stacks/simulate/figures";
import type { PolicyInfo } from "../../../stacks/simulate/contestant";
import type { TraceFigures } from "../../../stacks/simulate/summary";

/** Figures with these slot-hours and minutes above the allowed lag; the rest is nothing. */
export function figures(slotHours: number, violationMinutes: number, rescalesPerDay = 0): Figures {
  return {
    slotHours,
    violationMinutes,
    worstLagSeconds: 0,
    meanLagSeconds: 0,
    rescales: rescalesPerDay,
    rescalesPerDay,
    stoppedSeconds: 0,
    cost: 0,
    records: { arrived: 0, processed: 0, waiting: 0 },
  };
}

/** A day's trace; each policy's slot-hours and minutes. */
export function dayOf(
  name: string,
  policies: Record<string, [slotHours: number, violationMinutes: number, rescalesPerDay?: number]>,
): TraceFigures & { hours: number } {
  const entries = Object.entries(policies).map(([policy, f]) => [policy, figures(...f)]);
  return { name, hours: 24, policies: Object.fromEntries(entries) };
}

export function info(name: string, reactive = true): PolicyInfo {
  return { name, title: `The ${name}`, source: "a test", reactive };
}
