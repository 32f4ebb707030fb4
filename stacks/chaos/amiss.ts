import type { inspectCluster } from "../driver/tenant-probe";
import type { TenantView } from "../conductor/tenant-view";

/** What is seen of a tenant: by its conductor, and with one's own eyes. */
export interface Sight {
  /** As the conductor that leads has shown it lately; undefined where none has. */
  view: TenantView | undefined;
  /** Undefined where Flink does not answer. */
  cluster: Awaited<ReturnType<typeof inspectCluster>> | undefined;
  /** Age of the oldest record that is not put out yet; undefined where it was not looked at. */
  lagSeconds: number | undefined;
}

/** What was ordered. */
export interface Size {
  taskManagers: number;
  parallelism: number;
}

/** A stream that stands still is seen by its lag before the next look is believed. */
export const MOST_LAG_SECONDS = 5;

/**
 * What is not yet as it should be; undefined where all is: the conductor has nothing to do, the wanted TaskManagers are
 * registered, exactly one job lives, all of it runs at the wanted parallelism, and it keeps up.
 */
export function amiss(sight: Sight, ordered: Size): string | undefined {
  return amissInView(sight.view, ordered) ?? amissInCluster(sight, ordered);
}

function amissInView(view: TenantView | undefined, ordered: Size): string | undefined {
  const { taskManagers } = ordered;
  if (view === undefined) return "no conductor leads";
  if (view.problem !== null) return view.problem;
  if (view.doing !== "idle") return view.doing;
  if (view.wantedTaskManagers !== taskManagers) {
    return `the conductor wants ${view.wantedTaskManagers} TaskManagers, not ${taskManagers}`;
  }
  if (view.taskManagers !== taskManagers) {
    return `the conductor sees ${view.taskManagers} of ${taskManagers} TaskManagers`;
  }
  for (const { job, state, wantedParallelism, ...load } of view.jobs) {
    if (state !== "RUNNING") return `${job} is ${state}`;
    if (wantedParallelism !== ordered.parallelism) {
      return `the conductor wants ${job} at ${wantedParallelism}, not ${ordered.parallelism}`;
    }
    const { lagSeconds, allowedLagSeconds } = load;
    if (lagSeconds === null) return `how far ${job} lags is not known`;
    if (lagSeconds > allowedLagSeconds) return `${job} lags by ${lagSeconds.toFixed(1)} s`;
  }
  return undefined;
}

function amissInCluster({ cluster, lagSeconds }: Sight, { taskManagers, parallelism }: Size) {
  if (cluster === undefined) return "Flink does not answer";
  if (cluster.taskManagers !== taskManagers) {
    return `${cluster.taskManagers} of ${taskManagers} TaskManagers are registered`;
  }
  const [job, ...more] = cluster.liveJobs;
  if (job === undefined || more.length > 0) return `${cluster.liveJobs.length} jobs live`;
  if (!job.allRunning) return "not all of the job runs";
  if (job.parallelism !== parallelism) {
    return `the job runs at parallelism ${job.parallelism}, not ${parallelism}`;
  }
  if (lagSeconds !== undefined && lagSeconds > MOST_LAG_SECONDS) {
    return `the oldest record has waited for ${lagSeconds.toFixed(1)} s`;
  }
  return undefined;
}
