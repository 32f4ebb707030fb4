import { heldPerSecond } from "../../../stacks/driver/cluster-watcher";

describe("values that hold until the next sample", () => {
  const samples = [
    { atMs: 500, taskManagers: 1, parallelism: 2 },
    { atMs: 2_000, taskManagers: 2, parallelism: undefined },
    { atMs: 2_900, taskManagers: 2, parallelism: undefined },
    { atMs: 3_500, taskManagers: 2, parallelism: 4 },
  ];
  const span = { startMs: 0, seconds: 5 };

  it("should be the last ones at the end of each second, over holes", () => {
    expect(heldPerSecond(samples, span, (s) => s.parallelism, 1)).toEqual([2, 2, 2, 4, 4]);
    expect(heldPerSecond(samples, span, (s) => s.taskManagers, 9)).toEqual([1, 2, 2, 2, 2]);
  });

  it("should be the first value before any sample", () => {
    expect(heldPerSecond([], span, (s) => s.parallelism, 3)).toEqual([3, 3, 3, 3, 3]);
  });
});
