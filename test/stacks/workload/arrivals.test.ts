import { Arrivals } from "../../../stacks/workload/arrivals";

function arrivalsAt(...instants: number[]): Arrivals {
  const arrivals = new Arrivals();
  for (const at of instants) arrivals.add(at, 10);
  return arrivals;
}

test("batches are what came within 20 ms, at the time it began", () => {
  expect(arrivalsAt(1000, 1010, 1019, 1020, 3000).batches()).toEqual([
    { atMs: 1000, count: 30 },
    { atMs: 1020, count: 10 },
    { atMs: 3000, count: 10 },
  ]);
});

describe("longestGap", () => {
  const steady = arrivalsAt(1000, 2000, 3000, 5500, 6500);

  test.each([
    ["inside the range", 1500, 6000, { ms: 2500, fromMs: 3000, toMs: 5500 }],
    ["reaching out on both sides", 4000, 4100, { ms: 2500, fromMs: 3000, toMs: 5500 }],
    ["before the first arrival", 400, 1000, { ms: 600, fromMs: 400, toMs: 1000 }],
    ["after the last arrival", 6600, 9000, { ms: 2500, fromMs: 6500, toMs: 9000 }],
    [
      "not one that only ends at the range's edge",
      5500,
      6000,
      { ms: 1000, fromMs: 5500, toMs: 6500 },
    ],
    [
      "not one that only begins at the range's edge",
      2000,
      3000,
      { ms: 1000, fromMs: 2000, toMs: 3000 },
    ],
  ])("%s", (_name, from, to, gap) => {
    expect(steady.longestGap(from, to)).toEqual(gap);
  });

  test("without any arrival it is the whole range", () => {
    expect(new Arrivals().longestGap(100, 350)).toEqual({ ms: 250, fromMs: 100, toMs: 350 });
  });

  test("is measured from the last arrival of a bucket to the first of the next", () => {
    expect(arrivalsAt(1000, 1010, 1019, 1100, 1119, 1120).longestGap(1000, 1120)).toEqual({
      ms: 81,
      fromMs: 1019,
      toMs: 1100,
    });
  });
});

test("countBetween adds up what arrived from one instant to before the other", () => {
  const arrivals = arrivalsAt(1000, 1500, 2000);
  expect(arrivals.countBetween(1000, 2000)).toBe(20);
  expect(arrivals.countBetween(2001, 9000)).toBe(0);
});
