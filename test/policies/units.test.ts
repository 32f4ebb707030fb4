import * as fc from "fast-check";
import { duration, memory, printDuration, printMemory, printTimeOfDay } from "../../policies/units";

test.each([
  ["500ms", 500],
  ["10s", 10_000],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["1.5 m", 90_000],
  [" 10s ", 10_000],
  ["1.005s", 1_005],
  ["0.29s", 290],
  ["0s", 0],
])("the duration %j is %d ms", (text, ms) => {
  expect(duration.parse(text)).toBe(ms);
});

test.each([
  "1.5 minutes",
  "10",
  "s",
  "",
  "-1s",
  "1e3s",
  "0.5ms",
  "1,5s",
  "10s 5ms",
  "10S",
  "1.s",
  ".5s",
  "5constructor",
  "99999999999999999999d",
  10,
])("%j is no duration", (given) => {
  expect(duration.safeParse(given).success).toBe(false);
});

test.each([
  ["1728MiB", 1728],
  ["2GiB", 2048],
  ["1.5GiB", 1536],
  ["1728m", 1728],
  ["2g", 2048],
  ["512 MiB", 512],
])("the memory %j is %d MiB", (text, mib) => {
  expect(memory.parse(text)).toBe(mib);
});

test.each(["2048", "2GB", "2G", "1.5MiB", "0.1GiB", "-1GiB", "two GiB", 2048, null])(
  "%j is no memory",
  (given) => {
    expect(memory.safeParse(given).success).toBe(false);
  },
);

test.each([
  [0, "0 s"],
  [250, "250 ms"],
  [10_000, "10 s"],
  [7_500_000, "2 h 5 m"],
  [90_061_001, "1 d 1 h"],
  [1_005, "1 s 5 ms"],
])("%d ms prints as %s", (ms, text) => {
  expect(printDuration(ms)).toBe(text);
});

test.each([
  [512, "512 MiB"],
  [1024, "1 GiB"],
  [1536, "1.5 GiB"],
  [1728, "1728 MiB"],
  [2304, "2.25 GiB"],
])("%d MiB print as %s", (mib, text) => {
  expect(printMemory(mib)).toBe(text);
});

test.each([
  [0, "00:00"],
  [485, "08:05"],
  [1440, "24:00"],
])("%d minutes after midnight are %s", (minutes, text) => {
  expect(printTimeOfDay(minutes)).toBe(text);
});

test("printed memory reads as the same amount", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000 }), (mib) => {
      expect(memory.parse(printMemory(mib))).toBe(mib);
    }),
  );
});

test("thousandths of a second are exact", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (ms) => {
      expect(duration.parse(`${(ms / 1000).toFixed(3)}s`)).toBe(ms);
    }),
  );
});
