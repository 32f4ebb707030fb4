import {
  averageValueReplicas,
  largestProposal,
  utilizationReplicas,
  valueReplicas,
  type PodUsage,
} from "../../../../stacks/simulate/rivals/hpa-replicas";

/** Pods of one core, all of which use as much as each other. */
function pods(measured: number, percent: number, others: Partial<PodUsage> = {}): PodUsage {
  const usageMilli = 10 * percent * measured;
  return {
    requestMilli: 1000,
    measured: { pods: measured, usageMilli },
    unready: 0,
    missing: 0,
    ...others,
  };
}

describe("the formula of the documentation", () => {
  it("should double the replicas where 200m is to be 100m, and halve them where 50m is", () => {
    expect(utilizationReplicas(4, pods(4, 20), 10)).toBe(8);
    expect(utilizationReplicas(4, pods(4, 5), 10)).toBe(2);
    expect(valueReplicas(4, 4, 200, 100)).toBe(8);
    expect(valueReplicas(4, 4, 50, 100)).toBe(2);
    expect(averageValueReplicas(4, 4 * 200, 100)).toBe(8);
    expect(averageValueReplicas(4, 4 * 50, 100)).toBe(2);
  });

  it.each([
    // 3 × 100 / 80 = 3.75
    [3, 100, 4],
    // 88 / 80 is within 10 %, 89 / 80 = 1.1125 is not
    [10, 88, 10],
    [10, 89, 12],
    // 72 / 80 is, 71 / 80 is not: 8.875
    [10, 72, 10],
    [10, 71, 9],
    [5, 0, 0],
  ])(
    "should make of %p replicas at %p %%, which shall be at 80 %%, %p",
    (current, percent, replicas) => {
      expect(utilizationReplicas(current, pods(current, percent), 80)).toBe(replicas);
    },
  );

  it("should cut utilization to whole percents", () => {
    const usage = {
      requestMilli: 1000,
      measured: { pods: 1, usageMilli: 889 },
      unready: 0,
      missing: 0,
    };
    expect(utilizationReplicas(1, usage, 80)).toBe(1);
  });

  it("should take a tolerance of 0 at its word", () => {
    expect(utilizationReplicas(10, pods(10, 81), 80, 0)).toBe(11);
    expect(utilizationReplicas(10, pods(10, 80), 80, 0)).toBe(10);
  });
});

describe("pods that are not ready or not measured", () => {
  it("should count as idle on the way up if not ready", () => {
    // (3 × 100 + 1 × 0) / 4 = 75 %: the other way round
    expect(utilizationReplicas(4, pods(3, 100, { unready: 1 }), 80)).toBe(4);
    // (8 × 100 + 1 × 0) / 9 = 88 %
    expect(utilizationReplicas(9, pods(8, 100, { unready: 1 }), 80)).toBe(9);
    // (9 × 200 + 1 × 0) / 10 = 180 %; 180 / 80 × 10
    expect(utilizationReplicas(10, pods(9, 200, { unready: 1 }), 80)).toBe(23);
  });

  it("should not count on the way down if not ready", () => {
    expect(utilizationReplicas(6, pods(4, 40, { unready: 2 }), 80)).toBe(2);
  });

  it("should count as idle on the way up and as busy on the way down if not measured", () => {
    // (4 × 200) / 5 = 160 %
    expect(utilizationReplicas(5, pods(4, 200, { missing: 1 }), 80)).toBe(10);
    // (4 × 20 + 100) / 5 = 36 %
    expect(utilizationReplicas(5, pods(4, 20, { missing: 1 }), 80)).toBe(3);
    // (2 × 60 + 2 × 100) / 4 = 80 %
    expect(utilizationReplicas(4, pods(2, 60, { missing: 2 }), 80)).toBe(4);
    // a target above 100 % is taken for them: (4 × 60 + 120) / 5 = 72 %
    expect(utilizationReplicas(5, pods(4, 60, { missing: 1 }), 120)).toBe(3);
    expect(utilizationReplicas(5, pods(4, 80, { missing: 1 }), 80)).toBe(5);
  });

  it("should give no answer where nothing is measured", () => {
    expect(utilizationReplicas(4, pods(0, 0, { unready: 4 }), 80)).toBeUndefined();
  });
});

describe("metrics that are not the pods' own", () => {
  it("should reckon a value with the pods that are ready", () => {
    expect(valueReplicas(5, 3, 200, 100)).toBe(6);
  });

  it("should come back from zero", () => {
    expect(valueReplicas(0, 0, 250, 100)).toBe(3);
    expect(averageValueReplicas(0, 250, 100)).toBe(3);
    expect(averageValueReplicas(0, 0, 100)).toBe(0);
  });

  it("should not go from 88 to 89, for that is within the tolerance", () => {
    expect(averageValueReplicas(88, 89, 1)).toBe(88);
    expect(averageValueReplicas(10, 11, 1)).toBe(10);
    expect(averageValueReplicas(10, 12, 1)).toBe(12);
  });
});

describe("several metrics", () => {
  it.each([
    ["the largest", [3, 7, 5], 7],
    ["growth in spite of one that failed", [undefined, 7], 7],
    ["no change in spite of one that failed", [undefined, 5], 5],
    ["nothing where one failed and the others shrink", [undefined, 4], undefined],
    ["nothing where all failed", [undefined, undefined], undefined],
  ])("should give %s", (_, proposals, replicas) => {
    expect(largestProposal(5, proposals)).toBe(replicas);
  });
});
