import * as fc from "fast-check";
import { curve, runLengths } from "../../../stacks/simulate/report/curve";

test("a path in relative steps, level stretches in one", () => {
  const points = [
    { x: 64, y: 10 },
    { x: 65.5, y: 10 },
    { x: 67, y: 10 },
    { x: 68.5, y: 9.66 },
    { x: 70, y: 12 },
  ];
  expect(curve(points)).toBe("M64 10h3l1.5-.3l1.5 2.3");
  expect(curve([])).toBe("");
  expect(curve([{ x: 1, y: 2 }])).toBe("M1 2");
});

test("rounding never adds up: a path ends within a twentieth of its last point", () => {
  const point = fc.record({
    x: fc.double({ min: 0, max: 960, noNaN: true }),
    y: fc.double({ min: 0, max: 200, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 200 }), (points) => {
      let [x, y] = [0, 0];
      for (const [, command, rest = ""] of curve(points).matchAll(/([Mlh])([^Mlh]*)/g)) {
        const [dx = 0, dy = 0] = (rest.match(/-?\d*\.?\d+/g) ?? []).map(Number);
        [x, y] = command === "M" ? [dx, dy] : [x + dx, y + dy];
      }
      const last = points.at(-1);
      expect(Math.abs(x - (last?.x ?? 0))).toBeLessThanOrEqual(0.0501);
      expect(Math.abs(y - (last?.y ?? 0))).toBeLessThanOrEqual(0.0501);
    }),
  );
});

test("runs of equal values, back and forth", () => {
  expect(runLengths([5, 5, 5, 1, 5])).toEqual([5, 3, 1, 1, 5, 1]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 })), (values) => {
      const pairs = runLengths(values);
      const back = pairs.flatMap((value, i) =>
        i % 2 === 1 ? Array<number>(value).fill(pairs[i - 1] ?? 0) : [],
      );
      expect(back).toEqual(values);
    }),
  );
});
