import fc from "fast-check";
import { NO_WINDOW } from "../../../policies/decision";
import { parseTenant } from "../../../policies/parse-tenant";
import { windowAt } from "../../../policies/window-at";
import { DAYS, type TenantDay } from "../../../stacks/soak/day";
import { RUN_MINUTES, scheduleOf } from "../../../stacks/soak/schedule";
import { soakTenant, withWindows } from "../../../stacks/soak/tenant";
import { tenantConfig } from "../../../stacks/driver/scratch-environment";

const MINUTE_MS = 60_000;
const START = Date.parse("2026-11-21T13:07:00Z");

const day: TenantDay = {
  name: "someone",
  flink: "1.14",
  windows: [
    { name: "rush", from: 6.4, to: 10.4, floor: 4 },
    { name: "midday", from: 10.4, to: 16, floor: 2 },
  ],
  rhythm: [[0, 1]],
  burst: { between: [1, 2], hours: 1, perSecond: 1 },
};

describe("a day's windows on the clock of a run", () => {
  it("should lie so many minutes after the start, in UTC", () => {
    const { windows, changes } = scheduleOf(day, START, 30);
    expect(windows).toEqual([
      {
        ...{ name: "rush", from: "13:15", to: "13:20", zone: "UTC" },
        ...{ floor: 4, ceiling: 4, parallelism: 8 },
      },
      {
        ...{ name: "midday", from: "13:20", to: "13:27", zone: "UTC" },
        ...{ floor: 2, ceiling: 4, parallelism: 4 },
      },
    ]);
    expect(changes).toEqual([]);
  });

  it("should go on past midnight", () => {
    const { windows } = scheduleOf(day, Date.parse("2026-11-21T23:50:00Z"), 30);
    expect(windows.map(({ from, to }) => [from, to])).toEqual([
      ["23:58", "00:03"],
      ["00:03", "00:10"],
    ]);
  });

  it("should have an edge wherever one follows another or the night, with what must run then", () => {
    const edge = (minute: number, window: string, taskManagers: number, raises: boolean) => ({
      ...{ atMs: START + minute * MINUTE_MS, window, raises },
      ...{ taskManagers, parallelism: taskManagers * 2 },
    });
    expect(scheduleOf(day, START, 30).edges).toEqual([
      edge(8, "rush", 4, true),
      edge(13, "midday", 2, false),
      edge(20, NO_WINDOW, 1, false),
    ]);
  });

  it("should say which edges a run of another length moves, and which windows it leaves out", () => {
    expect(scheduleOf(day, START, 6).changes).toEqual([
      "someone: rush opens at minute 2 instead of 1.6 and closes at minute 3 instead of 2.6",
      "someone: midday opens at minute 3 instead of 2.6",
    ]);
    const short = { ...day, windows: [{ name: "tea", from: 15.5, to: 16.5, floor: 2 }] };
    expect(scheduleOf(short, START, 6)).toEqual({
      ...{ windows: [], edges: [] },
      spans: [{ window: NO_WINDOW, from: 0, to: 6, floor: 1 }],
      changes: ["someone: tea is left out, it would last no minute"],
    });
  });

  it("should refuse a start between two minutes", () => {
    expect(() => scheduleOf(day, START + 1, 30)).toThrow("is not on a whole minute");
  });

  it("should fit the days as they are into half an hour", () => {
    expect(DAYS.flatMap((each) => scheduleOf(each, START, 30).changes)).toEqual([]);
  });

  it("should be what the product's own windows make of the tenant, in every minute of every run", () => {
    const minutes = fc.integer({ min: RUN_MINUTES.least, max: RUN_MINUTES.most });
    const starts = fc.integer({ min: 0, max: 3000 });
    const days = fc.constantFrom(...DAYS);
    fc.assert(
      fc.property(days, starts, minutes, (each, later, length) => {
        const startMs = START + later * MINUTE_MS;
        const schedule = scheduleOf(each, startMs, length);
        const block = withWindows(tenantConfig(soakTenant(each), 8081), schedule);
        const parsed = parseTenant(block);
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
        for (const { window, from, to, floor } of schedule.spans) {
          for (const minute of [from, to - 1]) {
            const found = windowAt(parsed.tenant, startMs + minute * MINUTE_MS);
            expect([found.name, found.bounds.floor]).toEqual([window, floor]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
