import * as fc from "fast-check";
import { axisInstant, elapsed, median, seconds, short, whole } from "../../../stacks/report/format";
import { instantTicks, niceTicks, rowsFor, timeTicks } from "../../../stacks/report/scale";

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [4, [0, 2, 4]],
  [7, [0, 5, 10]],
  [950, [0, 500, 1000]],
  [8120, [0, 5000, 10_000]],
])("ticks up to %d are %j", (max, ticks) => {
  expect(niceTicks(max)).toEqual(ticks);
});

test("ticks are whole, few, and reach the largest value", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (max) => {
      const ticks = niceTicks(max);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }),
  );
});

test("time ticks stand on round steps", () => {
  expect(timeTicks(240_000)).toEqual([0, 30, 60, 90, 120, 150, 180, 210, 240].map((s) => s * 1000));
  expect(timeTicks(500)).toEqual([0]);
});

test("instants stand on round times of day, wherever the span begins", () => {
  const at = (text: string) => Date.parse(`2026-11-${text}Z`);
  const ticks = (from: string, to: string) => instantTicks(at(from), at(to)).map(axisInstant);
  expect(ticks("23T07:10:00", "24T13:00:00")).toEqual([
    "08:00",
    "12:00",
    "16:00",
    "20:00",
    "11-24",
    "04:00",
    "08:00",
    "12:00",
  ]);
  expect(ticks("20T00:00:00", "27T00:00:00")).toHaveLength(8);
  expect(ticks("23T07:59:45", "23T08:00:10")).toEqual([
    "07:59:45",
    "07:59:50",
    "07:59:55",
    "08:00",
    "08:00:05",
    "08:00:10",
  ]);
  expect(instantTicks(0, 40 * 365 * 86_400_000).length).toBeLessThanOrEqual(11);
});

test("a label goes below all that reach over its beginning", () => {
  const spans = [
    { from: 0, to: 10 },
    { from: 5, to: 30 },
    { from: 12, to: 20 },
    { from: 30, to: 40 },
  ];
  expect(rowsFor(spans)).toEqual([0, 1, 2, 0]);
});

test("figures as text", () => {
  expect([whole(1234567.4), whole(null), whole(undefined)]).toEqual(["1,234,567", "–", "–"]);
  expect([seconds(0.844), seconds(12.34), seconds(null)]).toEqual(["0.84 s", "12.3 s", "–"]);
  expect([elapsed(0), elapsed(65_400), elapsed(3_600_000)]).toEqual(["0:00", "1:05", "60:00"]);
  expect([short(9500), short(12_000), short(1_500_000), short(0.5)]).toEqual([
    "9,500",
    "12k",
    "1.5M",
    "0.5",
  ]);
  expect([median([3, 1, 2]), median([4, 1]), median([])]).toEqual([2, 2.5, null]);
});
