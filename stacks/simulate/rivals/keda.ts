import type { Policy, Scaler, Setting, Sight, Wish } from "../../../policies/simulator/scaler";
import type { Trace } from "../../../policies/simulator/trace";
import { hourOf, isWeekend, MINUTE_MS } from "../traces/day";
import { firstWish, taskManagersAtTarget } from "./hpa";
import { HorizontalPodAutoscaler, SYNC_SECONDS, wishForReplicas } from "./hpa-autoscaler";
import { averageValueReplicas } from "./hpa-replicas";

/** Hours of the day. */
const OPENS = 8;
const CLOSES = 18;
/** Flink commits offsets when a checkpoint is done: every 10 s, so on average those of 5 s ago. */
const UNCOMMITTED_SECONDS = 5;
/** The metric of a cron trigger is the replicas themselves (GetMetricSpecForScaling). */
const CRON_TARGET = 1;

/** Between `start: 0 8 * * 1-5` and `end: 0 18 * * 1-5`, `timezone: UTC`. */
export function isBusinessHour(ms: number): boolean {
  const hour = hourOf(ms);
  return !isWeekend(ms) && hour >= OPENS && hour < CLOSES;
}

/** Mean rate over the trace's business hours, in records a second; 0 where it has none. */
export function businessRate({ startMs, endMs, rateAt }: Trace): number {
  let sum = 0;
  let minutes = 0;
  for (let ms = startMs; ms < endMs; ms += MINUTE_MS) {
    if (!isBusinessHour(ms)) continue;
    sum += rateAt(ms);
    minutes += 1;
  }
  return minutes === 0 ? 0 : sum / minutes;
}

/** Utilization that a user sizes for, as an HPA does that names none. */
const UTILIZATION = 0.8;

/** Records that a TaskManager at 80 % has not committed on average: a lag that is always there asks for no more. */
export function lagThreshold({ slotRate, slotsPerTaskManager }: Setting): number {
  const perSecond = slotRate * slotsPerTaskManager * UTILIZATION;
  return Math.max(1, Math.round(perSecond * UNCOMMITTED_SECONDS));
}

/**
 * Records between the committed offsets and the end of the topic: those that wait, and those processed since the last
 * checkpoint. During a restart the job is back at its checkpoint, and all of them wait.
 */
export function committedLag({ backlogRecords, processedPerSecond, running }: Sight): number {
  return Math.floor(backlogRecords + (running ? processedPerSecond * UNCOMMITTED_SECONDS : 0));
}

class KedaScaler implements Scaler {
  readonly everySeconds = SYNC_SECONDS;
  readonly mechanism = "reactive";
  private readonly autoscaler: HorizontalPodAutoscaler;
  private readonly lagThreshold: number;

  constructor(
    setting: Setting,
    /** The cron trigger's desiredReplicas. */
    private readonly businessReplicas: number,
  ) {
    this.autoscaler = new HorizontalPodAutoscaler({ min: setting.floor, max: setting.ceiling });
    this.lagThreshold = lagThreshold(setting);
  }

  decide(sight: Sight): Wish | undefined {
    const { nowMs, taskManagersAsked: current } = sight;
    const lag = committedLag(sight);
    const scheduled = isBusinessHour(nowMs) ? this.businessReplicas : 0;
    const replicas = this.autoscaler.reconcile(nowMs, current, [
      averageValueReplicas(current, lag, this.lagThreshold),
      averageValueReplicas(current, scheduled, CRON_TARGET),
    ]);
    const why = () =>
      `lag ${lag} records, ${this.lagThreshold} for each TaskManager, at least ${scheduled} by the clock`;
    return wishForReplicas(sight, replicas, why);
  }
}

/** KEDA with a cron and a Kafka trigger. */
export const keda: Policy = {
  name: "keda",
  title: "KEDA: cron and Kafka lag",
  source:
    "KEDA 2.20's documentation and code of its cron and kafka scalers: external metrics with an average value each, " +
    "which an HPA with its defaults follows (the larger one wins, sync every 15 s); pollingInterval 30 and " +
    "cooldownPeriod 300 act only on scaling to and from zero, which minReplicaCount = floor rules out. lagThreshold " +
    "is what one TaskManager at 80 % has always left uncommitted, so that a steady load stays as it is: with the " +
    "default of 10 records it would always run at its maximum. Lag is that of the offsets Flink has committed, with " +
    "on average half a checkpoint interval of 10 s on top of what waits; allowIdleConsumers, so that partitions are " +
    "no limit. The cron trigger keeps at least the TaskManagers for the trace's mean rate of Mon-Fri 08:00-18:00 UTC " +
    "at 80 % utilization, which its user would know from past weeks. Runs in Flink's reactive mode, for only there " +
    "does a job take the slots that an HPA adds.",
  reactive: true,
  start(setting, trace) {
    const businessReplicas = taskManagersAtTarget(businessRate(trace), setting);
    return { scaler: new KedaScaler(setting, businessReplicas), first: firstWish(setting) };
  },
};
