import { LoadMeter } from "../../../policies/scaling/load-meter";
import { outlook } from "../../../policies/scaling/outlook";
import { SCALING_DEFAULTS, type ScalingSettings } from "../../../policies/scaling/settings";

const settings: ScalingSettings = {
  ...SCALING_DEFAULTS,
  ...{ allowedLagSeconds: 10, headroom: 0.05, unrestFactor: 1.5, unrestAbsorbed: 0.03 },
  ...{ jumpDeviations: 3, lateShare: 0.5, catchUpSeconds: 15, gapSeconds: 3 },
};
const calm = (count = 60) => Array.from({ length: count }, () => 1000);

/** After samples every 5 s, with 20 s from a decision to its effect: 30 s are looked ahead. */
function ahead(
  samples: readonly number[],
  capacity: number,
  backlogRecords = 0,
  floorRate?: number,
) {
  const load = new LoadMeter(5);
  for (const rate of samples) load.push(rate);
  const floor =
    floorRate === undefined
      ? undefined
      : { ratePerSecond: floorRate, agoMinutes: 1440, error: 0.1 };
  const situation = { load, backlogRecords, capacity, floor, reactionSeconds: 20, everySeconds: 5 };
  return { ...outlook({ ...situation, settings }), unrest: load.unrest };
}

describe("a constant load", () => {
  test("that the capacity holds needs nothing, and a headroom of 5 % is kept", () => {
    const { short, foreseenLagSeconds, keepRate, targetRate } = ahead(calm(), 1000);
    expect([short, foreseenLagSeconds]).toEqual([false, 0]);
    expect(keepRate).toBeCloseTo(1050, 9);
    expect(targetRate).toBeCloseTo(1050, 9);
  });

  test("above the capacity is short, and its lag is foreseen", () => {
    const seen = ahead(calm(), 800, 1000);
    expect(seen.short).toBe(true);
    // 1,000 wait, and 200 a second for 30 s.
    expect(seen.foreseenLagSeconds).toBeCloseTo(7000 / 800, 9);
    expect(seen.targetRate).toBeCloseTo(1050, 9);
  });

  test("whose lag will be above the allowed one is caught up with in 15 s", () => {
    const { targetRate, keepRate, foreseenLagSeconds } = ahead(calm(), 800, 2001);
    expect(foreseenLagSeconds).toBeGreaterThan(10);
    // With what arrives while the job is stopped.
    expect(targetRate).toBeCloseTo(1050 + (2001 + 6000 + 3000) / 15, 9);
    expect(keepRate).toBeCloseTo(1050, 9);
  });
});

describe("a backlog", () => {
  test.each([
    ["half the allowed lag, at full use", 1000, 5000, false],
    ["more than half of it, at full use", 1000, 5001, true],
    // 52 records a second are spare, for 30 s; 1000 is less than 95 % of 1053.
    ["any, while it is being worked off", 1053, 60_000, false],
    ["more than half of it, at 95 % use", 1052, 1560 + 5261, true],
  ])("%s", (_, capacity, backlog, short) => {
    expect(ahead(calm(), capacity, backlog).short).toBe(short);
  });
});

describe("the load now", () => {
  test("is the last minute's mean, whatever the last sample", () => {
    const { rate } = ahead([...calm(), 1600], 2000);
    expect(rate).toBeCloseTo(1050, 9);
  });

  test("is the last sample, where two in a row are above what is noise", () => {
    expect(ahead([...calm(), 1600, 1500], 2000).rate).toBe(1500);
    expect(ahead([...calm(), 1600, 1100], 2000).rate).toBeCloseTo(12_700 / 12, 9);
  });

  test("is the last sample, where a backlog of a fifth of the allowed lag says so, but never less than the mean", () => {
    expect(ahead([...calm(), 1600], 2000, 4000).rate).toBeCloseTo(1050, 9);
    expect(ahead([...calm(), 1600], 2000, 4001).rate).toBe(1600);
    expect(ahead([...calm(), 400], 2000, 4001).rate).toBeCloseTo(950, 9);
  });

  test("leaps with a sample more than a fifth above the one before", () => {
    expect(ahead([...calm(), 1200], 2000).leaping).toBe(false);
    expect(ahead([...calm(), 1201], 2000).leaping).toBe(true);
  });

  test("restless samples are noise for longer", () => {
    const restless = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 900 : 1100));
    const { rate } = ahead([...restless, 1250, 1250], 2000);
    expect(rate).toBeLessThan(1100);
    expect(ahead([...restless, 1600, 1600], 2000).rate).toBe(1600);
  });
});

test("a load that climbs is sized for where it will be, and shorter the steeper it climbs", () => {
  const climb = (step: number) => Array.from({ length: 60 }, (_, i) => 1000 + step * (i - 59));
  const targets = [0, 1, 2, 4].map((step) => ahead(climb(step), 1e6).targetRate);
  expect(targets).toEqual([...targets].sort((a, b) => a - b));
  // Of 4 each 5 s, at least the 20 s of the reaction and the half minute that the mean lags behind.
  expect(targets[3]).toBeGreaterThan((1000 - 4 * 5.5 + 0.8 * 50) * 1.05);
  expect(ahead(climb(4), 1000).short).toBe(true);
  expect(ahead(climb(0), 1000).short).toBe(false);
  const falling = ahead(climb(-4), 1e6);
  expect(falling.targetRate).toBeCloseTo((1000 + 4 * 5.5) * 1.05, 9);
});

test("unrest beyond 3 % is kept one and a half times", () => {
  const swings = Array.from({ length: 2000 }, (_, i) =>
    Math.floor(i / 24) % 2 === 0 ? 900 : 1100,
  );
  const { keepRate, unrest, rate } = ahead(swings, 2000);
  expect(unrest).toBeGreaterThan(0.05);
  expect(keepRate).toBeCloseTo(rate * (1.05 + 1.5 * (unrest - 0.03)), 9);
});

describe("a forecast", () => {
  test("above the capacity, with headroom, is prepared for", () => {
    const seen = ahead(calm(), 2000, 0, 2000);
    expect([seen.foreseen, seen.short]).toEqual([true, true]);
    expect(seen.targetRate).toBeCloseTo(2100, 9);
    expect(seen.keepRate).toBeCloseTo(2100, 9);
  });

  test("below the capacity keeps it", () => {
    const seen = ahead(calm(), 2100, 0, 2000);
    expect([seen.foreseen, seen.short]).toEqual([false, false]);
    expect(seen.keepRate).toBeCloseTo(2100, 9);
  });

  test("below the load changes nothing", () => {
    expect(ahead(calm(), 2000, 0, 500)).toMatchObject({ targetRate: 1050, keepRate: 1050 });
  });
});
