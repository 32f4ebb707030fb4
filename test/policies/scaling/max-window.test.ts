import * as fc from "fast-check";
import { MaxWindow } from "../../../policies/scaling/max-window";

test("is 0 while there is nothing, and the largest of the last while then", () => {
  const window = new MaxWindow(10);
  expect(window.max).toBe(0);
  const seen = [
    [0, 5],
    [4_000, 7],
    [8_000, 3],
    [13_999, 2],
    [14_000, 1],
    [18_001, 1],
  ].map(([atMs, value]) => {
    window.push(atMs ?? 0, value ?? 0);
    return window.max;
  });
  // What is 10 s old no longer counts.
  expect(seen).toEqual([5, 7, 7, 7, 3, 2]);
});

test("a longer window remembers no more than there is, a shorter one forgets with the next value", () => {
  const window = new MaxWindow(10);
  for (const [atMs, value] of [
    [0, 9],
    [6_000, 5],
    [9_000, 4],
  ] as const) {
    window.push(atMs, value);
  }
  window.seconds = 4;
  expect(window.max).toBe(9);
  window.push(10_000, 3);
  expect(window.max).toBe(4);
  window.seconds = 100;
  window.push(11_000, 1);
  expect(window.max).toBe(4);
});

test("agrees with looking at all values", () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 60 }), (steps, seconds) => {
      const window = new MaxWindow(seconds);
      const all: { atMs: number; value: number }[] = [];
      let atMs = 0;
      return steps.every(([later, value]) => {
        atMs += later * 1000;
        window.push(atMs, value);
        all.push({ atMs, value });
        const young = all.filter((entry) => entry.atMs > atMs - seconds * 1000);
        return window.max === Math.max(...young.map((entry) => entry.value));
      });
    }),
    { numRuns: 10_000 },
  );
});
