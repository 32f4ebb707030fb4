/** The autoscaler's options that its rule reads, each named after its `job.autoscaler.` key. */
export interface OperatorSettings {
  /** target.utilization */
  targetUtilization: number;
  /** target.utilization.boundary: no rescale while utilization is the target give or take this. */
  utilizationBoundary: number;
  /** metrics.window */
  windowSeconds: number;
  /** stabilization.interval: after a restart, metrics do not count for this long. */
  stabilizationSeconds: number;
  /** restart.time: what a restart is expected to take. */
  restartSeconds: number;
  /** catch-up.duration: time in which a backlog shall be gone; 0 leaves the backlog out. */
  catchUpSeconds: number;
  /** backlog-processing.lag-threshold: above it nothing is scaled down. */
  backlogLagSeconds: number;
  /** scale-down.interval: how long a lower parallelism must have been recommended; 0 for at once. */
  scaleDownIntervalSeconds: number;
  /** scale-down.max-factor: 0.6 lets a vertex shrink to 40 % of its parallelism. */
  maxScaleDownFactor: number;
  /** scale-up.max-factor */
  maxScaleUpFactor: number;
  /** vertex.min-parallelism */
  minParallelism: number;
  /** vertex.max-parallelism */
  maxParallelism: number;
  /** scaling.effectiveness.detection.enabled: no scale-up after one that brought too little. */
  blocksIneffective: boolean;
  /** scaling.effectiveness.threshold: share of the expected gain below which a scale-up was ineffective. */
  effectivenessThreshold: number;
  /** history.max.age: older rescales are forgotten. */
  historySeconds: number;
}

/** As in AutoScalerOptions of org.apache.flink:flink-autoscaler 1.10.0. */
export const OPERATOR_DEFAULTS: OperatorSettings = {
  targetUtilization: 0.7,
  utilizationBoundary: 0.3,
  windowSeconds: 15 * 60,
  stabilizationSeconds: 5 * 60,
  restartSeconds: 5 * 60,
  catchUpSeconds: 30 * 60,
  backlogLagSeconds: 5 * 60,
  scaleDownIntervalSeconds: 60 * 60,
  maxScaleDownFactor: 0.6,
  maxScaleUpFactor: 100_000,
  minParallelism: 1,
  maxParallelism: 200,
  blocksIneffective: false,
  effectivenessThreshold: 0.1,
  historySeconds: 24 * 60 * 60,
};
