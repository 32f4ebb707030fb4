import {
  lagSeconds,
  parallelismByRates,
  taskManagersBySlots,
} from "../../../policies/scaling/required";

test.each([
  [0, 500, 0],
  [0, 0, 0],
  [5000, 500, 10],
  [1, 0, Infinity],
])("%d records at %d a second take %d s", (backlog, perSecond, seconds) => {
  expect(lagSeconds(backlog, perSecond)).toBe(seconds);
});

describe("the source documents' rule: past 10 s of backlog, produced / consumed × current", () => {
  const rates = {
    ...{ producedPerSecond: 900, consumedPerSecond: 300, backlogRecords: 3001 },
    ...{ parallelism: 2, allowedLagSeconds: 10 },
  };
  test.each<[string, Partial<typeof rates>, number]>([
    ["three times the rate", {}, 6],
    ["just at the allowed lag", { backlogRecords: 3000 }, 2],
    ["a tenth more, rounded up", { producedPerSecond: 330, parallelism: 10 }, 11],
    ["a little more, rounded up", { producedPerSecond: 301 }, 3],
    ["less arrives than is processed: never less than what runs", { producedPerSecond: 100 }, 2],
    ["nothing arrives", { producedPerSecond: 0 }, 2],
    ["nothing is processed", { consumedPerSecond: 0 }, 2],
    ["a rounding error is no further slot", { producedPerSecond: 1.1 * 300, parallelism: 30 }, 33],
    ["another allowed lag", { allowedLagSeconds: 11 }, 2],
  ])("%s", (_, change, parallelism) => {
    expect(parallelismByRates({ ...rates, ...change })).toBe(parallelism);
  });
});

describe("the source documents' rule: under 20 % free slots, 20 % more TaskManagers", () => {
  test.each([
    [5, 20, 4, 5],
    [5, 20, 3, 6],
    [5, 20, 0, 6],
    [10, 40, 7, 12],
    [6, 24, 4, 8],
    [1, 4, 0, 2],
    [100, 100, 19, 120],
    [3, 0, 0, 3],
  ])("%d TaskManagers, %d slots of which %d are free: %d", (now, total, available, then) => {
    expect(taskManagersBySlots(now, { total, available })).toBe(then);
  });
});
