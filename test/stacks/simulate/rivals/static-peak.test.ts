import { plantFor } from "../../../../policies/simulator/plant";
import { simulate } from "../../../../policies/simulator/simulate";
import { staticPeak } from "../../../../stacks/simulate/rivals/static-peak";
import { traceFromSamples } from "../../../../stacks/simulate/traces/samples";

const HOUR = 3_600_000;
const label = { name: "hill", description: "from 1,000 to 9,900 records/s and back" };
const hill = traceFromSamples(label, {
  timesMs: Float64Array.of(0, HOUR, 2 * HOUR, 3 * HOUR),
  rates: Float64Array.of(1_000, 9_900, 9_900, 1_000),
});

test("it has the TaskManagers of the peak from the first record to the last, and no more", () => {
  const plant = { ...plantFor(hill), slotsPerTaskManager: 2, contention: 0, maxParallelism: 2_000 };
  // 9,900 / 500 = 19.8 slots, 2,000 / 20 key groups a slot.
  const { first, scaler } = staticPeak.on(plant).start({} as never, hill);
  expect(first).toEqual({ taskManagers: 10, parallelism: 20 });
  expect(scaler.decide({} as never)).toBeUndefined();

  const outcome = simulate(staticPeak.on(plant), hill, plant);
  expect(outcome).toMatchObject({ slotHours: 60, rescales: 0, violationMinutes: 0 });

  const smaller = simulate(staticPeak.on({ ...plant, ceiling: 9 }), hill, plant);
  expect(smaller.slotHours).toBe(54);
  expect(smaller.violationMinutes).toBeGreaterThan(30);
});
