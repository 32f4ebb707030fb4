import type { VertexObservation } from "../../../policies/scaling/observation";
import { SlotRate } from "../../../policies/scaling/slot-rate";
import { observationWith } from "../../support/observation";

const LONG_AGO = 1e6;
const vertex = (name: string, busyRatio: number, other: Partial<VertexObservation> = {}) => ({
  ...{ name, busyRatio, source: false, parallelism: 8 },
  ...other,
});

test("nothing is known of a job that was never measured", () => {
  const rate = new SlotRate(256);
  expect(rate.value).toBeUndefined();
  expect(rate.vertex).toBe("");
});

test("the first measurement is taken as it is: processed / busy / slots", () => {
  const rate = new SlotRate(256);
  rate.learn(observationWith(), LONG_AGO, 5);
  // 2,000 records a second at half use of 8 slots.
  expect(rate.value).toBe(500);
});

test("slots count by their work: 256 key groups on 100 slots are 85.3", () => {
  const rate = new SlotRate(256);
  rate.learn(
    observationWith({ parallelism: 100, consumedPerSecond: 25_600, busyRatio: 0.6 }),
    LONG_AGO,
    5,
  );
  expect(rate.value).toBeCloseTo(500, 9);
});

test("what was known before counts as much as a minute's measurements", () => {
  const rate = new SlotRate(256, 620);
  rate.learn(observationWith(), LONG_AGO, 5);
  expect(rate.value).toBeCloseTo(500 + (120 * 60) / 65, 9);
  rate.learn(observationWith(), LONG_AGO, 55);
  expect(rate.value).toBeCloseTo(500 + (120 * 60) / 120, 9);
});

test("what was measured counts for ten minutes", () => {
  const rate = new SlotRate(256);
  for (let i = 0; i < 120; i++) rate.learn(observationWith(), LONG_AGO, 5);
  const slower = observationWith({ busyRatio: 0.625 });
  rate.learn(slower, LONG_AGO, 5);
  expect(rate.value).toBeCloseTo(500 - 100 / 120, 9);
  rate.learn(slower, LONG_AGO, 5);
  expect(rate.value).toBeCloseTo(400 + 100 * (119 / 120) ** 2, 9);
  rate.learn(slower, LONG_AGO, 6000);
  expect(rate.value).toBe(400);
});

describe("a job that has become slower", () => {
  /** 400 records a second and slot, where 450 is nine tenths of what was. */
  const full = { busyRatio: 1, consumedPerSecond: 3200 };
  const after = (changes: object) => {
    const rate = new SlotRate(256);
    for (let i = 0; i < 120; i++) rate.learn(observationWith(), LONG_AGO, 5);
    rate.learn(observationWith({ ...full, ...changes }), LONG_AGO, 5);
    return rate.value;
  };

  test("and is fully busy is believed within a minute", () => {
    expect(after({})).toBeCloseTo(500 - 100 / 12, 9);
    expect(after({ busyRatio: 0.95, consumedPerSecond: 3040 })).toBeCloseTo(500 - 100 / 12, 9);
  });

  test.each([
    ["is not fully busy", { busyRatio: 0.94, consumedPerSecond: 3008 }, -100],
    ["does nine tenths", { consumedPerSecond: 3600 }, -50],
    ["does more", { consumedPerSecond: 4800 }, 100],
  ])("or so it seems, but %s, is believed slowly", (_, changes, off) => {
    expect(after(changes)).toBeCloseTo(500 + off / 120, 9);
  });
});

test.each([
  ["has restarted less than 30 s before", {}, 29.9],
  ["is being restarted", { running: false }, LONG_AGO],
  ["is less than a tenth busy", { busyRatio: 0.0999 }, LONG_AGO],
  ["was not measured", { busyRatio: undefined }, LONG_AGO],
  ["can't be measured", { busyRatio: NaN }, LONG_AGO],
  ["is busy and processes nothing", { consumedPerSecond: 0, busyRatio: 1 }, LONG_AGO],
])("nothing is learnt from a job that %s", (_, changes, sinceRestart) => {
  const rate = new SlotRate(256, 620);
  rate.learn(observationWith(changes), sinceRestart, 5);
  expect(rate.value).toBe(620);
  const fresh = new SlotRate(256);
  fresh.learn(observationWith(changes), sinceRestart, 5);
  expect(fresh.value).toBeUndefined();
});

test.each([
  [{}, 30],
  [{ busyRatio: 0.1, consumedPerSecond: 400 }, LONG_AGO],
])("but from 30 s after a restart, and from a tenth busy", (changes, sinceRestart) => {
  const rate = new SlotRate(256);
  rate.learn(observationWith(changes), sinceRestart, 5);
  expect(rate.value).toBe(500);
});

describe("with vertices", () => {
  const vertices = [
    vertex("read", 0.9, { source: true, parallelism: 1 }),
    vertex("split", 0.25),
    vertex("count", 0.625),
  ];

  test("the one that is full first decides, in records of the source; sources don't", () => {
    const rate = new SlotRate(256);
    rate.learn(observationWith({ vertices, busyRatio: undefined }), LONG_AGO, 5);
    // count: 2,000 / 0.625 / 8.
    expect(rate.value).toBe(400);
    expect(rate.vertex).toBe("count");
  });

  test("what was known of the whole job counts until the first vertex was measured", () => {
    const rate = new SlotRate(256, 620);
    for (const unmeasured of [[], vertices.slice(0, 1), [vertex("count", 0.05)]]) {
      rate.learn(observationWith({ vertices: unmeasured }), LONG_AGO, 5);
      expect(rate.value).toBe(620);
    }
    rate.learn(observationWith({ vertices: vertices.slice(0, 2) }), LONG_AGO, 5);
    expect(rate.value).toBe(1000);
    expect(rate.vertex).toBe("split");
  });

  test("each is remembered by itself", () => {
    const rate = new SlotRate(256);
    rate.learn(observationWith({ vertices }), LONG_AGO, 5);
    rate.learn(observationWith({ vertices: [vertex("count", 0.5)] }), LONG_AGO, 5);
    expect(rate.value).toBeCloseTo(450, 9);
    expect(rate.vertex).toBe("count");
  });
});
