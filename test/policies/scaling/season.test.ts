import * as fc from "fast-check";
import { Season } from "../../../policies/scaling/season";
import { noise } from "../../../stacks/simulate/traces/noise";

const MINUTE = 60_000;
const DAY = 1440;
/** 2026-01-05, a whole number of days after the epoch. */
const START = Date.UTC(2026, 0, 5) / MINUTE;

/** Loads of the minutes from `from` to before `to`, one sample in each. */
function push(season: Season, from: number, to: number, rate: (minute: number) => number): void {
  for (let m = from; m < to; m++) season.push((START + m) * MINUTE, rate(m));
}
/** After `minutes` of a load. */
function after(minutes: number, rate: (minute: number) => number): Season {
  const season = new Season();
  push(season, 0, minutes, rate);
  return season;
}
/** The long memory's error after minutes that were foretold exactly. */
const faded = (minutes: number) => (359 / 360) ** minutes;

describe("yesterday's load", () => {
  const flat = () => 1000;

  test("gives no floor before it has foretold 499 minutes, and then one less its error", () => {
    // A minute is judged once the next one has begun.
    expect(after(DAY + 499, flat).floorWithin(0)).toBeUndefined();
    const floor = after(DAY + 500, flat).floorWithin(0);
    expect(floor?.agoMinutes).toBe(DAY);
    expect(floor?.error).toBeCloseTo(faded(499), 12);
    expect(floor?.ratePerSecond).toBeCloseTo(1000 * (1 - faded(499)), 9);
    expect(faded(498)).toBeGreaterThan(0.25);
  });

  test("counts as far ahead as asked", () => {
    const season = after(2 * DAY, (m) => (m % DAY === 3 ? 3000 : 1000));
    const at = (ahead: number) => Math.round(season.floorWithin(ahead)?.ratePerSecond ?? 0);
    // The last minute that was pushed is 23:59.
    expect([0, 3, 4, 9].map(at)).toEqual([982, 982, 2945, 2945]);
    expect(season.floorWithin(4)?.error).toBeCloseTo(faded(1439), 9);
  });

  test("is the mean of each minute's samples", () => {
    const season = new Season();
    for (let m = 0; m < 2 * DAY; m++) {
      for (const share of [0.5, 1.5, 1]) {
        season.push((START + m) * MINUTE + share * 10_000, 1000 * share);
      }
    }
    expect(season.floorWithin(0)?.ratePerSecond).toBeCloseTo(1000 * (1 - faded(1439)), 9);
  });
});

describe("a miss", () => {
  /** Two days and an hour of the same, and then half of it. */
  const established = () => after(2 * DAY + 60, () => 1000);
  const miss = (minutes: number) => {
    const season = established();
    push(season, 2 * DAY + 60, 2 * DAY + 61 + minutes, () => 500);
    return season;
  };

  test("suspends the floor once the last ten minutes were off by more than a quarter", () => {
    // Half is missing: the short memory's error is 0.5 × (1 − 0.9^n).
    expect(miss(6).floorWithin(0)?.error).toBeCloseTo(0.5 * (1 - 0.9 ** 6), 3);
    expect(miss(7).floorWithin(0)).toBeUndefined();
  });

  test("is forgiven soon, as far as the habit of the last hours allows", () => {
    const season = miss(7);
    const from = 2 * DAY + 68;
    // The minute of the miss that is still open, and one that was foretold again.
    push(season, from, from + 3, () => 1000);
    const error = season.floorWithin(0)?.error ?? 1;
    expect(error).toBeGreaterThan(0.2);
    expect(error).toBeLessThan(0.25);
    push(season, from + 3, from + 60, () => 1000);
    expect(season.floorWithin(0)?.error).toBeLessThan(0.05);
  });

  test("that lasts is not forgiven for hours", () => {
    const season = established();
    const from = 2 * DAY + 60;
    push(season, from, from + 300, () => 100);
    push(season, from + 300, from + 500, () => 1000);
    expect(season.floorWithin(0)).toBeUndefined();
    push(season, from + 500, from + 900, () => 1000);
    expect(season.floorWithin(0)).toBeDefined();
  });
});

test("last week foretells what yesterday does not", () => {
  // Every other day of the week is three times as busy: 1 3 1 3 1 3 1, and again.
  const rate = (m: number) => ((Math.floor(m / DAY) % 7) % 2 === 0 ? 1000 : 3000);
  const season = after(9 * DAY, rate);
  const floor = season.floorWithin(0);
  expect(floor?.agoMinutes).toBe(7 * DAY);
  // Of the two days with a week before them, less the open minute.
  expect(floor?.error).toBeCloseTo(faded(2 * DAY - 1), 9);
  expect(floor?.ratePerSecond).toBeCloseTo(3000 * (1 - faded(2 * DAY - 1)), 3);
});

test("of two that foretell well, the higher floor counts", () => {
  // The same every day; only the day of a week ago was a little busier.
  const rate = (m: number) => (Math.floor(m / DAY) === 1 ? 1100 : 1000);
  expect(after(8 * DAY + 700, rate).floorWithin(0)?.agoMinutes).toBe(7 * DAY);
  expect(after(8 * DAY + 700, () => 1000).floorWithin(0)?.agoMinutes).toBe(DAY);
});

describe("a gap in the metrics", () => {
  test("leaves no load of its minutes behind, not even that of a week before", () => {
    const busy = DAY + 600;
    const season = after(8 * DAY + 600, (m) => (m >= busy && m < busy + 100 ? 9000 : 1000));
    push(season, 8 * DAY + 700, 9 * DAY + 601, () => 1000);
    // Yesterday is unknown, and a week ago it was quiet again.
    const floor = season.floorWithin(99);
    expect(floor?.agoMinutes).toBe(7 * DAY);
    expect(floor?.ratePerSecond).toBeLessThan(1000);
    expect(season.floorWithin(100)?.agoMinutes).toBe(DAY);
  });

  test("of a day suspends yesterday's floor, as there is none to look at", () => {
    const season = after(2 * DAY, () => 1000);
    push(season, 3 * DAY, 3 * DAY + 1, () => 1000);
    expect(season.floorWithin(0)).toBeUndefined();
  });

  test("of more than a week leaves nothing", () => {
    const season = after(2 * DAY, () => 1000);
    push(season, 11 * DAY, 11 * DAY + 1, () => 1000);
    expect(season.floorWithin(DAY)).toBeUndefined();
  });
});

test("an empty season and a season of zeros give no floor", () => {
  expect(new Season().floorWithin(5)).toBeUndefined();
  expect(after(2 * DAY, () => 0).floorWithin(5)).toBeUndefined();
});

test("a load without rhythm is never foretold by more than its error bound", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.01, max: 1, noNaN: true }), (seed, swing) => {
      const { normal } = noise(seed, "walk");
      const walk: number[] = [];
      let log = 0;
      for (let m = 0; m < 2 * DAY + 600; m++)
        walk.push(1000 * Math.exp((log += 0.05 * swing * normal(m))));
      const season = new Season();
      for (const [m, rate] of walk.entries()) {
        season.push((START + m) * MINUTE, rate);
        const floor = season.floorWithin(2);
        if (floor === undefined) continue;
        const then = walk.slice(m - floor.agoMinutes, m - floor.agoMinutes + 3);
        if (floor.error > 0.25) return false;
        if (floor.ratePerSecond > (1 - floor.error) * Math.max(...then) * (1 + 1e-6)) return false;
      }
      return true;
    }),
    { numRuns: 100 },
  );
});

test("a load that is another one every ten minutes gets no floor", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { normal } = noise(seed, "restless");
    const season = after(4 * DAY, (m) => 1000 * Math.exp(0.7 * normal(Math.floor(m / 10))));
    let floors = 0;
    push(season, 4 * DAY, 5 * DAY, (m) => {
      if (season.floorWithin(2) !== undefined) floors += 1;
      return 1000 * Math.exp(0.7 * normal(Math.floor(m / 10)));
    });
    expect(floors).toBe(0);
  }
});
