import { HorizontalPodAutoscaler } from "../../../../stacks/simulate/rivals/hpa-autoscaler";
import {
  DEFAULT_BEHAVIOR,
  type Behavior,
  type ScalingRules,
} from "../../../../stacks/simulate/rivals/hpa-behavior";

const BOUNDS = { min: 1, max: 200 };
const { scaleUp, scaleDown } = DEFAULT_BEHAVIOR;

/** The replicas at each step, where every metric calls for `desired` every `seconds`. */
function steps(
  behavior: Behavior,
  start: number,
  desired: readonly number[],
  seconds = 15,
): number[] {
  const autoscaler = new HorizontalPodAutoscaler(BOUNDS, behavior);
  let current = start;
  return desired.map((wanted, i) => {
    current = autoscaler.reconcile(i * seconds * 1000, current, [wanted]);
    return current;
  });
}

function down(rules: Partial<ScalingRules>): Behavior {
  return { scaleUp, scaleDown: { ...scaleDown, stabilizationWindowSeconds: 0, ...rules } };
}

const fourPods = { type: "Pods", value: 4, periodSeconds: 60 } as const;
const tenPercent = { type: "Percent", value: 10, periodSeconds: 60 } as const;

describe("the examples of the documentation", () => {
  it("should remove 8 of 80 pods, then of 72 again 8, and below 40 pods 4 at a time", () => {
    const behavior = down({ policies: [fourPods, tenPercent] });
    const replicas = steps(behavior, 80, Array<number>(9).fill(10), 60);
    expect(replicas).toEqual([72, 64, 57, 51, 45, 40, 36, 32, 28]);
  });

  it("should remove no more than 5 pods a minute with selectPolicy Min", () => {
    const fivePods = { ...fourPods, value: 5 };
    const behavior = down({ policies: [tenPercent, fivePods], selectPolicy: "Min" });
    expect(steps(behavior, 80, [10, 10, 10, 10], 60)).toEqual([75, 70, 65, 60]);
    expect(steps(behavior, 20, [10, 10], 60)).toEqual([18, 16]);
  });

  it("should remove none with selectPolicy Disabled, and still add", () => {
    const behavior = down({ selectPolicy: "Disabled" });
    expect(steps(behavior, 20, [10, 10, 25, 10])).toEqual([20, 20, 25, 25]);
  });

  it("should add 4 pods or 100 % every 15 s by default", () => {
    expect(steps(DEFAULT_BEHAVIOR, 1, [100, 100, 100, 100, 100])).toEqual([5, 10, 20, 40, 80]);
  });

  it("should follow the highest recommendation of 5 minutes down by default", () => {
    const desired = [10, 8, ...Array<number>(21).fill(2)];
    const replicas = steps(DEFAULT_BEHAVIOR, 10, desired);
    expect(replicas.slice(0, 20)).toEqual(Array<number>(20).fill(10));
    expect(replicas.slice(20)).toEqual([8, 2, 2]);
  });

  it("should shrink after 1 minute with a window of 1 minute", () => {
    const behavior = down({ stabilizationWindowSeconds: 60 });
    expect(steps(behavior, 10, [10, 2, 2, 2, 2])).toEqual([10, 10, 10, 10, 2]);
  });
});

describe("policies", () => {
  it("should count what changed in the period, in both directions", () => {
    const behavior = down({ policies: [fourPods] });
    // 20 -> 16; 30 s later nothing is left of the 4; after 60 s they are there again.
    expect(steps(behavior, 20, [10, 10, 10, 10], 30)).toEqual([16, 16, 12, 12]);
    // What was added in the period may go as well.
    expect(steps(behavior, 20, [30, 10], 30)).toEqual([30, 16]);
  });

  it("should hold back a scale-up until its window has passed", () => {
    const behavior = { scaleUp: { ...scaleUp, stabilizationWindowSeconds: 30 }, scaleDown };
    expect(steps(behavior, 5, [9, 9, 9, 9])).toEqual([5, 5, 9, 9]);
  });
});

describe("the autoscaler", () => {
  const autoscaler = () => new HorizontalPodAutoscaler({ min: 2, max: 10 });

  it("should keep within its bounds, whatever the metrics say", () => {
    expect(autoscaler().reconcile(0, 12, [undefined])).toBe(10);
    expect(autoscaler().reconcile(0, 1, [undefined])).toBe(2);
    expect(autoscaler().reconcile(0, 8, [30])).toBe(10);
  });

  it("should leave a target alone that was scaled to zero", () => {
    expect(autoscaler().reconcile(0, 0, [5])).toBe(0);
  });

  it("should do nothing without metrics", () => {
    expect(autoscaler().reconcile(0, 5, [undefined])).toBe(5);
  });
});
