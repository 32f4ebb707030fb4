import type { Policy, Scaler, Setting, Sight, Wish } from "../../../policies/simulator/scaler";
import { HorizontalPodAutoscaler, SYNC_SECONDS, wishForReplicas } from "./hpa-autoscaler";
import { utilizationReplicas, type PodUsage } from "./hpa-replicas";

/** What an HPA that names no metric gets (DefaultCPUUtilization). */
const TARGET_PERCENT = 80;
/** One core a slot or one a TaskManager: it cancels out. */
const REQUEST_MILLI = 1000;
/** Syncs that a CPU sample spans: metrics-server scrapes every 15 s, and what it shows is a mean of about 30 s. */
const WINDOW_SYNCS = 2;

/**
 * TaskManagers whose CPU is seen through metrics-server. A new one counts as not ready until a whole window lies after
 * its start; while the job restarts there is no sample.
 */
export class CpuMonitor {
  private readonly busy: number[] = [];
  private readonly registered: number[] = [];

  /** To be called once a sync. undefined where there is nothing to go by. */
  observe(sight: Sight): PodUsage | undefined {
    const { busyRatio, running, taskManagers, taskManagersAsked } = sight;
    this.registered.push(taskManagers);
    if (this.registered.length > WINDOW_SYNCS + 1) this.registered.shift();
    if (busyRatio === undefined || !running) {
      this.busy.length = 0;
      return undefined;
    }
    this.busy.push(busyRatio);
    if (this.busy.length > WINDOW_SYNCS) this.busy.shift();
    const pods = Math.min(...this.registered);
    const mean = this.busy.reduce((sum, ratio) => sum + ratio, 0) / this.busy.length;
    return {
      requestMilli: REQUEST_MILLI,
      measured: { pods, usageMilli: Math.round(mean * REQUEST_MILLI) * pods },
      unready: taskManagersAsked - pods,
      missing: 0,
    };
  }
}

class HpaScaler implements Scaler {
  readonly everySeconds = SYNC_SECONDS;
  readonly mechanism = "reactive";
  private readonly monitor = new CpuMonitor();
  private readonly autoscaler: HorizontalPodAutoscaler;

  constructor({ floor, ceiling }: Setting) {
    this.autoscaler = new HorizontalPodAutoscaler({ min: floor, max: ceiling });
  }

  decide(sight: Sight): Wish | undefined {
    const { nowMs, taskManagersAsked: current } = sight;
    const pods = this.monitor.observe(sight);
    const proposal =
      pods === undefined ? undefined : utilizationReplicas(current, pods, TARGET_PERCENT);
    const replicas = this.autoscaler.reconcile(nowMs, current, [proposal]);
    return wishForReplicas(sight, replicas, () => describe(pods));
  }
}

function describe(pods: PodUsage | undefined): string {
  if (pods === undefined) return "no CPU metric, but bounds";
  const { measured, unready } = pods;
  const percent = Math.floor((measured.usageMilli * 100) / (measured.pods * REQUEST_MILLI));
  return `CPU of ${measured.pods} ready TaskManagers at ${percent} %, target ${TARGET_PERCENT} %, ${unready} not ready`;
}

/** TaskManagers that a rate keeps at the target utilization, within floor and ceiling. */
export function taskManagersAtTarget(rate: number, setting: Setting): number {
  const { slotRate, slotsPerTaskManager, floor, ceiling } = setting;
  const needed = Math.ceil((rate * 100) / (slotRate * slotsPerTaskManager * TARGET_PERCENT));
  return Math.min(Math.max(needed, floor), ceiling);
}

/** The wish that an autoscaler's user starts with: the first rate at the target utilization. */
export function firstWish(setting: Setting): Wish {
  const taskManagers = taskManagersAtTarget(setting.firstRate, setting);
  return { taskManagers, parallelism: taskManagers * setting.slotsPerTaskManager };
}

/** Kubernetes' own autoscaler on the TaskManagers' CPU. */
export const hpa: Policy = {
  name: "hpa",
  title: "HPA v2 on CPU",
  source:
    "Kubernetes' documentation of the HorizontalPodAutoscaler and k8s.io/kubernetes v1.33.13, " +
    "pkg/controller/podautoscaler, with the defaults: average CPU utilization 80 %, tolerance 0.1, sync every 15 s, " +
    "scale-up by 4 pods or 100 % in 15 s, scale-down after 300 s of stabilization by up to 100 % in 15 s. CPU is the " +
    "busy share of the TaskManagers as metrics-server shows it: a mean of 30 s. Runs in Flink's reactive mode, for " +
    "only there does a job take the slots that an HPA adds.",
  reactive: true,
  start: (setting) => ({ scaler: new HpaScaler(setting), first: firstWish(setting) }),
};
