import { tenantSchema, type Tenant } from "../../../../policies/tenant";
import { fitted, plantOf } from "../../../../stacks/simulate/tenant-plant";
import { runBoth, whatIfOf, type WhatIfInput } from "../../../../stacks/simulate/what-if/compare";
import { renderWhatIf } from "../../../../stacks/simulate/what-if/print";
import { plan, tinyTrace } from "../tiny";

function version(label: string, floor: number, ceiling: number) {
  const raw = {
    name: "acme",
    taskManager: { slots: 2 },
    jobs: [
      { name: "j", jar: "j.jar", entryClass: "a.B", parallelism: { max: 8 }, allowedLag: "30s" },
    ],
    windows: [{ name: "day", from: "08:00", to: "12:00", floor: 2, ceiling }],
    otherwise: { floor, ceiling: 3 },
  };
  return { label, raw, tenant: tenantSchema.parse(raw) };
}

/** Runs as many TaskManagers as `otherwise.floor`; each has two slots of 500 records/s here. */
const policyFor = (tenant: Tenant) => {
  const base = plan("flinktide", {});
  const taskManagers = tenant.otherwise.floor;
  return {
    ...base,
    start: (...args: Parameters<typeof base.start>) => ({
      ...base.start(...args),
      first: { taskManagers, parallelism: 2 * taskManagers },
    }),
  };
};

const INPUT: WhatIfInput = {
  before: version("old.yaml", 2, 5),
  after: version("new.yaml", 4, 5),
  policyFor,
  price: 0.1,
};

test("a tenant's cluster: slots, outermost bounds, allowed lag", () => {
  expect(plantOf(INPUT.before.tenant)).toEqual({
    slotsPerTaskManager: 2,
    floor: 2,
    ceiling: 5,
    allowedLagSeconds: 30,
  });
});

test("a built-in trace is made as large as four fifths of what the ceiling can process", () => {
  const trace = fitted(tinyTrace(), INPUT.before.tenant, { slotRate: 100 });
  // 5 TaskManagers of 2 slots of 100 records/s: 1,000; the peak of 3,000 becomes 800.
  expect(trace.rateAt(trace.endMs - 1)).toBeCloseTo(800, 9);
  expect(trace.rateAt(trace.startMs)).toBeCloseTo(800 / 3, 9);
  expect(trace.description).toMatch(/, scaled to a peak of 800 records\/s$/);
});

test("the difference, setting by setting and trace by trace", async () => {
  const run = await runBoth(tinyTrace(), INPUT, {});
  expect(run.outcomes.map(({ policy }) => policy)).toEqual(["before", "after"]);
  const found = whatIfOf([run], INPUT, {});
  expect(found).toMatchObject({
    version: 1,
    tenant: "acme",
    before: { label: "old.yaml", plant: { floor: 2 } },
    after: { label: "new.yaml", plant: { floor: 2, ceiling: 5 } },
    changes: [{ path: "otherwise.floor", before: "2", after: "4" }],
  });
  const [trace] = found.traces;
  // 2 TaskManagers of 2 slots over 2 hours, then 4 of them.
  expect(trace?.policies.before).toMatchObject({ slotHours: 8, cost: 0.8, rescales: 0 });
  expect(trace?.policies.after).toMatchObject({ slotHours: 16, violationMinutes: 0 });
  // Less than 2,000 of 3,000 records/s are processed: 30 s of lag are reached within two minutes.
  expect(trace?.policies.before.violationMinutes).toBeGreaterThan(58);
  expect(trace?.difference.slotHours).toBe(8);
  expect(trace?.difference.violationMinutes).toBe(-(trace?.policies.before.violationMinutes ?? 0));
});

test("said in a table and a sentence; without a difference, that is said", async () => {
  const run = await runBoth(tinyTrace(), INPUT, {});
  const text = renderWhatIf(whatIfOf([run], INPUT, {}), false);
  expect(text).toContain("acme: before old.yaml; after new.yaml\n");
  expect(text).toContain("│ otherwise.floor │      2 │     4 │");
  expect(text).toMatch(/│ tiny +│ +8 → 16 │/);
  expect(text).toMatch(
    /\nOver 1 trace: \+8 slot-hours \(\+100 %\), -5\d\.?\d? minutes above the allowed lag \(-100 %\), ±0 rescales\.$/,
  );
  const same = { ...INPUT, after: INPUT.before };
  const none = renderWhatIf(whatIfOf([await runBoth(tinyTrace(), same, {})], same, {}), false);
  expect(none).toMatch(/\nThe two files do not differ\.$/);
});

test("each side runs on the cluster of its own file, and the command line wins over both", async () => {
  const slower = { ...INPUT.after, tenant: { ...INPUT.after.tenant, jobs: [] } };
  const run = await runBoth(tinyTrace(), { ...INPUT, after: slower }, { plant: { floor: 1 } });
  expect(run.plant).toMatchObject({ allowedLagSeconds: 30, floor: 1 });
  expect(run.plants?.["after"]).toMatchObject({ allowedLagSeconds: 10, floor: 1 });
});
