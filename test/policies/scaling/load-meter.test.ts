import * as fc from "fast-check";
import { LoadMeter } from "../../../policies/scaling/load-meter";

/** Fed every `everySeconds`. */
function fed(rates: readonly number[], everySeconds = 5): LoadMeter {
  const meter = new LoadMeter(everySeconds);
  for (const rate of rates) meter.push(rate);
  return meter;
}
const times = (count: number, rate: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => rate(i));
const constant = (count: number, rate = 100) => times(count, () => rate);

test("knows nothing at first", () => {
  const { mean, last, previous, slope, unrest, shortUnrest } = fed([]);
  expect([mean, last, previous, slope, unrest, shortUnrest]).toEqual([0, 0, 0, 0, 0, 0]);
});

test("the mean is that of the last minute", () => {
  expect(fed([10]).mean).toBe(10);
  expect(fed([10, 40]).mean).toBe(25);
  // Of 13 samples of 5 s the first is too old.
  expect(fed([1000, ...constant(11), 220]).mean).toBeCloseTo((11 * 100 + 220) / 12, 9);
  expect(fed([1000, 100, 200], 30).mean).toBe(150);
});

test("last and previous are the newest two", () => {
  const meter = fed([10, 40, 70]);
  expect([meter.last, meter.previous]).toEqual([70, 40]);
  expect(fed([10]).previous).toBe(10);
});

describe("the slope", () => {
  const ramp = (count: number) => times(count, (i) => 1000 + 10 * i);

  test("is that of the minute's means, over up to three minutes", () => {
    // 10 more every 5 s.
    expect(fed(ramp(100)).slope).toBeCloseTo(2, 9);
    // Then three minutes at 2,000: the mean of now less the one of 36 samples ago, which is full of the ramp.
    const flat = fed([...ramp(101), ...constant(36, 2000)]);
    expect(flat.slope).toBeCloseTo((2000 - (1000 + 10 * (100 - 5.5))) / 180, 9);
    expect(fed([...ramp(101), ...constant(48, 2000)]).slope).toBe(0);
  });

  test("is unknown in the first minute", () => {
    expect(fed(ramp(12)).slope).toBe(0);
    // The means of the 13th and of the first sample, 60 s apart.
    expect(fed(ramp(13)).slope).toBeCloseTo((1065 - 1000) / 60, 9);
  });

  test("is negative where the load falls", () => {
    expect(fed(times(100, (i) => 2000 - 10 * i)).slope).toBeCloseTo(-2, 9);
  });

  test("is taken anew after a jump", () => {
    const calm = constant(60);
    const jumped = [...calm, ...constant(12, 1000)];
    // The mean of the 5th sample was off by more than 30 %: (4 × 1000 + 8 × 100) / 12 = 400 against 100.
    expect(fed(jumped).slope).toBe(0);
    // The last jump is seen where the mean has left what was expected for the last time, and ends with its minute.
    expect(fed([...calm, ...constant(60, 1000)]).slope).toBe(0);
  });
});

describe("unrest", () => {
  test("a constant load and a straight ramp have none", () => {
    expect(fed(constant(500)).unrest).toBe(0);
    expect(fed(constant(500)).shortUnrest).toBe(0);
    // Only the beginning of the ramp was unforeseen: its share fades.
    const ramp = (count: number) => fed(times(count, (i) => 1000 + 10 * i)).unrest;
    expect(ramp(101) ** 2).toBeCloseTo(ramp(100) ** 2 * (359 / 360), 12);
  });

  test("of a minute is its error against the trend, of which 1/360 is taken with each sample", () => {
    // 36 means are a trend; the next sample of 220 makes the mean 110 where 100 was expected.
    const meter = fed([...constant(36), 220]);
    expect(meter.mean).toBe(110);
    expect(meter.unrest).toBeCloseTo(Math.sqrt((10 / 110) ** 2 / 360), 9);
    // One sample less, and there is no trend yet.
    expect(fed([...constant(35), 220]).unrest).toBe(0);
  });

  test("of a minute counts up to 15 %, and not at all beyond 30 %", () => {
    const after = (last: number) => fed([...constant(36), last]).unrest;
    const most = Math.sqrt(0.15 ** 2 / 360);
    // Means of 120, 142 and 144: off by 16.7 %, 29.6 % and 30.6 % of themselves.
    expect(after(340)).toBeCloseTo(most, 9);
    expect(after(604)).toBeCloseTo(most, 9);
    expect(after(628)).toBe(0);
  });

  test("of samples is their error against their minute", () => {
    // 220 against a mean of 110 is off by 100 %, which counts as 15 %.
    expect(fed([...constant(11), 220]).shortUnrest).toBeCloseTo(Math.sqrt(0.15 ** 2 / 360), 9);
    // 112 against a mean of 101.
    expect(fed([...constant(11), 112]).shortUnrest).toBeCloseTo(
      Math.sqrt((11 / 101) ** 2 / 360),
      9,
    );
  });

  test("comes near the standard deviation of a load that swings, in half an hour", () => {
    const swinging = times(2000, (i) => (Math.floor(i / 12) % 2 === 0 ? 1100 : 900));
    const { shortUnrest } = fed(times(2000, (i) => (i % 2 === 0 ? 1050 : 950)));
    expect(shortUnrest).toBeGreaterThan(0.049);
    expect(shortUnrest).toBeLessThan(0.051);
    expect(fed(swinging).unrest).toBeGreaterThan(0.08);
    expect(fed(swinging).unrest).toBeLessThan(0.15);
  });
});

test("figures stay finite and within the samples, whatever comes", () => {
  const rates = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true })), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 120 }), (samples, everySeconds) => {
      const meter = fed(samples, everySeconds);
      const { mean, slope, unrest, shortUnrest } = meter;
      const most = Math.max(0, ...samples);
      const steepest = most / Math.max(everySeconds, 30);
      return (
        mean >= 0 &&
        mean <= most * (1 + 1e-9) &&
        Math.abs(slope) <= steepest * (1 + 1e-9) &&
        unrest >= 0 &&
        unrest <= 0.15 &&
        shortUnrest >= 0 &&
        shortUnrest <= 0.15
      );
    }),
    { numRuns: 10_000 },
  );
});
