import { contestant } from "../../../stacks/simulate/contestant";
import { resultOf } from "../../../stacks/simulate/json";
import { runTrace } from "../../../stacks/simulate/runs";
import { renderTables } from "../../../stacks/simulate/table";
import { plan, tinyTrace } from "./tiny";

const SETTINGS = { days: null, seed: 1, price: 0.05, plant: {} };
const POLICIES = [
  contestant(plan("flat", { 0: 2 })),
  contestant(plan("stepped", { 0: 1, 55: 2 }, "more is coming")),
];

const FLAT = {
  slotHours: 16,
  violationMinutes: 0,
  worstLagSeconds: 0,
  meanLagSeconds: 0,
  rescales: 0,
  rescalesPerDay: 0,
  stoppedSeconds: 0,
  cost: 0.8,
  records: { arrived: 14_400_000, processed: 14_400_000, waiting: 0 },
};

test("the file, key by key", async () => {
  const run = await runTrace(tinyTrace(), POLICIES);
  const result = resultOf([run], POLICIES, SETTINGS);
  const stepped = result.policies?.["stepped"];
  // One TaskManager of 4 slots for 55 minutes, then two.
  expect(stepped).toMatchObject({ slotHours: 12.3333, rescales: 1, rescalesPerDay: 12 });
  expect(stepped).toMatchObject({ stoppedSeconds: 3, cost: 0.6167, violationMinutes: 0 });
  expect(result).toEqual({
    version: 1,
    settings: SETTINGS,
    policies: { flat: FLAT, stepped },
    traces: [
      {
        name: "tiny",
        description: "Two hours, the second one three times the first",
        hours: 2,
        plant: run.plant,
        policies: { flat: FLAT, stepped },
      },
    ],
    summary: {
      policies: {
        flat: { slotHoursOfOracle: null, slots: 8, violationMinutes: 0, rescalesPerDay: 0 },
        stepped: {
          slotHoursOfOracle: null,
          slots: 6.1666,
          violationMinutes: 0,
          rescalesPerDay: 12,
        },
      },
      lines: [],
    },
  });
  expect(Object.keys(stepped ?? {})).toEqual(Object.keys(FLAT));
});

test("several traces: figures only under each trace", async () => {
  const runs = [await runTrace(tinyTrace("a"), POLICIES), await runTrace(tinyTrace("b"), POLICIES)];
  const result = resultOf(runs, POLICIES, SETTINGS);
  expect(result).not.toHaveProperty("policies");
  expect(result.traces.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("the same input gives the same text", async () => {
  const text = async () =>
    JSON.stringify(resultOf([await runTrace(tinyTrace(), POLICIES)], POLICIES, SETTINGS));
  expect(await text()).toBe(await text());
});

test("settings of the cluster hold; a floor above the trace's own ceiling lifts it", async () => {
  const { plant } = await runTrace(tinyTrace(), [], { plant: { floor: 50, slotRate: 100 } });
  expect(plant).toMatchObject({ floor: 50, ceiling: 50, slotRate: 100 });
});

test("the terminal's table, character by character", async () => {
  const result = resultOf([await runTrace(tinyTrace(), POLICIES)], POLICIES, SETTINGS);
  const lines = [
    { name: "first", ok: true, detail: "well." },
    { name: "second", ok: false, detail: "not well." },
    { name: "third", ok: null, detail: "not judged: x." },
  ];
  const judged = { ...result, summary: { ...result.summary, lines } };
  expect(renderTables(judged, false)).toBe(
    `
tiny Two hours, the second one three times the first (2 h)
┌─────────┬────────────┬───────────────────────┬───────────┬────────────────┬───────────┬──────┐
│ policy  │ slot-hours │ min above allowed lag │ worst lag │ rescales a day │ stopped s │ cost │
├─────────┼────────────┼───────────────────────┼───────────┼────────────────┼───────────┼──────┤
│ flat    │         16 │                     0 │       0 s │              0 │         0 │  0.8 │
│ stepped │      12.33 │                     0 │       3 s │             12 │         3 │ 0.62 │
└─────────┴────────────┴───────────────────────┴───────────┴────────────────┴───────────┴──────┘

ok first: well.
!! second: not well.
-- third: not judged: x.`.trimStart(),
  );
  expect(renderTables(judged, true)).toContain("\u001b[31m!!\u001b[39m second");
  expect(renderTables(result, false)).not.toContain("\u001b");
});
