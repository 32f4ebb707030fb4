import {
  checksOf,
  derived,
  figuresOf,
  savingOf,
  updateFigures,
} from "../../../stacks/soak/verdict";
import type { TenantResult } from "../../../stacks/soak/result";
import { goodTenant, resultOf, SECONDS } from "./a-result";

const units = { allowedLagSeconds: 10, slotsPerTaskManager: 2 };
const verdict = (change: Partial<TenantResult>) =>
  checksOf(resultOf({ ...goodTenant, ...change })).map(({ ok }) => ok);

describe("the figures of a day", () => {
  it("should be the share of seconds above the limit, and the slots that were registered over time", () => {
    const series = {
      ...{ arrived: [1, 1, 1, 1], parallelism: [2, 2, 2, 2] },
      ...{ lagSeconds: [0, 10, 10.01, 12], taskManagers: [1, 2, 2, 4] },
    };
    expect(figuresOf(series, units)).toEqual({
      ...{ lateShare: 0.5, worstLagSeconds: 12, meanLagSeconds: 8.0025, slotHours: 18 / 3600 },
    });
  });

  it("should be what the rescales did to the stream", () => {
    expect(updateFigures(goodTenant)).toEqual({
      ...{ rescales: 2, failed: 0, heals: 0, neverRunning: 0 },
      ...{ longestUntilRunning: 7.5, stoppedSeconds: 3.5 },
    });
  });

  it("should be the share of the static clusters' slot-hours that was not held", () => {
    // 360 s of one TaskManager and 140 s of a second one, of 720 s.
    expect(savingOf(resultOf(goodTenant))).toBeCloseTo(1 - 500 / 720, 12);
    expect(savingOf(resultOf(goodTenant, { ...goodTenant, staticPeak: null }))).toBeNull();
  });
});

describe("the verdict on a day", () => {
  it("should be good where all is kept, with the figures that show it", () => {
    expect(checksOf(resultOf(goodTenant))).toEqual([
      {
        name: "acme: every window finds its floor and parallelism running",
        ok: true,
        detail: "2 of 2; the tightest rise ran 7.50 s before",
      },
      {
        name: "acme: lag above 10 s for at most 2 %",
        ok: true,
        detail: "0 % of the time; mean 1.00 s, worst 1.00 s",
      },
      {
        name: "acme: at most 12 rescales",
        ok: true,
        detail: "2, at most 7.50 s from decision to running, stream stopped for 3.50 s in all",
      },
      { name: "acme: 0 lost, 0 duplicated", ok: true, detail: "Exact: each counted once." },
    ]);
    expect(derived(resultOf(goodTenant)).held).toBe(true);
  });

  it("should be bad where a window was met too late", () => {
    const [first, ...others] = goodTenant.edges;
    const late = { ...first!, met: false, earlySeconds: null, lateSeconds: 2.25 };
    expect(verdict({ edges: [late, ...others] })).toEqual([false, true, true, true]);
    const result = resultOf({ ...goodTenant, edges: [late, ...others] });
    expect(checksOf(result)[0]?.detail).toBe("1 of 2: lunch 2.25 s late");
    expect(derived(result).held).toBe(false);
  });

  it("should allow a lag above the limit for 2 % of the time, and not a second more", () => {
    const lateFor = (seconds: number) => ({
      series: {
        ...goodTenant.series,
        lagSeconds: goodTenant.series.lagSeconds.map((lag, i) => (i < seconds ? 10.5 : lag)),
      },
    });
    expect(verdict(lateFor(Math.floor(0.02 * SECONDS)))).toEqual([true, true, true, true]);
    expect(verdict(lateFor(Math.floor(0.02 * SECONDS) + 1))).toEqual([true, false, true, true]);
  });

  it("should allow 12 rescales, and count no update that changed nothing", () => {
    const [update] = goodTenant.updates;
    const updates = (count: number) => new Array(count).fill(update!) as typeof goodTenant.updates;
    const idle = { ...update!, rescale: false };
    expect(verdict({ updates: [...updates(12), idle] })).toEqual([true, true, true, true]);
    expect(verdict({ updates: updates(13) })).toEqual([true, true, false, true]);
  });

  it("should be bad where a count is not exact", () => {
    const count = { ...goodTenant.count, exact: false, lost: 1, sentence: "1 record lost." };
    expect(verdict({ count })).toEqual([true, true, true, false]);
  });
});
