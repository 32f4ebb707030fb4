import { createMetrics } from "../../../../stacks/conductor/web/metrics";
import type { ConductorView } from "../../../../stacks/conductor/tenant-view";
import { AT, job, tenant, view } from "./fixtures/views";

let now: ConductorView | undefined;
let metrics: ReturnType<typeof createMetrics>;
beforeEach(() => {
  metrics = createMetrics({ environment: "dev", view: () => now });
});

/** The samples of our own metrics, without what tells whose they are. */
async function samples(): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split("\n").filter((line) => line.startsWith("flinktide_"));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      const name = line
        .slice(0, at)
        .replace('environment="dev"', "")
        .replace(',tenant="acme"', "")
        .replace("{}", "")
        .replace("{,", "{");
      return [name, Number(line.slice(at + 1))];
    }),
  );
}

it("are every figure of the view", async () => {
  const counts = {
    cycles: 100,
    decisions: 7,
    updates: 6,
    failedUpdates: 2,
    rescales: 5,
    heals: 3,
    skipped: 4,
  };
  const hold = { taskManagers: 3, until: "2026-11-23T12:00:00Z" };
  const change = { hold, paused: true, alerts: ["a", "b"], counts, wantedTaskManagers: 3 };
  now = view([tenant("acme", { ...change, jobs: [job({ wantedParallelism: 3 })] })]);
  expect(await samples()).toEqual({
    flinktide_conductor_leading: 1,
    flinktide_conductor_cycle_seconds: 0.25,
    flinktide_conductor_tenants: 1,
    flinktide_floor_taskmanagers: 1,
    flinktide_ceiling_taskmanagers: 4,
    flinktide_wanted_taskmanagers: 3,
    flinktide_taskmanagers: 2,
    flinktide_slots_total: 4,
    flinktide_slots_available: 1,
    flinktide_paused: 1,
    flinktide_held: 1,
    flinktide_next_edge_timestamp_seconds: AT / 1000 + 3600,
    flinktide_alerts_firing: 2,
    'flinktide_job_wanted_parallelism{job="wordcount"}': 3,
    'flinktide_job_parallelism{job="wordcount"}': 2,
    'flinktide_job_running{job="wordcount"}': 1,
    'flinktide_job_produced_records_per_second{job="wordcount"}': 1200,
    'flinktide_job_consumed_records_per_second{job="wordcount"}': 1100,
    'flinktide_job_backlog_records{job="wordcount"}': 400,
    'flinktide_job_lag_seconds{job="wordcount"}': 4,
    'flinktide_job_allowed_lag_seconds{job="wordcount"}': 10,
    flinktide_cycles_total: 100,
    flinktide_decisions_total: 7,
    'flinktide_updates_total{result="ok"}': 4,
    'flinktide_updates_total{result="failed"}': 2,
    flinktide_rescales_total: 5,
    flinktide_heals_total: 3,
    flinktide_skipped_total: 4,
  });
});

it("are absent where nothing is known, not 0", async () => {
  const dark = job({
    state: null,
    parallelism: null,
    producedPerSecond: null,
    consumedPerSecond: null,
    backlogRecords: null,
    lagSeconds: null,
    wantedParallelism: null,
  });
  now = view([
    tenant("acme", {
      nextEdgeMs: null,
      wantedTaskManagers: null,
      taskManagers: null,
      slotsTotal: null,
      slotsAvailable: null,
      jobs: [dark],
    }),
  ]);
  const names = Object.keys(await samples()).filter((name) => !name.includes("_total"));
  expect(names).toEqual([
    "flinktide_conductor_leading",
    "flinktide_conductor_cycle_seconds",
    "flinktide_conductor_tenants",
    "flinktide_floor_taskmanagers",
    "flinktide_ceiling_taskmanagers",
    "flinktide_paused",
    "flinktide_held",
    "flinktide_alerts_firing",
    'flinktide_job_allowed_lag_seconds{job="wordcount"}',
  ]);
});

it("tell a job that does not run from one of which Flink says nothing", async () => {
  const jobs = [job({ job: "a", state: "FAILED" }), job({ job: "b", state: "GONE" })];
  now = view([tenant("acme", { jobs })]);
  expect(await samples()).toMatchObject({
    'flinktide_job_running{job="a"}': 0,
    'flinktide_job_running{job="b"}': 0,
  });
});

it("before the first view are those of the process alone", async () => {
  now = undefined;
  expect(await samples()).toEqual({});
  expect(await metrics.text()).toMatch(/^process_resident_memory_bytes \d+$/m);
});

it("of a tenant or a job that is gone disappear, with its updates", async () => {
  now = view([tenant("acme"), tenant("globex", { jobs: [job(), job({ job: "b" })] })]);
  metrics.recordUpdate("acme", 7);
  metrics.recordUpdate("globex", 12);
  expect(await metrics.text()).toContain('job="b"');
  now = view([tenant("globex")]);
  const text = await metrics.text();
  expect(text).not.toContain("acme");
  expect(text).not.toContain('job="b"');
  expect(text).toContain(
    'flinktide_update_duration_seconds_sum{environment="dev",tenant="globex"} 12',
  );
});

it("count updates by their duration", async () => {
  now = view([tenant("acme")]);
  for (const seconds of [1.5, 7, 700]) metrics.recordUpdate("acme", seconds);
  expect(await samples()).toMatchObject({
    'flinktide_update_duration_seconds_bucket{le="2",}': 1,
    'flinktide_update_duration_seconds_bucket{le="10",}': 2,
    flinktide_update_duration_seconds_count: 3,
    flinktide_update_duration_seconds_sum: 708.5,
  });
});

it("are the same however often they are asked for, also at once", async () => {
  now = view([tenant("acme", { counts: { ...tenant("acme").counts, cycles: 9 } })]);
  const [first, ...others] = await Promise.all([samples(), samples(), samples()]);
  expect(first).toMatchObject({ flinktide_cycles_total: 9 });
  others.forEach((other) => expect(other).toEqual(first));
});

it("escape what tenants are called", async () => {
  now = view([tenant('a"\\\nb', { jobs: [] })]);
  expect(await metrics.text()).toContain('tenant="a\\"\\\\\\nb"');
});
