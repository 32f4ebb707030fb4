import * as fc from "fast-check";
import { plantFor, PLANT_DEFAULTS } from "../../../../policies/simulator/plant";
import { simulate } from "../../../../policies/simulator/simulate";
import { alibaba, averageDay, entryAt, planOf } from "../../../../stacks/simulate/rivals/alibaba";
import { DAY_MS, HOUR_MS, hourOf } from "../../../../stacks/simulate/traces/day";

const byHour = (size: (hour: number) => number) => Array.from({ length: 24 }, (_, h) => size(h));
const at = (hour: number) => 5 * DAY_MS + hour * HOUR_MS;

/** The documentation's example: 30 compute units from 09:00 to 19:00, and 10 otherwise. */
const EXAMPLE = byHour((hour) => (hour >= 9 && hour < 19 ? 30 : 10));

describe("a plan", () => {
  it("is the documentation's example", () => {
    const plan = planOf(EXAMPLE);
    expect(plan).toEqual([
      { hour: 9, taskManagers: 30 },
      { hour: 19, taskManagers: 10 },
    ]);
    const sizes = [0, 8.99, 9, 18.99, 19, 23.99].map((h) => entryAt(plan, at(h)).taskManagers);
    expect(sizes).toEqual([10, 10, 30, 30, 10, 10]);
  });

  it("is one entry for a load without rhythm", () => {
    expect(planOf(byHour(() => 7))).toEqual([{ hour: 0, taskManagers: 7 }]);
  });

  it("has 20 entries at most: the cheapest neighbours share the larger size", () => {
    // Up by 10 an hour, but by 1 at 3:00, 5:00, 7:00 and 9:00: those four join the hour before.
    const small = [3, 5, 7, 9];
    let size = 0;
    const sizes = byHour((hour) => (size += small.includes(hour) ? 1 : 10));
    const plan = planOf(sizes);
    expect(plan).toHaveLength(20);
    expect(plan.map(({ hour }) => hour)).toEqual(
      byHour((hour) => hour).filter((hour) => !small.includes(hour)),
    );
    expect(entryAt(plan, at(2)).taskManagers).toBe(sizes[3]);
  });

  it("never gives an hour less than it needs, and never has more than 20 entries", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 24, maxLength: 24 }), (sizes) => {
        const plan = planOf(sizes);
        expect(plan.length).toBeLessThanOrEqual(20);
        sizes.forEach((size, hour) => {
          expect(entryAt(plan, at(hour)).taskManagers).toBeGreaterThanOrEqual(size);
        });
        const distinct = sizes.filter((size, hour) => size !== sizes[(hour + 23) % 24]).length;
        if (distinct > 1 && distinct <= 20) {
          const planned = sizes.map((_, hour) => entryAt(plan, at(hour)).taskManagers);
          expect(planned).toEqual(sizes);
        }
      }),
    );
  });
});

describe("the average day", () => {
  it("is the mean of each hour over the days", () => {
    const rateAt = (ms: number) => (ms < DAY_MS ? 100 : 300) + Math.floor(hourOf(ms));
    const trace = { name: "t", description: "", startMs: 0, endMs: 2 * DAY_MS, rateAt };
    expect(averageDay(trace)).toEqual(byHour((hour) => 200 + hour));
  });

  it("is 0 where the trace has no such hour", () => {
    const span = { startMs: at(3), endMs: at(5), rateAt: () => 60 };
    const day = averageDay({ name: "t", description: "", ...span });
    expect(day).toEqual(byHour((hour) => (hour === 3 || hour === 4 ? 60 : 0)));
  });
});

test("the plan is followed at the hour", () => {
  const rateAt = (ms: number) => ((EXAMPLE[Math.floor(hourOf(ms))] ?? 0) / 10) * 1_600;
  const trace = { name: "office", description: "", startMs: 0, endMs: 2 * DAY_MS, rateAt };
  const overrides = { ...PLANT_DEFAULTS, contention: 0, maxParallelism: 720, ceiling: 5 };
  const plant = plantFor(trace, overrides);
  // 1,600 / 0.8 / 500 = 4 slots, and three times as many by day.
  const outcome = simulate(alibaba.on(plant), trace, plant, { timelinePoints: 10 });
  expect(outcome.rescaleRecords.map(({ atMs, to, why }) => [atMs / HOUR_MS, to, why])).toEqual([
    [9, { taskManagers: 3, parallelism: 12 }, "By plan from 09:00 UTC on: 1 -> 3 TaskManagers."],
    [19, { taskManagers: 1, parallelism: 4 }, "By plan from 19:00 UTC on: 3 -> 1 TaskManagers."],
    [33, { taskManagers: 3, parallelism: 12 }, "By plan from 09:00 UTC on: 1 -> 3 TaskManagers."],
    [43, { taskManagers: 1, parallelism: 4 }, "By plan from 19:00 UTC on: 3 -> 1 TaskManagers."],
  ]);
});
