import {
  figuresTable,
  isTooMuch,
  memoryFigures,
  roundFigures,
} from "../../../stacks/bench/conductor-figures";
import type { MeasuredRound } from "../../../stacks/bench/conductor-process";

const round = (wallMs: number, updates: number): MeasuredRound => ({
  ...{ wallMs, cpuMs: wallMs / 2, settledMs: wallMs + 500, settledCpuMs: wallMs, waitMs: 0 },
  updates: Array.from({ length: updates }, () => ({
    tenant: "a",
    taskManagers: 1,
    parallelism: 1,
  })),
});

describe("roundFigures", () => {
  it("should tell rounds without a change from those with an edge, in seconds", () => {
    const rounds = [round(400, 0), round(600, 0), round(900, 5), round(5_000, 1)];
    const figures = roundFigures(10, rounds, 1);
    expect(figures.map(({ title, values }) => [title, values.count, values.max])).toEqual([
      ["10 tenants, round without a change", 2, 0.6],
      ["10 tenants, round without a change, CPU", 2, 0.3],
      ["10 tenants, round with an edge of half of them", 1, 0.9],
      ["10 tenants, round with an edge of half of them, CPU", 1, 0.45],
      ["10 tenants, the same until all updates are journaled", 1, 1.4],
    ]);
    expect(figures.some(isTooMuch)).toBe(false);
  });

  it("should tell what the last round held", () => {
    const memory = { rss: 180, peakRss: 190, heapUsed: 30, arrayBuffers: 5 };
    const rounds = [round(400, 0), round(900, 5), { ...round(400, 0), memory }];
    const held = roundFigures(10, rounds, 1).filter(({ unit }) => unit === "MiB");
    expect(held.map(({ title, values: { max } }) => [title, max])).toEqual([
      ["10 tenants, resident at the end", 180],
      ["10 tenants, heap and buffers at the end", 35],
    ]);
  });

  it("should find a round that takes too long (control)", () => {
    const figures = roundFigures(10, [round(400, 0), round(1_100, 5)], 1);
    expect(figures.filter(isTooMuch).map(({ title }) => title)).toEqual([
      "10 tenants, round with an edge of half of them",
    ]);
    expect(figuresTable(figures)).toContain("TOO MUCH");
  });
});

describe("memoryFigures", () => {
  const memory = (rss: number, heapUsed: number) => ({
    ...{ rss, peakRss: rss + 1, heapUsed, arrayBuffers: 5 },
  });

  it("should compare what is held after the last rounds with that before", () => {
    const held = new Map([
      [1_000, memory(200, 30)],
      [5_000, memory(210, 31)],
      [10_000, memory(205, 31.5)],
    ]);
    const figures = memoryFigures(10, held);
    const values = Object.fromEntries(figures.map(({ title, values: { max } }) => [title, max]));
    expect(values).toMatchObject({
      "10 tenants, resident after 1000 rounds": 200,
      "10 tenants, heap and buffers after 10000 rounds": 36.5,
      "10 tenants, most that was ever resident": 206,
      "10 tenants, grown from round 5000 to 10000": 0.5,
    });
    expect(figures.some(isTooMuch)).toBe(false);
  });

  it("should find growth and too much memory (control)", () => {
    const held = new Map([
      [5_000, memory(200, 30)],
      [10_000, memory(301, 33)],
    ]);
    expect(
      memoryFigures(10, held)
        .filter(isTooMuch)
        .map(({ title }) => title),
    ).toEqual([
      "10 tenants, resident after 10000 rounds",
      "10 tenants, most that was ever resident",
      "10 tenants, grown from round 5000 to 10000",
    ]);
  });
});
