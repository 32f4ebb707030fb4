import { dayCurve } from "./day";

/** A workday of an office, in records per second: shoulders from 7 to 9 and from 17 to 22, and a lunch break. */
export const OFFICE_DAY = dayCurve([
  [0, 2_500],
  [6, 2_500],
  [7, 4_000],
  [9, 18_000],
  [11, 20_000],
  [12.5, 16_000],
  [14, 19_000],
  [17, 17_000],
  [19, 8_000],
  [22, 2_500],
]);

/** A Saturday or Sunday of the same office. */
export const FREE_DAY = dayCurve([
  [0, 2_500],
  [7, 2_500],
  [11, 4_500],
  [20, 4_500],
  [22, 2_500],
]);

/** In records per second: everybody comes at 8. */
export const MORNING_PEAK = dayCurve([
  [0.5, 1_500],
  [5, 1_200],
  [7.5, 2_300],
  [7.95, 2_500],
  [8.1, 22_000],
  [9.5, 25_000],
  [11.5, 17_000],
  [12.5, 13_000],
  [14, 17_000],
  [17, 15_000],
  [19, 8_000],
  [22, 3_000],
]);

/** Shares of the day's peak. */
const office = dayCurve([
  [6, 0.1],
  [9, 0.9],
  [11, 1],
  [12.5, 0.8],
  [14, 0.95],
  [17.5, 0.8],
  [20, 0.2],
  [23, 0.1],
]);
const evening = dayCurve([
  [3, 0.1],
  [8, 0.2],
  [17, 0.45],
  [20.5, 1],
  [23, 0.5],
]);
const nightlyBatch = dayCurve([
  [1.9, 0],
  [2, 1],
  [3.5, 1],
  [3.6, 0],
]);

/** Tenants of one cluster. `peak` in records per second; offsets from UTC are fixed, there is no summer time. */
export const TENANTS = [
  { name: "tokyo", utcOffsetHours: 9, peak: 4_000, curve: office },
  { name: "shanghai", utcOffsetHours: 8, peak: 7_000, curve: evening },
  { name: "berlin", utcOffsetHours: 1, peak: 6_000, curve: office },
  { name: "london", utcOffsetHours: 0, peak: 5_000, curve: nightlyBatch },
  { name: "new-york", utcOffsetHours: -5, peak: 5_000, curve: office },
  { name: "los-angeles", utcOffsetHours: -8, peak: 5_000, curve: evening },
] as const;
