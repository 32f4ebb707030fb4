import type { Decision } from "../decision";
import { nextEdge, planFor } from "../plan";
import type { Tenant } from "../tenant";
import { leadFor } from "../window-at";

/** Who holds room: pods that do nothing, or a CapacityBuffer, which a node autoscaler that knows it needs no pods for. */
export const HEADROOM_KINDS = ["pods", "capacity-buffer"] as const;
export type HeadroomKind = (typeof HEADROOM_KINDS)[number];

/** Of CapacityBuffers: the cluster-autoscaler has it from 1.35, Karpenter from 1.14. */
export const BUFFER_API = "autoscaling.x-k8s.io/v1beta1";

/** Below every workload, and still high enough that a node autoscaler makes room for it. */
export const HEADROOM_PRIORITY = -10;

/**
 * For how many TaskManagers of a tenant there is to be room on the nodes: the most that are planned now or at a window
 * edge of the next `leadMs`, at which they are started, which is the tenant's own lead before the window begins. Where
 * more are planned than run, pods that do nothing hold the room for the others; they also do so after an edge, until
 * the update comes that starts them.
 *
 * @param leadMs how long before an edge its room is to be there: what a new node and its images take
 * @param decision the one in force; left out where nothing runs yet
 */
export function roomFor(tenant: Tenant, now: Date, leadMs: number, decision?: Decision): number {
  const opensEarly = leadFor(tenant, decision?.under?.leadMs);
  const planned = (at: Date) => planFor(tenant, at, { decision }).taskManagers;
  const untilMs = now.getTime() + leadMs;
  let most = planned(now);
  let edgeMs = nextEdge(tenant, now, opensEarly);
  while (edgeMs !== undefined && edgeMs <= untilMs) {
    most = Math.max(most, planned(new Date(edgeMs)));
    edgeMs = nextEdge(tenant, edgeMs, opensEarly);
  }
  return most;
}
