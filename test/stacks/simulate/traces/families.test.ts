import * as fc from "fast-check";
import type { Trace } from "../../../../policies/simulator/trace";
import { DAY_MS, hourOf, isWeekend, MINUTE_MS } from "../../../../stacks/simulate/traces/day";
import { FAMILIES } from "../../../../stacks/simulate/traces/families";
import { REAL_TRACES } from "../../../../stacks/simulate/traces/real";

const byName = (name: string) => FAMILIES.find((family) => family.name === name)!;
const all = [...FAMILIES, ...REAL_TRACES].map((family) => [family.name, family] as const);

/** A rate a minute. */
function minutely({ startMs, endMs, rateAt }: Trace): { ms: number; rate: number }[] {
  const points = [];
  for (let ms = startMs; ms < endMs; ms += MINUTE_MS) points.push({ ms, rate: rateAt(ms) });
  return points;
}
const rates = (trace: Trace) => minutely(trace).map(({ rate }) => rate);
const max = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test("the names are those of the command line", () => {
  expect(all.map(([name]) => name)).toEqual([
    "daily-sine",
    "step",
    "burst",
    "flash-crowd",
    "weekend",
    "drift",
    "noise",
    "steady",
    "tenant-mix",
    "morning-peak",
    "departures",
    "road",
    "orders",
  ]);
});

describe.each(all)("%s", (name, family) => {
  const trace = family.create();
  const days = (trace.endMs - trace.startMs) / DAY_MS;

  it("begins on a midnight and lasts whole days", () => {
    expect(trace.name).toBe(name);
    expect(trace.startMs % DAY_MS).toBe(0);
    expect([2, 7, 14]).toContain(days);
  });

  it("peaks at 10 to 100 slots of 500 records/s, and is never negative", () => {
    const values = rates(trace);
    expect(max(values)).toBeGreaterThan(5_000);
    expect(max(values)).toBeLessThan(50_000);
    expect(values.every((rate) => rate >= 0 && Number.isFinite(rate))).toBe(true);
  });

  it("gives the same rate in any order, and from another copy", () => {
    const span = trace.endMs - trace.startMs;
    const monotone = family.create();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: span + 1000 })), (offsets) => {
        const instants = offsets.map((offset) => trace.startMs + offset);
        const wanted = new Map(
          [...instants].sort((a, b) => a - b).map((ms) => [ms, monotone.rateAt(ms)]),
        );
        for (const ms of instants) expect(trace.rateAt(ms)).toBe(wanted.get(ms));
      }),
      { numRuns: 300 },
    );
  });
});

test.each(FAMILIES.map((family) => [family.name, family] as const))(
  "%s depends on its seed and nothing else",
  (name, family) => {
    const one = rates(family.create({ days: 2, seed: 1 }));
    expect(rates(family.create({ days: 2 }))).toEqual(one);
    expect(rates(family.create({ days: 3, seed: 1 })).slice(0, one.length)).toEqual(one);
    const other = rates(family.create({ days: 2, seed: 2 }));
    if (name === "steady") expect(other).toEqual(one);
    else expect(other).not.toEqual(one);
  },
);

describe("the shapes", () => {
  it("daily-sine is lowest at 4 and highest at 16", () => {
    const { startMs, rateAt } = byName("daily-sine").create();
    const around = (hour: number) =>
      mean(
        Array.from({ length: 60 }, (_, i) => rateAt(startMs + (hour * 60 + i - 30) * MINUTE_MS)),
      );
    expect(Math.abs(around(4) - 2_000)).toBeLessThan(150);
    expect(Math.abs(around(16) - 18_000)).toBeLessThan(250);
  });

  it("step goes to ten times its rate at once, for hours, once a day, and back", () => {
    const points = minutely(byName("step").create({ days: 20 }));
    const edges = points.filter(({ rate }, i) => i > 0 && rate > 5 * (points[i - 1]?.rate ?? 0));
    const high = points.filter(({ rate }) => rate > 10_000);
    const low = points.filter(({ rate }) => rate <= 10_000);
    expect(edges).toHaveLength(20);
    expect(
      Math.abs(mean(high.map(({ rate }) => rate)) / mean(low.map(({ rate }) => rate)) - 10),
    ).toBeLessThan(0.05);
    expect(high.length / 20 / 60).toBeGreaterThan(3);
    expect(high.length / 20 / 60).toBeLessThan(6);
  });

  it("burst has about ten bursts a day, of 4 to 24 minutes", () => {
    const points = minutely(byName("burst").create({ days: 50 }));
    const high = points.map(({ rate }) => rate > 5_000);
    const starts = high.filter((is, i) => is && !high[i - 1]).length;
    expect(starts / 50).toBeGreaterThan(8.5);
    expect(starts / 50).toBeLessThan(10.5);
    const minutes = high.filter(Boolean).length / starts;
    expect(minutes).toBeGreaterThan(10);
    expect(minutes).toBeLessThan(16);
  });

  it("flash-crowd rises tenfold within five minutes, once a day", () => {
    const points = minutely(byName("flash-crowd").create({ days: 10 }));
    const rises = points.filter(({ rate }, i) => {
      const before = points[i - 5]?.rate ?? Infinity;
      return rate > 30_000 && before < 6_000;
    });
    const days = new Set(rises.map(({ ms }) => Math.floor(ms / DAY_MS)));
    expect(days.size).toBe(10);
  });

  it("weekend is quiet on Saturdays and Sundays, and has shoulders around office hours", () => {
    const points = minutely(byName("weekend").create());
    const at = (hour: number, free: boolean) =>
      mean(
        points
          .filter(({ ms }) => isWeekend(ms) === free && Math.floor(hourOf(ms)) === hour)
          .map(({ rate }) => rate),
      );
    expect(
      new Set(points.filter(({ ms }) => isWeekend(ms)).map(({ ms }) => new Date(ms).getUTCDay())),
    ).toEqual(new Set([6, 0]));
    expect(at(10, false)).toBeGreaterThan(18_000);
    expect(at(10, true)).toBeLessThan(5_000);
    expect(at(8, false)).toBeGreaterThan(2 * at(6, false));
    expect(at(8, false)).toBeLessThan(at(10, false));
  });

  it("drift grows by a tenth a day", () => {
    const values = rates(byName("drift").create({ days: 7 }));
    const day = (i: number) => mean(values.slice(i * 1440, (i + 1) * 1440));
    for (let i = 1; i < 7; i++) expect(Math.abs(day(i) / day(i - 1) - 1.1)).toBeLessThan(0.005);
  });

  it("noise keeps its mean, with likeness between neighbours that is gone after hours", () => {
    const values = rates(byName("noise").create({ days: 60 }));
    const level = mean(values);
    const likeness = (apart: number) =>
      mean(values.slice(apart).map((v, i) => (v - level) * ((values[i] ?? 0) - level))) /
      mean(values.map((v) => (v - level) ** 2));
    expect(Math.abs(level - 10_000)).toBeLessThan(250);
    expect(likeness(1)).toBeGreaterThan(0.8);
    expect(likeness(1)).toBeLessThan(0.97);
    expect(Math.abs(likeness(600))).toBeLessThan(0.1);
  });

  it("steady is 10,000 records/s", () => {
    expect(new Set(rates(byName("steady").create()))).toEqual(new Set([10_000]));
  });

  it("tenant-mix has no quiet hour: somebody always works", () => {
    const values = rates(byName("tenant-mix").create());
    expect(values.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(0.3 * max(values));
  });

  it("morning-peak rises at least sixfold between 7:45 and 8:15 on each day", () => {
    const { startMs, rateAt } = byName("morning-peak").create();
    for (let day = 0; day < 7; day++) {
      const at = (hour: number) => rateAt(startMs + day * DAY_MS + hour * 3_600_000);
      expect(at(8.25) / at(7.75)).toBeGreaterThan(6);
    }
  });
});

describe("the recordings", () => {
  it.each([
    // The largest counts: 34 departures in a quarter of an hour, 6,873 vehicles in an hour, 21 orders in half an hour.
    ["departures", 8, 34],
    ["road", 581, 6_873],
    ["orders", 0, 21],
  ])("%s begins with %d counts, scaled so that %d are 20,000 records/s", (name, first, most) => {
    const trace = REAL_TRACES.find((real) => real.name === name)!.create();
    expect(trace.endMs - trace.startMs).toBe(14 * DAY_MS);
    expect(trace.rateAt(trace.startMs)).toBeCloseTo((first / most) * 20_000, 6);
    expect(max(rates(trace))).toBeCloseTo(20_000, 6);
  });
});
