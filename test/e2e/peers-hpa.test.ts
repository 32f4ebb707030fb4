import * as fc from "fast-check";
import { HorizontalPodAutoscaler } from "../../stacks/simulate/rivals/hpa-autoscaler";
import { DEFAULT_BEHAVIOR, type Behavior } from "../../stacks/simulate/rivals/hpa-behavior";
import {
  averageValueReplicas,
  utilizationReplicas,
  valueReplicas,
} from "../../stacks/simulate/rivals/hpa-replicas";
import { askHpa, ensureHpaPeer, type Calculation, type PodState } from "../support/hpa-peer";
import {
  MEASURED,
  oneMetric,
  READY,
  severalMetrics,
  UNREADY,
  utilization,
  valueMetric,
  type Run,
} from "../support/hpa-questions";

const MINUTES = 60_000;
const CASES = 2_000;
/** Of a control. */
const FEW = 300;
const SEED = 20261121;

let peer = "";

jest.setTimeout(5 * MINUTES);

beforeAll(async () => {
  peer = await ensureHpaPeer();
}, 30 * MINUTES);

describe("the replica calculator answers as Kubernetes' own", () => {
  it("for CPU utilization, with pods in every state", async () => {
    const cases = sample(utilization);
    expect(await differingCalculations(cases, calculate)).toEqual([]);
    const shares = cases.map((asked) => calculate(asked) === asked.current);
    expect(shares.filter(Boolean).length).toBeGreaterThan(CASES / 10);
    expect(shares.filter((same) => !same).length).toBeGreaterThan(CASES / 10);
  });

  it.each(["externalValue", "externalAverage", "objectValue", "objectAverage"] as const)(
    "for %s",
    async (metric) => {
      expect(await differingCalculations(sample(valueMetric(metric)), calculate)).toEqual([]);
    },
  );

  it("and a wrong tolerance is seen", async () => {
    const wrong = (asked: Calculation) => calculate({ ...asked, tolerance: asked.tolerance + 0.1 });
    for (const metric of [utilization, valueMetric("externalAverage")]) {
      const differing = await differingCalculations(sample(metric), wrong);
      expect(differing.length).toBeGreaterThan(10);
    }
  });
});

describe("the autoscaler moves the replicas as Kubernetes' controller does", () => {
  it("within random policies and windows, whatever is recommended", async () => {
    const runs = sample(oneMetric);
    expect(await differingRuns(runs, follow)).toEqual([]);
    const rescales = sum(runs.map((run) => changes([run.start, ...follow(run)])));
    expect(rescales).toBeGreaterThan(10 * CASES);
  });

  it("with the default behavior that Kubernetes fills in", async () => {
    const runs = sample(oneMetric).map((run) => ({ ...run, behavior: undefined }));
    expect(await differingRuns(runs, follow)).toEqual([]);
  });

  it("with several metrics, some of which fail", async () => {
    expect(await differingRuns(sample(severalMetrics), follow)).toEqual([]);
  });

  it.each([
    ["tolerance", (run: Run) => ({ ...run, tolerance: run.tolerance + 0.1 })],
    ["window for scaling up", changed("scaleUp", 15)],
    ["window for scaling down", changed("scaleDown", 15)],
    ["floor", (run: Run) => ({ ...run, min: run.min + 1 })],
  ])("and a wrong %s is seen", async (_, wrong) => {
    const differing = await differingRuns(sample(severalMetrics, FEW), (run) => follow(wrong(run)));
    expect(differing.length).toBeGreaterThan(10);
  });
});

function sample<T>(arbitrary: fc.Arbitrary<T>, numRuns = CASES): T[] {
  return fc.sample(arbitrary, { numRuns, seed: SEED });
}

async function differingCalculations(
  cases: readonly Calculation[],
  ours: (asked: Calculation) => number | undefined,
) {
  const replies = await askHpa(
    peer,
    cases.map((calculate) => ({ calculate })),
  );
  return cases
    .map((asked, i) => ({ asked, ours: ours(asked), theirs: replies[i]?.replicas[0] }))
    .filter((answers) => answers.ours !== answers.theirs);
}

async function differingRuns(runs: readonly Run[], ours: (run: Run) => number[]) {
  const replies = await askHpa(
    peer,
    runs.map((run) => ({ reconcile: { ...run, behavior: run.behavior ?? {} } })),
  );
  return runs
    .map((run, i) => ({ run, ours: ours(run), theirs: replies[i]?.replicas ?? [] }))
    .filter((answers) => String(answers.ours) !== String(answers.theirs));
}

function calculate(asked: Calculation): number | undefined {
  const { metric, current, target, tolerance, pods, values } = asked;
  const count = (states: readonly PodState[]) =>
    pods.filter(({ state }) => states.includes(state)).length;
  const value = sum(values);
  if (metric.endsWith("Average")) return averageValueReplicas(current, value, target, tolerance);
  if (metric.endsWith("Value"))
    return valueReplicas(current, count(READY), value, target, tolerance);
  const usage = pods
    .filter(({ state }) => MEASURED.includes(state))
    .map((measured) => measured.usage);
  const usages = {
    requestMilli: asked.request,
    measured: { pods: usage.length, usageMilli: sum(usage) },
    unready: count(UNREADY),
    missing: count(["unmeasured"]),
  };
  return utilizationReplicas(current, usages, target, tolerance);
}

function follow(run: Run): number[] {
  const { behavior, start, steps, targets, tolerance } = run;
  const autoscaler = new HorizontalPodAutoscaler(run, behavior);
  let nowMs = 0;
  let current = start;
  return steps.map(({ afterMs, replicas, values }) => {
    nowMs += afterMs;
    const found = replicas ?? current;
    const proposals = targets.map((target, i) => {
      const value = values[i] ?? undefined;
      return value === undefined
        ? undefined
        : averageValueReplicas(found, value, target, tolerance);
    });
    current = autoscaler.reconcile(nowMs, found, proposals);
    return current;
  });
}

function changed(direction: keyof Behavior, seconds: number) {
  return (run: Run): Run => {
    const behavior = run.behavior ?? DEFAULT_BEHAVIOR;
    const rules = behavior[direction];
    const stabilizationWindowSeconds = rules.stabilizationWindowSeconds + seconds;
    return {
      ...run,
      behavior: { ...behavior, [direction]: { ...rules, stabilizationWindowSeconds } },
    };
  };
}

function changes(values: readonly number[]): number {
  return values.filter((value, i) => i > 0 && value !== values[i - 1]).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
