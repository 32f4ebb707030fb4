import { say } from "../../infra/progress";
import { printTimeOfDay } from "../../policies/units";
import { seconds, whole } from "../report/format";
import type { StagedTenant } from "./stage";

const DAY_MINUTES = 1440;

/** Says how all tenants stand now, after what is new. */
export function progressLine(
  tenants: readonly StagedTenant[],
  { startMs, endMs }: { startMs: number; endMs: number },
  news: readonly string[],
): void {
  for (const line of news) say(`   ${line}`);
  const share = (Date.now() - startMs) / (endMs - startMs);
  const clock = share < 0 ? "before" : printTimeOfDay(Math.floor(share * DAY_MINUTES));
  say(`   ${clock}  ${tenants.map(standing).join("  |  ")}`);
}

function standing({ fed }: StagedTenant): string {
  const { sizes, linesPerSecond } = fed;
  const last = sizes.samples.at(-1);
  const size =
    last === undefined
      ? "not seen yet"
      : `${last.taskManagers} TaskManagers, parallelism ${last.parallelism ?? "–"}`;
  return `${fed.name} ${whole(linesPerSecond)} lines/s, lag ${seconds(fed.lagSeconds())}, ${size}`;
}
