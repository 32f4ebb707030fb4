import type { Hold } from "../../policies/scaling/guards";
import { JobScaler, type JobScalerOptions, type Range } from "../../policies/scaling/job-scaler";
import type { CompleteObservation, JobObservation } from "../../policies/scaling/observation";
import type { ScalingSettings } from "../../policies/scaling/settings";
import { observationWith } from "./observation";

export const SETTINGS: Partial<ScalingSettings> = {
  ...{ allowedLagSeconds: 10, slotsPerTaskManager: 4, maxParallelism: 256, headroom: 0.05 },
  ...{ catchUpSeconds: 15, cooldownSeconds: 60, scaleDownWindowSeconds: 180, restartPrice: 1 },
  ...{ staleSeconds: 60, maxStepUp: 100, reactionSeconds: 25, gapSeconds: 3, lateShare: 0.5 },
  ...{ leastEffect: 0.1, ineffectivePauseSeconds: 600 },
};

/** A scaler of wordcount, of which a slot processes 500 records a second, fed every 5 s. */
export class Watched {
  readonly scaler: JobScaler;
  seconds = 0;

  constructor(settings: Partial<ScalingSettings> = {}, options: Partial<JobScalerOptions> = {}) {
    const known = { job: "wordcount", slotRate: 500, ...options };
    this.scaler = new JobScaler({ ...SETTINGS, ...settings }, known);
  }

  get held(): Hold | undefined {
    return this.scaler.held;
  }

  observe(changes: Partial<JobObservation> = {}, range?: Range) {
    this.seconds += 5;
    const observation: JobObservation = {
      ...observationWith(),
      atMs: this.seconds * 1000,
      ...changes,
    };
    return this.scaler.observe(observation, range);
  }
}

/** 8 slots process 4,000 records a second, and 6,000 arrive. */
export const TOO_MUCH: Partial<CompleteObservation> = {
  ...{ producedPerSecond: 6000, consumedPerSecond: 4000, busyRatio: 1 },
};
