import type { DemoReportInput } from "../../../stacks/report/model";

/** A small report; `change` replaces parts of it. */
export function reportWith(change: Partial<DemoReportInput> = {}): DemoReportInput {
  return {
    title: "demo",
    startedAt: "2026-11-23T08:00:00+08:00",
    machine: "2 processors",
    verdict: {
      exact: true,
      sentence: "Exact: 12,000 words in 1,000 lines.",
      words: 12_000,
      lost: 0,
      duplicated: 0,
      unexpected: 0,
    },
    checks: [{ name: "counts", ok: true, detail: "0 lost" }],
    transitions: [
      {
        at: "2026-11-23T00:01:30Z",
        tenant: "acme",
        label: "night → morning",
        taskManagers: { before: 1, after: 2 },
        parallelism: { before: 2, after: 4 },
        updateSeconds: 7.312,
        gapSeconds: 1.8,
        edgeToRunningSeconds: 12.34,
        lost: 0,
        duplicated: 0,
      },
      {
        at: Date.parse("2026-11-23T00:12:05Z"),
        tenant: "globex",
        label: "killed",
        taskManagers: { before: 3, after: 3 },
        parallelism: { before: 6, after: 6 },
        updateSeconds: null,
        gapSeconds: null,
        lost: 1200,
        duplicated: null,
      },
    ],
    series: [{ tenant: "acme", samples: [sampleAt(0, 10), sampleAt(60, null), sampleAt(120, 30)] }],
    urls: [
      { name: "Flink of acme", url: "http://127.0.0.1:8081/" },
      { name: "Kafka", url: "http://127.0.0.1:9000/" },
    ],
    ...change,
  };
}

function sampleAt(
  second: number,
  lagRecords: number | null,
): DemoReportInput["series"][number]["samples"][number] {
  return {
    t: Date.parse("2026-11-23T00:00:00Z") + second * 1000,
    inputRate: 200,
    outputRate: 2000.4,
    lagRecords,
    slotsTotal: 4,
    slotsUsed: 3,
    parallelism: 3,
    taskManagers: 2,
  };
}
