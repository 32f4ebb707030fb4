import type { JobSpec, Tenant } from "../tenant";

/** What a job's scaling goes by. Durations in seconds, shares from 0 to 1. */
export interface ScalingSettings {
  /** Lag above which the job needs more parallelism (source documents: 10). */
  allowedLagSeconds: number;
  slotsPerTaskManager: number;
  /** Number of key groups. */
  maxParallelism: number;
  /** Spare capacity over the expected load. */
  headroom: number;
  /** Further spare capacity, in standard deviations of the load's own unrest. */
  unrestFactor: number;
  /** Unrest up to here needs no capacity: it is gone before the allowed lag is used up. */
  unrestAbsorbed: number;
  /** A load above its minute's mean by so many standard deviations is a jump, not noise. */
  jumpDeviations: number;
  /** Share of the allowed lag that may be foreseen before capacity goes up. */
  lateShare: number;
  /** In which the backlog is worked off after a rescale where the allowed lag would be exceeded. */
  catchUpSeconds: number;
  /** Between two decisions: the window of the source documents, than which nothing is adjusted more often. */
  cooldownSeconds: number;
  /** What goes up is to last this long where the load keeps climbing. */
  climbSeconds: number;
  /** Capacity goes down to the most that was recommended in this time. */
  scaleDownWindowSeconds: number;
  /** Slot-seconds that going down must save for each slot-second of the job that it stops. */
  restartPrice: number;
  /** Metrics older than this are stale. */
  staleSeconds: number;
  /** Largest step up, as a factor of the parallelism. */
  maxStepUp: number;
  /** A scale-up that brought less than this share of what was expected of it was ineffective. */
  leastEffect: number;
  /** After an ineffective scale-up, none is made for this long. */
  ineffectivePauseSeconds: number;
  /** The load of a day and a week before gives a floor. */
  forecast: boolean;
  /** From a decision to the job running with it, until it is measured. */
  reactionSeconds: number;
  /** In which a rescale stops the job, until it is measured. */
  gapSeconds: number;
}

/** Durations between two observations that the defaults are made for. */
export const OBSERVATION_SECONDS = 5;

export const SCALING_DEFAULTS: ScalingSettings = {
  allowedLagSeconds: 10,
  slotsPerTaskManager: 4,
  maxParallelism: 256,
  headroom: 0.05,
  unrestFactor: 1.5,
  unrestAbsorbed: 0.03,
  jumpDeviations: 3,
  lateShare: 0.5,
  catchUpSeconds: 15,
  cooldownSeconds: 60,
  climbSeconds: 90,
  scaleDownWindowSeconds: 180,
  restartPrice: 10,
  staleSeconds: 60,
  maxStepUp: 100,
  leastEffect: 0.1,
  ineffectivePauseSeconds: 600,
  forecast: true,
  reactionSeconds: 25,
  gapSeconds: 3,
};

/** How a tenant wants one of its jobs to follow its load. */
export function settingsFor(tenant: Tenant, job: JobSpec): ScalingSettings {
  const { forecast, headroom, cooldown, scaleDownWindow } = tenant.scaling;
  return {
    ...SCALING_DEFAULTS,
    forecast,
    headroom,
    cooldownSeconds: cooldown / 1000,
    scaleDownWindowSeconds: scaleDownWindow / 1000,
    allowedLagSeconds: job.allowedLag / 1000,
    slotsPerTaskManager: tenant.taskManager.slots,
    maxParallelism: job.maxParallelism,
  };
}
