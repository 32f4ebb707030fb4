import { roundMetric, type Evaluation } from "./operator-metrics";
import {
  scaleFactor,
  scaleParallelism,
  wasIneffective,
  type PastScaling,
} from "./operator-parallelism";
import type { OperatorSettings } from "./operator-settings";

/**
 * What a vertex asks for: `required` is done if its true rate is outside the band, `optional` only together with
 * another vertex's, `none` means that it runs with what it needs or that its metrics are missing.
 */
export interface Proposal {
  change: "none" | "optional" | "required";
  parallelism: number;
}

/** Scales one vertex as JobVertexScaler and ScalingExecutor do, and remembers what they remember of it. */
export class OperatorVertex {
  /** Since when a lower parallelism has been recommended without a break. */
  lowerSinceMs: number | undefined;
  past: PastScaling | undefined;

  constructor(
    private readonly settings: OperatorSettings,
    /** Number of key groups. */
    private readonly maxParallelism: number,
  ) {}

  /** The parallelism to rescale to now, or undefined. */
  decide(nowMs: number, parallelism: number, evaluation: Evaluation): number | undefined {
    const proposal = this.propose(nowMs, parallelism, evaluation);
    const { trueRate, scaleUpBelow, scaleDownAbove } = evaluation;
    const outside = trueRate < scaleUpBelow || trueRate > scaleDownAbove;
    if (proposal.change !== "required" || !outside) return undefined;
    const expectedRate = roundMetric(trueRate * scaleFactor(evaluation, this.settings));
    const { parallelism: to } = proposal;
    this.past = { ms: nowMs, from: parallelism, to, trueRate, expectedRate };
    this.lowerSinceMs = undefined;
    return to;
  }

  /** JobVertexScaler.computeScaleTargetParallelism */
  propose(nowMs: number, parallelism: number, evaluation: Evaluation): Proposal {
    const { settings, maxParallelism } = this;
    const missing = Number.isNaN(evaluation.trueRate) || Number.isNaN(evaluation.targetRate);
    if (missing) return { change: "none", parallelism };
    const wanted = scaleParallelism({
      parallelism,
      factor: scaleFactor(evaluation, settings),
      groups: maxParallelism,
      lower: Math.min(parallelism, settings.minParallelism),
      upper: Math.min(maxParallelism, Math.max(parallelism, settings.maxParallelism)),
    });
    if (wanted < parallelism) return this.scaleDown(nowMs, wanted);
    this.lowerSinceMs = undefined;
    const blocked = wanted === parallelism || this.blocksScaleUp(nowMs, parallelism, evaluation);
    return blocked ? { change: "none", parallelism } : { change: "required", parallelism: wanted };
  }

  private scaleDown(nowMs: number, parallelism: number): Proposal {
    const interval = this.settings.scaleDownIntervalSeconds * 1000;
    if (interval <= 0) return { change: "required", parallelism };
    this.lowerSinceMs ??= nowMs;
    const waited = nowMs - this.lowerSinceMs >= interval;
    return { change: waited ? "required" : "optional", parallelism };
  }

  private blocksScaleUp(nowMs: number, parallelism: number, evaluation: Evaluation): boolean {
    const { past, settings } = this;
    if (!settings.blocksIneffective || past === undefined) return false;
    const remembered = nowMs - past.ms <= settings.historySeconds * 1000;
    const follows = past.to === parallelism && past.to > past.from;
    return remembered && follows && wasIneffective(past, evaluation.trueRate, settings);
  }
}
