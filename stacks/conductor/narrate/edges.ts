import { NO_WINDOW } from "../../../policies/decision";
import type { Tenant } from "../../../policies/tenant";
import { leadFor, nextEdge, windowAt } from "../../../policies/window-at";
import type { TenantView } from "../tenant-view";
import { printAhead, printInstant, type Telling } from "./clock";

/** What the clock brings next, and from when on capacity for it is prepared; by the view where there is no tenant. */
export function edgeSentences(
  view: TenantView | undefined,
  tenant: Tenant | undefined,
  at: Telling,
): string[] {
  if (tenant !== undefined) return [byWindows(tenant, view?.decision?.under?.leadMs, at)];
  const ms = view?.nextEdgeMs;
  return ms == null ? [] : [`The clock changes it next at ${instant(ms, at)}.`];
}

function byWindows(tenant: Tenant, measuredMs: number | undefined, at: Telling): string {
  const edge = nextEdge(tenant, at.nowMs);
  if (edge === undefined) return "The clock brings no change.";
  const now = windowAt(tenant, at.nowMs);
  const next = windowAt(tenant, edge);
  const what = next.name === NO_WINDOW ? `${now.name} closes` : `${next.name} opens`;
  const { floor, ceiling } = next.bounds;
  const leadMs = leadFor(tenant, measuredMs);
  const prepared = preparation(tenant, leadMs, edge, at);
  return `Window ${what} at ${instant(edge, at)}: ${floor} to ${ceiling} TaskManagers${prepared}.`;
}

/** Nothing where the edge raises nothing. */
function preparation(tenant: Tenant, leadMs: number, edgeMs: number, at: Telling): string {
  if (windowAt(tenant, at.nowMs, leadMs).name !== windowAt(tenant, at.nowMs).name) {
    return "; capacity for it is being prepared";
  }
  const fromMs = nextEdge(tenant, at.nowMs, leadMs) ?? edgeMs;
  if (fromMs >= edgeMs) return "";
  return `; capacity for it is prepared from ${printInstant(fromMs, at.zone, at.nowMs)} on`;
}

function instant(ms: number, { nowMs, zone }: Telling): string {
  return `${printInstant(ms, zone, nowMs)} (${printAhead(ms, nowMs)})`;
}
