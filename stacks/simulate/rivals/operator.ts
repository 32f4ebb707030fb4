import type { Policy, Scaler, Setting, Sight, Wish } from "../../../policies/simulator/scaler";
import { evaluate, roundMetric, type Evaluation, type MetricPoint } from "./operator-metrics";
import { scaleParallelism } from "./operator-parallelism";
import { OPERATOR_DEFAULTS, type OperatorSettings } from "./operator-settings";
import { OperatorVertex } from "./operator-vertex";

/** kubernetes.operator.reconcile.interval */
const RECONCILE_SECONDS = 60;

/**
 * The autoscaler's user sets the bounds of parallelism to those of the TaskManagers: what is paid for anyway is used,
 * and the default of at most 200 would keep larger jobs from their peak.
 */
export function operatorSettings(setting: Setting): OperatorSettings {
  const { floor, ceiling, slotsPerTaskManager } = setting;
  return {
    ...OPERATOR_DEFAULTS,
    minParallelism: floor * slotsPerTaskManager,
    maxParallelism: ceiling * slotsPerTaskManager,
  };
}

/**
 * The autoscaler at work on a job of a source and one keyed vertex. The source keeps its parallelism
 * (vertex.exclude.ids); the rates and the lag at it are what the keyed vertex is sized for.
 */
export class OperatorScaler implements Scaler {
  readonly everySeconds = RECONCILE_SECONDS;
  readonly mechanism = "ordered";
  private readonly vertex: OperatorVertex;
  private readonly points: MetricPoint[] = [];
  private recordsIn = 0;
  private lastMs: number;
  private stableMs: number;
  /** What the job runs with once a rescale under way is done; until then the operator waits for it. */
  private expected: number;
  private restarting = false;

  constructor(
    private readonly setting: Setting,
    private readonly settings: OperatorSettings,
    first: Wish,
  ) {
    this.vertex = new OperatorVertex(settings, setting.maxParallelism);
    this.expected = first.parallelism;
    this.lastMs = setting.startMs;
    this.stableMs = setting.startMs + settings.stabilizationSeconds * 1000;
  }

  decide(sight: Sight): Wish | undefined {
    const { nowMs, parallelism } = sight;
    this.recordsIn += (sight.processedPerSecond * (nowMs - this.lastMs)) / 1000;
    this.lastMs = nowMs;
    if (!sight.running || parallelism !== this.expected) {
      this.restarting = true;
      return undefined;
    }
    if (this.restarting) this.forget(nowMs);
    if (nowMs < this.stableMs || !this.collect(sight) || sight.busyRatio === undefined) {
      return undefined;
    }
    const evaluation = evaluate(this.points, this.settings);
    if (evaluation === undefined) return undefined;
    const wanted = this.vertex.decide(nowMs, parallelism, evaluation);
    return wanted === undefined ? undefined : this.rescale(parallelism, wanted, evaluation);
  }

  /** After a restart, which lies less than a reconcile interval back, metrics are collected from the beginning. */
  private forget(nowMs: number): void {
    this.restarting = false;
    this.points.length = 0;
    this.stableMs = nowMs + this.settings.stabilizationSeconds * 1000;
  }

  /** Adds what is seen now; whether the window is full with it. */
  private collect({ nowMs, backlogRecords, busyRatio }: Sight): boolean {
    const { points } = this;
    const fromMs = nowMs - this.settings.windowSeconds * 1000;
    const full = (points[0]?.ms ?? nowMs) <= fromMs;
    points.push({
      ms: nowMs,
      recordsIn: Math.round(this.recordsIn),
      lagRecords: roundMetric(backlogRecords),
      load: roundMetric(busyRatio ?? NaN),
    });
    while (full && (points[0]?.ms ?? nowMs) < fromMs) points.shift();
    return full;
  }

  private rescale(from: number, to: number, evaluation: Evaluation): Wish {
    this.expected = to;
    this.restarting = true;
    return { ...sized(to, this.setting), why: because(from, to, evaluation) };
  }
}

/** The Flink Kubernetes Operator's autoscaler. */
export const operator: Policy = {
  name: "operator",
  title: "Flink Kubernetes Operator autoscaler 1.10",
  source:
    "org.apache.flink:flink-autoscaler 1.10.0, with its defaults (utilization 0.7 give or take 0.3, window 15 min, " +
    "stabilization 5 min, restart 5 min, catch-up 30 min, scale-down after 1 h by at most 60 %) but for " +
    "vertex.min-parallelism and vertex.max-parallelism, which are the slots of floor and ceiling instead of 1 and " +
    "200; the source's vertex excluded; reconciled every 60 s.",
  reactive: true,
  start(setting) {
    const settings = operatorSettings(setting);
    const first = firstWish(setting, settings);
    return { scaler: new OperatorScaler(setting, settings, first), first };
  },
};

/** The first rate at the target utilization, aligned as the autoscaler aligns. */
function firstWish(setting: Setting, settings: OperatorSettings): Wish {
  const { slotRate, firstRate, maxParallelism } = setting;
  const parallelism = scaleParallelism({
    parallelism: 1,
    factor: firstRate / (slotRate * settings.targetUtilization),
    groups: maxParallelism,
    lower: Math.min(settings.minParallelism, maxParallelism),
    upper: Math.min(settings.maxParallelism, maxParallelism),
  });
  return sized(parallelism, setting);
}

function sized(parallelism: number, { floor, slotsPerTaskManager }: Setting): Wish {
  const taskManagers = Math.max(floor, Math.ceil(parallelism / slotsPerTaskManager));
  return { taskManagers, parallelism };
}

function because(from: number, to: number, evaluation: Evaluation): string {
  const { targetRate, trueRate, scaleUpBelow, scaleDownAbove } = evaluation;
  const [side, bound] = to > from ? ["below", scaleUpBelow] : ["above", scaleDownAbove];
  const able = Number.isFinite(trueRate) ? `${Math.round(trueRate)} a second` : "any rate";
  return (
    `${Math.round(targetRate)} records a second arrive; parallelism ${from} can process ${able}, ` +
    `${side} the ${bound} of the band: ${from} -> ${to}.`
  );
}
