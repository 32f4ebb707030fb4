import { MeanRate } from "../../../../stacks/conductor/observe/mean-rate";

const at = (offset: number) => new Map([["a/0", offset]]);

/** What each push gives: the rate, or why there is none. */
function rates(...pushes: [number | undefined, number][]) {
  const rate = new MeanRate();
  return pushes.map(([offset, atMs]) => {
    const given = rate.push(offset === undefined ? undefined : at(offset), atMs);
    return rate.wentBack ? "went back" : given;
  });
}

test.each([
  [
    "two",
    [
      [100, 0],
      [600, 5000],
    ],
    [undefined, 100],
  ],
  [
    "a stop",
    [
      [100, 0],
      [100, 5000],
    ],
    [undefined, 0],
  ],
  [
    "one unknown between",
    [
      [100, 0],
      [undefined, 5000],
      [600, 10_000],
    ],
    [undefined, undefined, 50],
  ],
  [
    "a step back, and on from there",
    [
      [900, 0],
      [10, 5000],
      [60, 10_000],
    ],
    [undefined, "went back", 10],
  ],
  [
    "two minutes",
    [
      [0, 0],
      [120, 120_000],
    ],
    [undefined, 1],
  ],
  [
    "more than two minutes",
    [
      [0, 0],
      [120, 120_001],
      [125, 125_001],
    ],
    [undefined, undefined, 1],
  ],
  [
    "no time",
    [
      [0, 7],
      [120, 7],
    ],
    [undefined, undefined],
  ],
] as [string, [number | undefined, number][], unknown[]][])("%s", (_, pushes, expected) => {
  expect(rates(...pushes)).toEqual(expected);
});
