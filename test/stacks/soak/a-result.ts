import type { Result, TenantResult } from "../../../stacks/soak/result";

export const SECONDS = 6 * 60;

const constant = (value: number) => new Array<number>(SECONDS).fill(value);
const exact = {
  ...{ exact: true, words: 1000, lost: 0, duplicated: 0 },
  sentence: "Exact: each counted once.",
};

const update: TenantResult["updates"][number] = {
  ...{ decidedAt: 105, runningAt: 112.5, cause: "decision", ok: true, rescale: true },
  ...{ updateSeconds: 8, stoppedSeconds: 2.5 },
  from: { taskManagers: 1, parallelism: 2 },
  to: { taskManagers: 2, parallelism: 4 },
  why: "TaskManagers 1 -> 2, wordcount parallelism 2 -> 4 (window lunch, 2 to 4 TaskManagers): window lunch opened.",
};

const edge: TenantResult["edges"][number] = {
  ...{ at: 120, window: "lunch", taskManagers: 2, parallelism: 4, raises: true },
  ...{ met: true, earlySeconds: 7.5, lateSeconds: null },
};

export const goodTenant: TenantResult = {
  ...{ name: "acme", flink: "1.14" },
  spans: [
    { window: "otherwise", from: 0, to: 2, floor: 1 },
    { window: "lunch", from: 2, to: 4, floor: 2 },
    { window: "otherwise", from: 4, to: 6, floor: 1 },
  ],
  edges: [
    edge,
    { ...edge, at: 240, window: "otherwise", taskManagers: 1, parallelism: 2, raises: false },
  ],
  updates: [update, { ...update, decidedAt: 240, runningAt: 244, stoppedSeconds: 1 }],
  series: {
    arrived: constant(100),
    lagSeconds: constant(1),
    taskManagers: constant(1).map((one, second) => (second >= 110 && second < 250 ? 2 : one)),
    parallelism: constant(2),
  },
  count: exact,
  staticPeak: {
    taskManagers: 2,
    series: {
      arrived: constant(100),
      lagSeconds: constant(0.5),
      taskManagers: constant(2),
      parallelism: constant(4),
    },
    count: exact,
  },
};

export function resultOf(...tenants: TenantResult[]): Result {
  return {
    ...{ kind: "flinktide-soak", startMs: Date.parse("2026-11-21T13:00:00Z"), minutes: 6 },
    ...{ machine: "2 cores, 24 GiB", loadAverage: { start: 0.5, end: 1 }, seed: 1 },
    ...{ slotRate: 100, slotsPerTaskManager: 2, allowedLagSeconds: 10, changes: [], tenants },
  };
}
