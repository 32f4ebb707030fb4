import fc from "fast-check";
import { lagPerSecond, perSecond } from "../../../stacks/workload/lag";

const START = 1_000_000;
const batch = (second: number, count: number) => ({ atMs: START + second * 1000, count });

describe("records per second", () => {
  it("should count from the start to the end of each second, and nothing outside", () => {
    const batches = [batch(-0.5, 9), batch(0, 1), batch(0.999, 2), batch(2, 4), batch(3, 8)];
    expect(perSecond(batches, { startMs: START, seconds: 3 })).toEqual([3, 0, 4]);
  });
});

describe("the age of the oldest record that waits", () => {
  const span = { startMs: START, seconds: 4 };

  it("should be 0 where nothing waits", () => {
    expect(lagPerSecond([], [], span)).toEqual([0, 0, 0, 0]);
    expect(lagPerSecond([batch(0.2, 5)], [batch(0.3, 5)], span)).toEqual([0, 0, 0, 0]);
  });

  it("should grow by a second each second while nothing is done", () => {
    expect(lagPerSecond([batch(0.25, 5)], [], span)).toEqual([0.75, 1.75, 2.75, 3.75]);
  });

  it("should be that of the first record that is not done, first in, first out", () => {
    const arrived = [batch(0, 10), batch(1, 10), batch(2, 10)];
    const done = [batch(1.5, 9), batch(2.5, 1), batch(3.5, 15)];
    expect(lagPerSecond(arrived, done, span)).toEqual([1, 2, 2, 2]);
  });

  it("should not count what comes in later as waiting", () => {
    expect(lagPerSecond([batch(2.5, 1)], [], span)).toEqual([0, 0, 0.5, 1.5]);
  });

  it("should be the same as by looking at each record by itself", () => {
    const times = fc.array(fc.integer({ min: -3000, max: 4000 }), { maxLength: 30 });
    fc.assert(
      fc.property(times, times, (first, second) => {
        const arrived = [...first].sort((a, b) => a - b);
        const done = second.slice(0, arrived.length).sort((a, b) => a - b);
        const naive = [1, 2, 3, 4].map((end) => {
          const finished = done.filter((at) => at <= end * 1000).length;
          const oldest = arrived[finished];
          return oldest === undefined ? 0 : Math.max(0, end * 1000 - oldest) / 1000;
        });
        const single = (at: number) => ({ atMs: START + at, count: 1 });
        expect(lagPerSecond(arrived.map(single), done.map(single), span)).toEqual(naive);
      }),
    );
  });
});
