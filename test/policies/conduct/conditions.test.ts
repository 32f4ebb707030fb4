import { conditionsOf, type Facts } from "../../../policies/conduct/conditions";
import type { Reason } from "../../../policies/decision";

const JOB = { name: "wordcount", state: "RUNNING", measured: true };
const FINE: Facts = { reachable: true, jobs: [JOB], cuts: [], failedUpdates: 0, givenUp: [] };
const cut = (wanted: number, given: number): Reason => ({
  ...{ kind: "clamped", what: "TaskManagers", limit: "the window's bounds" },
  ...{ wanted, given },
});

test.each<[string, Partial<Facts>, ReturnType<typeof conditionsOf>]>([
  ["nothing is wrong", {}, { conditions: [], unknown: [] }],
  ["one failed update may be chance", { failedUpdates: 1 }, { conditions: [], unknown: [] }],
  [
    "two in a row are not",
    { failedUpdates: 2, updateError: "no slots" },
    { conditions: [{ alert: "update-failed", failures: 2, error: "no slots" }], unknown: [] },
  ],
  [
    "of a JobManager that does not answer, no job is known to be down",
    { reachable: false, jobs: [{ ...JOB, state: "FAILED", measured: false }] },
    {
      conditions: [{ alert: "cluster-unreachable" }],
      unknown: ["job-not-running", "metrics-missing", "capped"],
    },
  ],
  [
    "a job whose state is not known",
    { jobs: [{ ...JOB, state: null }] },
    { conditions: [], unknown: ["job-not-running", "metrics-missing", "capped"] },
  ],
  [
    "a job that does not run has no load to measure",
    { jobs: [{ ...JOB, state: "FAILED", exception: "disk full", measured: false }] },
    {
      conditions: [
        { alert: "job-not-running", job: "wordcount", state: "FAILED", exception: "disk full" },
      ],
      unknown: ["metrics-missing", "capped"],
    },
  ],
  [
    "one that runs has",
    {
      jobs: [
        { ...JOB, measured: false },
        { ...JOB, name: "other" },
      ],
    },
    { conditions: [{ alert: "metrics-missing", job: "wordcount" }], unknown: ["capped"] },
  ],
  [
    "what is raised is not cut",
    { cuts: [cut(1, 2), cut(6, 4), { kind: "first-plan" }] },
    { conditions: [{ alert: "capped", cuts: [cut(6, 4)] }], unknown: [] },
  ],
  [
    "what was given up",
    { givenUp: [{ subject: "tm-2", why: "beyond help" }] },
    {
      conditions: [{ alert: "healing-gave-up", subject: "tm-2", why: "beyond help" }],
      unknown: [],
    },
  ],
])("%s", (_, changes, expected) => {
  expect(conditionsOf({ ...FINE, ...changes })).toEqual(expected);
});
