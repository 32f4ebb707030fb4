import type { Decision } from "../decision";
import { nextEdge, planFor } from "../plan";
import type { Tenant } from "../tenant";
import { leadFor, windowAt } from "../window-at";

/** Below every workload, and still high enough that a node autoscaler makes room for it. */
export const HEADROOM_PRIORITY = -10;

/** A tenant, and what is known of what it runs. */
export interface HeadroomTenant {
  tenant: Tenant;
  /** TaskManagers whose pods exist. */
  taskManagers: number;
  /** The decision in force; left out where nothing runs yet. */
  decision?: Decision;
}

/** Room that is to be there before a window opens: pods that do nothing and that TaskManagers push aside. */
export interface Headroom {
  tenant: string;
  /** What will be in force after the edge. */
  window: string;
  /** When the TaskManagers are started, milliseconds since the epoch: the window's beginning less the tenant's lead. */
  edgeMs: number;
  /** From when the room is to be there. */
  fromMs: number;
  pods: number;
  /** Of one pod: a TaskManager's. */
  cpus: number;
  memoryMiB: number;
}

/**
 * The room that the window edges of the next `horizonMs` need: at each, the TaskManagers that are planned then and
 * that nothing has started before. Edges that need no more than runs are left out. Ordered by when the room is to be
 * there, then by tenant.
 *
 * @param leadMs how long before an edge its room is to be there: what a new node and its images take
 */
export function headroom(
  tenants: readonly HeadroomTenant[],
  now: Date,
  leadMs: number,
  horizonMs: number,
): Headroom[] {
  return tenants
    .flatMap((each) => headroomOf(each, now.getTime(), leadMs, horizonMs))
    .sort((a, b) => a.fromMs - b.fromMs || compare(a.tenant, b.tenant));
}

function headroomOf(
  { tenant, taskManagers, decision }: HeadroomTenant,
  nowMs: number,
  leadMs: number,
  horizonMs: number,
): Headroom[] {
  const opensEarly = leadFor(tenant, decision?.under?.leadMs);
  const planned = (ms: number) => planFor(tenant, new Date(ms), { decision }).taskManagers;
  const { cpus, memory } = tenant.taskManager;
  const rooms: Headroom[] = [];
  let edgeMs = nextEdge(tenant, nowMs, opensEarly);
  while (edgeMs !== undefined && edgeMs <= nowMs + horizonMs) {
    const fromMs = Math.max(nowMs, edgeMs - leadMs);
    const pods = planned(edgeMs) - (fromMs > nowMs ? planned(fromMs) : taskManagers);
    const window = windowAt(tenant, edgeMs, opensEarly).name;
    const which = { tenant: tenant.name, window, edgeMs, fromMs };
    if (pods > 0) rooms.push({ ...which, pods, cpus, memoryMiB: memory });
    edgeMs = nextEdge(tenant, edgeMs, opensEarly);
  }
  return rooms;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Pods of one size. */
export type Balloons = Pick<Headroom, "pods" | "cpus" | "memoryMiB">;

/**
 * The pods that hold the room at an instant, by size, the larger first. Of a tenant's edges that share an instant the
 * one that needs most counts: it includes what the others start.
 */
export function balloonsAt(rooms: readonly Headroom[], instantMs: number): Balloons[] {
  const most = new Map<string, Headroom>();
  for (const room of rooms) {
    if (instantMs < room.fromMs || instantMs >= room.edgeMs) continue;
    if (room.pods > (most.get(room.tenant)?.pods ?? 0)) most.set(room.tenant, room);
  }
  const bySize = new Map<string, Balloons>();
  for (const { pods, cpus, memoryMiB } of most.values()) {
    const size = `${memoryMiB} ${cpus}`;
    bySize.set(size, { pods: pods + (bySize.get(size)?.pods ?? 0), cpus, memoryMiB });
  }
  return [...bySize.values()].sort((a, b) => b.memoryMiB - a.memoryMiB || b.cpus - a.cpus);
}
