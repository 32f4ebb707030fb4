import {
  isComplete,
  jobObservationSchema,
  missingFigures,
  type JobObservation,
} from "../../../policies/scaling/observation";
import { observationWith } from "../../support/observation";

test.each<[string, Partial<JobObservation>, string[]]>([
  ["nothing", {}, []],
  ["a busy time that is not known", { busyRatio: undefined }, []],
  ["what is left out", { backlogRecords: undefined }, ["backlogRecords"]],
  ["what is no number", { consumedPerSecond: NaN }, ["consumedPerSecond"]],
  [
    "all of it",
    { producedPerSecond: undefined, consumedPerSecond: Infinity, backlogRecords: NaN },
    ["producedPerSecond", "consumedPerSecond", "backlogRecords"],
  ],
])("missing: %s", (_, changes, missing) => {
  const observation: JobObservation = { ...observationWith(), ...changes };
  expect(missingFigures(observation)).toEqual(missing);
  expect(isComplete(observation)).toBe(missing.length === 0);
});

test.each([
  [{}, true],
  [{ backlogRecords: -1 }, false],
  [{ busyRatio: 1.01 }, false],
  [{ producedPerSecond: NaN }, false],
  [{ producedPerSecond: undefined }, true],
  [{ parallelism: 0 }, false],
  [{ partitions: 0 }, false],
  [{ vertices: [{ name: "a", source: false, parallelism: 2, busyRatio: 1 }] }, true],
  [{ vertices: [{ name: "a", source: false, parallelism: 2, busyRatio: 2 }] }, false],
  [{ more: 1 }, false],
])("an observation with %j can be one: %s", (changes, passes) => {
  expect(jobObservationSchema.safeParse({ ...observationWith(), ...changes }).success).toBe(passes);
});
