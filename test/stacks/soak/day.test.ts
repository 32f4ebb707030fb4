import { flinktidePolicy } from "../../../policies/scaling/policy";
import { plantFor } from "../../../policies/simulator/plant";
import { simulate } from "../../../policies/simulator/simulate";
import { tenantSchema } from "../../../policies/tenant";
import { PACED_MAX_PARALLELISM } from "../../../stacks/driver/paced-tenant";
import { tenantConfig } from "../../../stacks/driver/scratch-environment";
import {
  CEILING,
  compressed,
  DAYS,
  dayTrace,
  SLOT_RATE,
  SLOTS_PER_TASK_MANAGER,
  type TenantDay,
} from "../../../stacks/soak/day";
import { scheduleOf } from "../../../stacks/soak/schedule";
import { peakTaskManagers } from "../../../stacks/soak/static-peak";
import { ALLOWED_LAG_SECONDS, soakTenant, withWindows } from "../../../stacks/soak/tenant";
import { LATE_LIMIT, RESCALE_LIMIT } from "../../../stacks/soak/verdict";

const HOUR_MS = 3_600_000;
const START = Date.parse("2026-11-21T13:07:00Z");
const MINUTES = 30;
const SEEDS = [1, 2, 3, 4, 5];

/** Over hours the noise evens out. */
function meanRate(day: TenantDay, fromHour: number, toHour: number): number {
  const { rateAt } = dayTrace(day, 1);
  const count = 400;
  const rates = Array.from({ length: count }, (_, i) =>
    rateAt((fromHour + ((toHour - fromHour) * i) / count) * HOUR_MS),
  );
  return rates.reduce((a, b) => a + b, 0) / count;
}

const flat: TenantDay = {
  ...{ name: "flat", flink: "1.14", windows: [] },
  rhythm: [
    [0, 100],
    [23, 100],
  ],
  burst: { between: [12, 12], hours: 2, perSecond: 50 },
};

describe("a day's load", () => {
  it("should be its rhythm, and the burst on top of it for as long as it lasts", () => {
    const means = [meanRate(flat, 2, 10), meanRate(flat, 12.2, 13.8), meanRate(flat, 14.1, 23)];
    expect(means.map((mean) => Math.round(mean / 10) * 10)).toEqual([100, 150, 100]);
  });

  it("should be the same for the same seed, and another for another one", () => {
    const rates = (seed: number) =>
      [1, 9, 17].map((hour) => dayTrace(flat, seed).rateAt(hour * HOUR_MS));
    expect(rates(1)).toEqual(rates(1));
    expect(rates(1)).not.toEqual(rates(2));
  });

  it("should come with the same rates when it is played faster, and stand still before and after", () => {
    const trace = dayTrace(flat, 1);
    const fast = compressed(trace, START, MINUTES);
    expect(fast.endMs - fast.startMs).toBe(30 * 60_000);
    expect(fast.rateAt(START + 75_000 * 13)).toBe(trace.rateAt(13 * HOUR_MS));
    expect(fast.rateAt(START - 1)).toBe(trace.rateAt(0));
    expect(fast.rateAt(fast.endMs + 5_000)).toBe(trace.rateAt(24 * HOUR_MS - 1));
  });
});

/** The cluster as it was measured on two busy cores. */
function simulated(day: TenantDay, seed: number, ceiling = CEILING) {
  const trace = compressed(dayTrace(day, seed), START, MINUTES);
  const schedule = scheduleOf(day, START, MINUTES);
  const tenant = tenantSchema.parse(withWindows(tenantConfig(soakTenant(day), 8081), schedule));
  const plant = plantFor(trace, {
    ...{ slotRate: SLOT_RATE, slotsPerTaskManager: SLOTS_PER_TASK_MANAGER, contention: 0 },
    ...{ maxParallelism: PACED_MAX_PARALLELISM, floor: 1, ceiling },
    ...{ allowedLagSeconds: ALLOWED_LAG_SECONDS, checkpointSeconds: 1 },
    ...{ taskManagerStartSeconds: 18, rescaleGapSeconds: 3, nodeStartSeconds: 0 },
  });
  return simulate(flinktidePolicy(tenant), trace, plant, { timelinePoints: 100 });
}

describe.each(DAYS)("the day of $name", (day) => {
  it("should be one that the product's scaler can hold, by the simulator", () => {
    for (const seed of SEEDS) {
      const { violationMinutes, rescales } = simulated(day, seed);
      expect(violationMinutes / MINUTES).toBeLessThanOrEqual(LATE_LIMIT);
      expect(rescales).toBeLessThanOrEqual(RESCALE_LIMIT);
    }
  });

  it("should be too much for the cluster of its night", () => {
    for (const seed of SEEDS) {
      const { violationMinutes } = simulated(day, seed, 1);
      expect(violationMinutes / MINUTES).toBeGreaterThan(LATE_LIMIT);
    }
  });

  it("should have a burst that its window does not foresee", () => {
    for (const seed of SEEDS) {
      const { rescaleRecords } = simulated(day, seed);
      expect(rescaleRecords.some(({ why }) => why.includes("records/s arrive"))).toBe(true);
    }
  });
});

describe("the clusters that never change", () => {
  it("should have what the busiest minute needs", () => {
    const sizes = DAYS.map((day) => peakTaskManagers(day, { minutes: MINUTES, seed: 1 }));
    expect(sizes).toEqual([4, 3]);
    expect(peakTaskManagers(flat, { minutes: MINUTES, seed: 1 })).toBe(1);
  });
});
