/**
 * What an autoscaling/v2 HorizontalPodAutoscaler makes of one metric, as replica_calculator.go in
 * k8s.io/kubernetes v1.33.13, pkg/controller/podautoscaler, does.
 */

/** --horizontal-pod-autoscaler-tolerance */
export const DEFAULT_TOLERANCE = 0.1;

/** The pods of one scale target, which all request as much CPU as each other. CPU in thousandths of a core. */
export interface PodUsage {
  requestMilli: number;
  /** Pods whose usage counts, and the sum of it. */
  measured: { pods: number; usageMilli: number };
  /** Pods that are starting, or whose latest sample began before they were ready. */
  unready: number;
  /** Pods without a sample. */
  missing: number;
}

/**
 * Replicas for a target of CPU utilization in percent of the request (GetResourceReplicas). A pod that is not ready
 * or not measured uses nothing where the others call for more, and all it requests where they call for fewer.
 * undefined where no usage is known.
 */
export function utilizationReplicas(
  current: number,
  pods: PodUsage,
  targetPercent: number,
  tolerance = DEFAULT_TOLERANCE,
): number | undefined {
  const { measured, unready } = pods;
  if (measured.pods === 0) return undefined;
  const ratio = utilization(measured.usageMilli, measured.pods, pods) / targetPercent;
  const missing = ratio === 1 ? 0 : pods.missing;
  const countsUnready = unready > 0 && ratio > 1;
  if (!countsUnready && missing === 0) {
    return isWithin(ratio, tolerance) ? current : Math.ceil(ratio * measured.pods);
  }
  const fallback = Math.floor((pods.requestMilli * Math.max(100, targetPercent)) / 100);
  const usage = measured.usageMilli + (ratio < 1 ? missing * fallback : 0);
  const counted = measured.pods + missing + (countsUnready ? unready : 0);
  const careful = utilization(usage, counted, pods) / targetPercent;
  if (isWithin(careful, tolerance) || reverses(ratio, careful)) return current;
  const replicas = Math.ceil(careful * counted);
  return reverses(careful, replicas / current) ? current : replicas;
}

/** In whole percent. */
function utilization(usageMilli: number, pods: number, { requestMilli }: PodUsage): number {
  return Math.floor((usageMilli * 100) / (requestMilli * pods));
}

/** Whether one ratio says grow and the other shrink. */
function reverses(a: number, b: number): boolean {
  return (a < 1 && b > 1) || (a > 1 && b < 1);
}

/** Replicas for a metric that is to have a value in all (GetExternalMetricReplicas, GetObjectMetricReplicas). */
export function valueReplicas(
  current: number,
  readyPods: number,
  value: number,
  target: number,
  tolerance = DEFAULT_TOLERANCE,
): number {
  const ratio = value / target;
  if (current === 0) return Math.ceil(ratio);
  return isWithin(ratio, tolerance) ? current : Math.ceil(ratio * readyPods);
}

/** Replicas for a metric that is to have a value per pod (GetExternalPerPodMetricReplicas and its like for objects). */
export function averageValueReplicas(
  current: number,
  value: number,
  target: number,
  tolerance = DEFAULT_TOLERANCE,
): number {
  const ratio = value / (target * current);
  return isWithin(ratio, tolerance) ? current : Math.ceil(value / target);
}

/**
 * The replicas that several metrics call for: most of them all (computeReplicasForMetrics). A metric that is not to be
 * had keeps the autoscaler from shrinking; undefined where nothing is to be done.
 */
export function largestProposal(
  current: number,
  proposals: readonly (number | undefined)[],
): number | undefined {
  let largest: number | undefined;
  let failed = false;
  for (const proposal of proposals) {
    if (proposal === undefined) failed = true;
    else if (largest === undefined || proposal > largest) largest = proposal;
  }
  return failed && largest !== undefined && largest < current ? undefined : largest;
}

function isWithin(ratio: number, tolerance: number): boolean {
  return 1 - tolerance <= ratio && ratio <= 1 + tolerance;
}
