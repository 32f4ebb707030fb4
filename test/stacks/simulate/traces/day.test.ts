import { DAY_MS, dayCurve, hourOf, isWeekend } from "../../../../stacks/simulate/traces/day";

test.each([
  ["2026-01-05T00:00:00Z", 0, false],
  ["2026-01-09T23:30:00Z", 23.5, false],
  ["2026-01-10T00:00:00Z", 0, true],
  ["2026-01-11T12:15:00Z", 12.25, true],
  ["1969-12-28T06:00:00Z", 6, true],
  ["1970-01-01T00:00:00Z", 0, false],
])("%s is at hour %d, on a weekend: %s", (text, hour, free) => {
  expect(hourOf(Date.parse(text))).toBeCloseTo(hour, 9);
  expect(isWeekend(Date.parse(text))).toBe(free);
});

test("a day's curve is straight between its points, and over midnight", () => {
  const curve = dayCurve([
    [6, 100],
    [8, 300],
    [22, 20],
  ]);
  expect([6, 7, 8, 15, 22, 23, 0, 2, 5].map(curve)).toEqual([
    100, 200, 300, 160, 20, 30, 40, 60, 90,
  ]);
  expect(dayCurve([[12, 5]])(hourOf(DAY_MS / 3))).toBe(5);
});
