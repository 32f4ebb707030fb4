import { parseTenant } from "../../policies/parse-tenant";
import type { Tenant } from "../../policies/tenant";
import { printTimeOfDay } from "../../policies/units";

const ZONES = [
  "UTC",
  "Asia/Shanghai",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Sydney",
  "America/Sao_Paulo",
];
const WORKDAYS = ["mon", "tue", "wed", "thu", "fri"];
const DAY_MINUTES = 24 * 60;

/** Tenants that differ in zone, times and sizes: two jobs, four windows, one over midnight, and a holiday each. */
export function benchTenants(count: number): Tenant[] {
  return Array.from({ length: count }, (_, i) => {
    const parsed = parseTenant(blockOf(i));
    if (parsed.ok) return parsed.tenant;
    throw new Error(`tenant ${i}: ${JSON.stringify(parsed.problems)}`);
  });
}

function blockOf(i: number) {
  const zone = ZONES[i % ZONES.length];
  const at = (hour: number) => printTimeOfDay((hour * 60 + (i % 97)) % DAY_MINUTES);
  const window = (name: string, from: number, to: number, floor: number, more = {}) => ({
    ...{ name, zone, from: at(from), to: at(to), floor, ceiling: floor + 2 + (i % 5), ...more },
  });
  const job = (name: string, min: number) => ({
    ...{ name, jar: "wordcount", entryClass: "Main", parallelism: { min, max: 64 } },
  });
  return {
    name: `tenant-${i}`,
    jobs: [job("clean", 1), job("count", 2)],
    windows: [
      window("morning", 7, 11, 3, { days: WORKDAYS }),
      window("midday", 11, 14, 4 + (i % 7), { days: WORKDAYS }),
      window("evening", 18, 21, 2 + (i % 3)),
      window("night", 22, 3, 2, { rank: 1 }),
    ],
    exceptions: [{ name: "sale", dates: ["2026-11-11"], zone, ceiling: 20 }],
    otherwise: { floor: 1, ceiling: 4 },
  };
}
