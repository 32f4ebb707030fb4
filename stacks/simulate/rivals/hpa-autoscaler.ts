import type { Sight, Wish } from "../../../policies/simulator/scaler";
import {
  DEFAULT_BEHAVIOR,
  limit,
  remember,
  stabilize,
  type Behavior,
  type History,
} from "./hpa-behavior";
import { largestProposal } from "./hpa-replicas";

/** --horizontal-pod-autoscaler-sync-period */
export const SYNC_SECONDS = 15;

/** One HorizontalPodAutoscaler with its memory: reconcileAutoscaler of Kubernetes' controller. */
export class HorizontalPodAutoscaler {
  private readonly history: History = { recommendations: [], ups: [], downs: [] };

  constructor(
    private readonly bounds: { min: number; max: number },
    private readonly behavior: Behavior = DEFAULT_BEHAVIOR,
  ) {}

  /** The replicas to run from now on. `proposals` has what each metric calls for, undefined where it is not to be had. */
  reconcile(nowMs: number, current: number, proposals: readonly (number | undefined)[]): number {
    const { recommendations } = this.history;
    if (recommendations.length === 0) recommendations.push({ atMs: nowMs, replicas: current });
    const wanted = this.wanted(nowMs, current, proposals);
    if (wanted !== current) remember(current, wanted, this.behavior, this.history, nowMs);
    return wanted;
  }

  private wanted(
    nowMs: number,
    current: number,
    proposals: readonly (number | undefined)[],
  ): number {
    const { behavior, history, bounds } = this;
    // Somebody switched the target off.
    if (current === 0 && bounds.min !== 0) return 0;
    if (current > bounds.max) return bounds.max;
    if (current < bounds.min) return bounds.min;
    const desired = largestProposal(current, proposals);
    if (desired === undefined) return current;
    const stable = stabilize(current, desired, behavior, history, nowMs);
    return limit(current, stable, bounds, behavior, history, nowMs);
  }
}

/** A wish for replicas: in reactive mode the job takes every slot. undefined where nothing changes. */
export function wishForReplicas(
  { taskManagersAsked, slotsPerTaskManager }: Sight,
  replicas: number,
  because: () => string,
): Wish | undefined {
  if (replicas === taskManagersAsked) return undefined;
  const parallelism = replicas * slotsPerTaskManager;
  const why = `${because()}: ${taskManagersAsked} -> ${replicas} TaskManagers.`;
  return { taskManagers: replicas, parallelism, why };
}
