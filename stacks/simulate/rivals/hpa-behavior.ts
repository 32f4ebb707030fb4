/**
 * How fast an autoscaling/v2 HorizontalPodAutoscaler may follow its metrics: `spec.behavior`, as horizontal.go in
 * k8s.io/kubernetes v1.33.13, pkg/controller/podautoscaler, applies it.
 */

/** So many pods, or percent of the pods at the beginning of the period, may be added or removed in a period. */
export interface ScalingPolicy {
  type: "Pods" | "Percent";
  value: number;
  periodSeconds: number;
}

export interface ScalingRules {
  stabilizationWindowSeconds: number;
  /** Which policy counts where there are several: that of the largest change, or the smallest; or no change at all. */
  selectPolicy: "Max" | "Min" | "Disabled";
  policies: readonly ScalingPolicy[];
}

export interface Behavior {
  scaleUp: ScalingRules;
  scaleDown: ScalingRules;
}

/**
 * The documentation's default behavior, which Kubernetes fills in where a spec has a behavior but not all of it. One
 * without any is limited by max(4, 2 × replicas) a sync instead, which is never more.
 */
export const DEFAULT_BEHAVIOR: Behavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: "Max",
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
};

/** Something that counts from an instant on: a recommendation of replicas, or a change of them. */
export interface Dated {
  atMs: number;
  replicas: number;
}

/** What an autoscaler remembers. Its lists reuse the place of what has no meaning any more, as Kubernetes' do. */
export interface History {
  recommendations: Dated[];
  /** Replicas added. */
  ups: Dated[];
  /** Replicas removed. */
  downs: Dated[];
}

/**
 * The current replicas, moved no further than the least (up) and the most (down) that was recommended within the
 * windows (stabilizeRecommendationWithBehaviors). Remembers what is recommended now.
 */
export function stabilize(
  current: number,
  desired: number,
  { scaleUp, scaleDown }: Behavior,
  { recommendations }: History,
  nowMs: number,
): number {
  const upFromMs = nowMs - scaleUp.stabilizationWindowSeconds * 1000;
  const downFromMs = nowMs - scaleDown.stabilizationWindowSeconds * 1000;
  const oldMs = Math.min(upFromMs, downFromMs);
  let up = desired;
  let down = desired;
  let free = -1;
  let i = 0;
  for (const { atMs, replicas } of recommendations) {
    if (atMs > upFromMs) up = Math.min(replicas, up);
    if (atMs > downFromMs) down = Math.max(replicas, down);
    if (atMs < oldMs) free = i;
    i += 1;
  }
  put(recommendations, free, { atMs: nowMs, replicas: desired });
  return Math.min(Math.max(current, up), down);
}

/** What may be asked for after the policies, and within the bounds (convertDesiredReplicasWithBehaviorRate). */
export function limit(
  current: number,
  desired: number,
  bounds: { min: number; max: number },
  behavior: Behavior,
  history: History,
  nowMs: number,
): number {
  if (desired > current) {
    const most = Math.max(current, policyLimit(1, current, behavior.scaleUp, history, nowMs));
    return Math.min(desired, bounds.max, most);
  }
  if (desired < current) {
    const least = Math.min(current, policyLimit(-1, current, behavior.scaleDown, history, nowMs));
    return Math.max(desired, bounds.min, least);
  }
  return desired;
}

/** The replicas that the policies allow in a direction, 1 or -1. */
function policyLimit(
  sign: 1 | -1,
  current: number,
  { policies, selectPolicy }: ScalingRules,
  { ups, downs }: History,
  nowMs: number,
): number {
  if (selectPolicy === "Disabled") return current;
  const highest = (sign === 1) === (selectPolicy === "Max");
  let result = highest ? -Infinity : Infinity;
  for (const { type, value, periodSeconds } of policies) {
    const fromMs = nowMs - periodSeconds * 1000;
    const before = current - changeSince(ups, fromMs) + changeSince(downs, fromMs);
    const proposed =
      type === "Pods" ? before + sign * value : percentOf(before, 1 + (sign * value) / 100, sign);
    result = highest ? Math.max(result, proposed) : Math.min(result, proposed);
  }
  return result;
}

/** Away from what is now, so that a small percentage of few pods still changes something. */
function percentOf(replicas: number, share: number, sign: 1 | -1): number {
  return sign === 1 ? Math.ceil(replicas * share) : Math.trunc(replicas * share);
}

function changeSince(events: readonly Dated[], fromMs: number): number {
  let sum = 0;
  for (const { atMs, replicas } of events) if (atMs > fromMs) sum += replicas;
  return sum;
}

/** Remembers a change of replicas in the place of one too old for any policy of its direction (storeScaleEvent). */
export function remember(
  from: number,
  to: number,
  behavior: Behavior,
  history: History,
  nowMs: number,
): void {
  const [events, { policies }] =
    to > from ? [history.ups, behavior.scaleUp] : [history.downs, behavior.scaleDown];
  const longest = policies.reduce((max, { periodSeconds }) => Math.max(max, periodSeconds), 0);
  const oldMs = nowMs - longest * 1000;
  const free = events.findLastIndex(({ atMs }) => atMs < oldMs);
  put(events, free, { atMs: nowMs, replicas: Math.abs(to - from) });
}

function put(list: Dated[], free: number, item: Dated): void {
  if (free >= 0) list[free] = item;
  else list.push(item);
}
