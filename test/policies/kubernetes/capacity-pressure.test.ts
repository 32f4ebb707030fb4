import * as fc from "fast-check";
import {
  capacityPressure,
  PRESSURE_BEHAVIOR,
  type JobPressure,
  type PressureInputs,
} from "../../../policies/kubernetes/capacity-pressure";
import { taskManagersBySlots } from "../../../policies/scaling/required";
import { pressureInputs as inputs } from "../../support/pressure-inputs";

/** Holds 4 slots and is 5 s late, of 10 that are allowed. */
const job: JobPressure = {
  parallelism: 4,
  backlogRecords: 500,
  ratePerSecond: 100,
  allowedLagSeconds: 10,
};
const late = { ...job, backlogRecords: 1001 };

describe("the pressure is", () => {
  it.each<[string, number | undefined, PressureInputs]>([
    ["1 where a fifth is free", 1, { slots: { total: 10, available: 2 }, jobs: [job] }],
    ["2 where others leave less", 2, { slots: { total: 11, available: 2 }, jobs: [job] }],
    ["1 where the plan's own jobs do", 1, { slots: { total: 4, available: 0 }, jobs: [job] }],
    ["2 where one slot more is held", 2, { slots: { total: 5, available: 0 }, jobs: [job] }],
    ["2 without any job of the plan", 2, { slots: { total: 1, available: 0 }, jobs: [] }],
    ["2 where a job is late on full slots", 2, { slots: { total: 4, available: 0 }, jobs: [late] }],
    ["1 at exactly what is allowed", 1, withJob({ backlogRecords: 1000 })],
    ["1 where it is late, but slots are free", 1, freeSlots({ backlogRecords: 1001 })],
    ["1 where nothing waits and nothing runs", 1, withJob({ backlogRecords: 0, ratePerSecond: 0 })],
    ["1 without a TaskManager", 1, { slots: { total: 0, available: 0 }, jobs: [job] }],
    ["unknown without slots", undefined, { jobs: [late] }],
    ["unknown without a backlog", undefined, withJob({ backlogRecords: undefined })],
    ["unknown without a rate", undefined, withJob({ ratePerSecond: undefined })],
    ["unknown of a job that stands still", undefined, withJob({ ratePerSecond: 0 })],
    ["unknown without what it holds", undefined, withJob({ parallelism: undefined })],
    ["1 where what is missing is of no account", 1, freeSlots({ ratePerSecond: undefined })],
    [
      "2 where one job is late, whatever of another is unknown",
      2,
      { slots: { total: 8, available: 0 }, jobs: [late, { ...job, ratePerSecond: undefined }] },
    ],
  ])("%s", (_, pressure, inputs) => {
    expect(capacityPressure(inputs)).toBe(pressure);
  });
});

test("what becomes known of a job never turns one answer into the other", () => {
  fc.assert(
    fc.property(inputs, ({ slots, jobs }) => {
      const known = jobs.map((each) => ({
        ...each,
        parallelism: each.parallelism ?? 0,
        backlogRecords: each.backlogRecords ?? 0,
        ratePerSecond: each.ratePerSecond ?? 1,
      }));
      const partly = capacityPressure({ slots, jobs });
      const fully = capacityPressure({ slots, jobs: known });
      return partly === undefined || partly === fully;
    }),
  );
});

test("more backlog never lowers it", () => {
  fc.assert(
    fc.property(inputs, ({ slots, jobs }) => {
      const more = jobs.map((each) => ({
        ...each,
        backlogRecords: each.backlogRecords === undefined ? undefined : each.backlogRecords + 7,
      }));
      const [before, after] = [
        { slots, jobs },
        { slots, jobs: more },
      ].map(capacityPressure);
      return before !== 2 || after === 2 || standsStill(more);
    }),
  );
});

test("the autoscaler's step is the source documents' 20 %, rounded up", () => {
  const [{ value: percent } = { value: NaN }] = PRESSURE_BEHAVIOR.scaleUp.policies;
  const sizes = Array.from({ length: 1000 }, (_, i) => i + 1);
  const steps = sizes.map((size) => Math.ceil((size * (100 + percent)) / 100));
  const full = { total: 1, available: 0 };
  expect(steps).toEqual(sizes.map((size) => taskManagersBySlots(size, full)));
});

function withJob(change: Partial<JobPressure>): PressureInputs {
  return { slots: { total: 4, available: 0 }, jobs: [{ ...job, ...change }] };
}

function freeSlots(change: Partial<JobPressure>): PressureInputs {
  return { slots: { total: 5, available: 1 }, jobs: [{ ...job, ...change }] };
}

function standsStill(jobs: readonly JobPressure[]): boolean {
  return jobs.some(({ ratePerSecond }) => ratePerSecond === 0);
}
