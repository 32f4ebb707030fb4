import * as fc from "fast-check";
import type { Behavior } from "../../stacks/simulate/rivals/hpa-behavior";
import type { Calculation, PodState, Reconciliation } from "./hpa-peer";

/** A Reconciliation whose behavior is complete, or wholly left to Kubernetes. */
export type Run = Omit<Reconciliation, "behavior"> & { behavior: Behavior | undefined };

/** Counted as ready by value metrics. */
export const READY: readonly PodState[] = ["ready", "settling", "unmeasured", "leaving"];
/** Their CPU counts. */
export const MEASURED: readonly PodState[] = ["ready", "unwell"];
export const UNREADY: readonly PodState[] = ["pending", "starting", "settling", "neverReady"];
const STATES: readonly PodState[] = [
  ...new Set<PodState>([...READY, ...MEASURED, ...UNREADY, "failed"]),
];

const tolerance = fc.constantFrom(0, 0.05, 0.1, 0.3);

/** Most pods are ready, and use about as much as each other. */
const pods = fc
  .record({
    request: fc.integer({ min: 1, max: 4_000 }),
    percent: fc.integer({ min: 0, max: 200 }),
    states: fc.array(fc.oneof(fc.constant<PodState>("ready"), fc.constantFrom(...STATES)), {
      maxLength: 60,
      size: "max",
    }),
    noise: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 60, maxLength: 60 }),
  })
  .map(({ request, percent, states, noise }) => ({
    request,
    pods: states.map((state, i) => ({
      state,
      usage: Math.floor((request * (percent + (noise[i] ?? 0))) / 100),
    })),
  }));

export const utilization: fc.Arbitrary<Calculation> = fc
  .record({
    metric: fc.constant("utilization" as const),
    // Near the number of pods, or anything.
    current: fc.option(fc.integer({ min: 1, max: 80 })),
    target: fc.oneof(fc.constant(80), fc.integer({ min: 1, max: 150 })),
    tolerance,
    pods,
  })
  .map(({ pods: { request, pods: described }, current, ...rest }) => ({
    ...rest,
    current: current ?? Math.max(1, described.length),
    request,
    pods: described,
    values: [],
  }));

export function valueMetric(metric: Calculation["metric"]): fc.Arbitrary<Calculation> {
  const anything = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 3 });
  return fc
    .record({
      current: fc.integer({ min: 0, max: 80 }),
      target: fc.integer({ min: 10, max: 100_000 }),
      tolerance,
      pods,
      // Near the target in all, near the target for each pod, or anything.
      ratio: fc.double({ min: 0.5, max: 2, noNaN: true }),
      kind: fc.constantFrom("all", "each", "anything"),
      anything,
    })
    .map(({ pods: { request, pods: described }, ratio, kind, anything: any, ...rest }) => {
      const near = Math.round(ratio * rest.target * (kind === "each" ? rest.current : 1));
      return {
        ...rest,
        metric,
        request,
        pods: [...described, { state: "ready", usage: 0 }],
        values: kind === "anything" ? any : [near],
      };
    });
}

/** Multiples of the sync period, too, so that something is just as old as a period is long. */
const seconds = fc.oneof(fc.constantFrom(15, 30, 60, 120, 300), fc.integer({ min: 1, max: 600 }));

const rules = fc.record({
  stabilizationWindowSeconds: fc.oneof(fc.constant(0), seconds),
  selectPolicy: fc.oneof(
    { weight: 4, arbitrary: fc.constant("Max" as const) },
    { weight: 4, arbitrary: fc.constant("Min" as const) },
    { weight: 1, arbitrary: fc.constant("Disabled" as const) },
  ),
  policies: fc.array(
    fc.record({
      type: fc.constantFrom("Pods" as const, "Percent" as const),
      value: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 200 })),
      periodSeconds: seconds,
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

function runOf(
  count: fc.Arbitrary<number>,
  acceptedTolerance: fc.Arbitrary<number>,
  fails: boolean,
): fc.Arbitrary<Run> {
  const thousandths = fc.integer({ min: 0, max: 120 }).map((replicas) => replicas * 1000);
  const value = fails
    ? fc.oneof(
        { weight: 8, arbitrary: thousandths },
        { weight: 2, arbitrary: fc.integer({ min: 0, max: 300_000 }) },
        { weight: 1, arbitrary: fc.constant(null) },
      )
    : thousandths;
  const step = fc
    .record({
      afterMs: fc.oneof(fc.constant(15_000), fc.integer({ min: 1, max: 90_000 })),
      replicas: fc.option(fc.integer({ min: 0, max: 110 }), { freq: 12, nil: undefined }),
      values: fc.array(value, { minLength: 3, maxLength: 3 }),
    })
    .map(({ replicas, ...rest }) => (replicas === undefined ? rest : { ...rest, replicas }));
  return fc
    .record({
      tolerance: acceptedTolerance,
      min: fc.integer({ min: 0, max: 5 }),
      max: fc.integer({ min: 5, max: 100 }),
      start: fc.integer({ min: 0, max: 110 }),
      behavior: fc.record({ scaleUp: rules, scaleDown: rules }),
      count,
      steps: fc.array(step, { minLength: 1, maxLength: 60, size: "max" }),
    })
    .map(({ count: metrics, steps, ...rest }) => ({
      ...rest,
      targets: Array.from({ length: metrics }, (_, i) => [1_000, 2_000, 700][i] ?? 1_000),
      steps: steps.map((each) => ({ ...each, values: each.values.slice(0, metrics) })),
    }));
}

/** What the one metric shows, in thousands, is what is recommended. */
export const oneMetric = runOf(fc.constant(1), fc.constant(0), false);
export const severalMetrics = runOf(fc.integer({ min: 1, max: 3 }), tolerance, true);
