import { readTimestamp } from "../../../../stacks/simulate/traces/timestamp";

const NINE = Date.UTC(2026, 10, 23, 9);

test.each([
  ["2026-11-23T09:00:00Z", NINE],
  ["2026-11-23T09:00:00", NINE],
  ["2026-11-23 09:00:00", NINE],
  ["2026-11-23T09:00", NINE],
  ["2026/11/23 09:00:00", NINE],
  ["2026-11-23T09:00:00 UTC", NINE],
  ["2026-11-23t09:00:00z", NINE],
  ["2026-11-23T17:00:00+08:00", NINE],
  ["2026-11-23T17:00:00+0800", NINE],
  ["2026-11-23 17:00+08", NINE],
  ["2026-11-22T23:30:00-09:30", NINE],
  ["2026-11-23T09:00:00.250Z", NINE + 250],
  ["2026-11-23T09:00:00,5", NINE + 500],
  ["2026-11-23T09:00:00.123456+00:00", NINE + 123.456],
  ["2026-11-23", Date.UTC(2026, 10, 23)],
  ["2024-02-29", Date.UTC(2024, 1, 29)],
])("%s is an instant", (text, ms) => {
  expect(readTimestamp(text)?.form).toBe("ISO 8601");
  expect(readTimestamp(text)?.ms).toBeCloseTo(ms, 6);
});

test.each([
  ["0", 0, "seconds from the start"],
  ["0.5", 500, "seconds from the start"],
  ["86400", 86_400_000, "seconds from the start"],
  ["99999999", 99_999_999_000, "seconds from the start"],
  ["100000000", 100_000_000_000, "epoch seconds"],
  ["1795424400", 1_795_424_400_000, "epoch seconds"],
  ["1795424400.25", 1_795_424_400_250, "epoch seconds"],
  ["1.7954244e9", 1_795_424_400_000, "epoch seconds"],
  ["1795424400250", 1_795_424_400_250, "epoch milliseconds"],
])("%s is %d ms, by %s", (text, ms, form) => {
  expect(readTimestamp(text)).toEqual({ ms, form });
});

test.each([
  "",
  "now",
  "-5",
  "NaN",
  "Infinity",
  "1795424400000000",
  "2026-02-29",
  "2026-04-31T00:00",
  "2026-13-01",
  "2026-00-10",
  "2026-01-00",
  "2026-11-23T24:00",
  "2026-11-23T09:60",
  "2026-11-23T09:00:60",
  "2026-11-23T9:00",
  "23.11.2026 09:00",
  "11/23/2026 09:00",
  "2026-11-23T09:00:00+8",
  "2026-11-23T09:00:00 CET",
  "2026-11-23T09:00:00Z trailing",
])("%j is no timestamp", (text) => {
  expect(readTimestamp(text)).toBeUndefined();
});
