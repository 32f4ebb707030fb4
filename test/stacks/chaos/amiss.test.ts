import { amiss, MOST_LAG_SECONDS, type Sight } from "../../../stacks/chaos/amiss";
import { jobOf, viewOf } from "../conductor/narrated";

const ORDERED = { taskManagers: 2, parallelism: 4 };
const job = { jobId: "a", parallelism: 4, allRunning: true };
const WELL: Sight = {
  view: viewOf(),
  cluster: { taskManagers: 2, liveJobs: [job] },
  lagSeconds: MOST_LAG_SECONDS,
};
const seen = (change: Partial<Sight>) => amiss({ ...WELL, ...change }, ORDERED);
const shown = (...change: Parameters<typeof viewOf>) => seen({ view: viewOf(...change) });
const ofJob = (...change: Parameters<typeof jobOf>) => shown({ jobs: [jobOf(...change)] });
const live = (...liveJobs: (typeof job)[]) => seen({ cluster: { taskManagers: 2, liveJobs } });

it("should be nothing where conductor, cluster and stream are as ordered", () => {
  expect(amiss(WELL, ORDERED)).toBeUndefined();
});

it.each([
  [seen({ view: undefined }), "no conductor leads"],
  [shown({ problem: "the stack is locked" }), "the stack is locked"],
  [shown({ doing: "updating for 3 s" }), "updating for 3 s"],
  [shown({ wantedTaskManagers: 1 }), "the conductor wants 1 TaskManagers, not 2"],
  [shown({ taskManagers: null }), "the conductor sees null of 2 TaskManagers"],
  [ofJob({ state: "RESTARTING" }), "wordcount is RESTARTING"],
  [ofJob({ wantedParallelism: 2 }), "the conductor wants wordcount at 2, not 4"],
  [ofJob({ lagSeconds: null }), "how far wordcount lags is not known"],
  [ofJob({ lagSeconds: 10.01 }), "wordcount lags by 10.0 s"],
  [seen({ cluster: undefined }), "Flink does not answer"],
  [seen({ cluster: { taskManagers: 3, liveJobs: [job] } }), "3 of 2 TaskManagers are registered"],
  [live(), "0 jobs live"],
  [live(job, { ...job, jobId: "b" }), "2 jobs live"],
  [live({ ...job, allRunning: false }), "not all of the job runs"],
  [live({ ...job, parallelism: 2 }), "the job runs at parallelism 2, not 4"],
  [seen({ lagSeconds: MOST_LAG_SECONDS + 0.1 }), "the oldest record has waited for 5.1 s"],
])("should be said: %#", (said, expected) => {
  expect(said).toBe(expected);
});
