import { z } from "zod";
import { FlinkRestClient } from "../../infra/flink/rest-client";
import { allRunning, parallelismOf, TERMINAL_STATES } from "../../infra/flink/job-states";
import { waitFor } from "../../infra/flink/wait";

/** What a tenant's stack puts out, as far as the driver reads it. */
export const tenantOutputsSchema = z.object({
  environment: z.string(),
  tenant: z.string(),
  flinkUrl: z.string(),
  kafkaOnHost: z.string(),
  window: z.string(),
  floor: z.int(),
  ceiling: z.int(),
  taskManagers: z.int(),
  explanation: z.string(),
  jobs: z.record(z.string(), z.object({ jobId: z.string(), parallelism: z.int() })),
});
export type TenantOutputs = z.output<typeof tenantOutputsSchema>;

/** What runs on a cluster: registered TaskManagers, and the jobs that live. */
export async function inspectCluster(flinkUrl: string) {
  const client = new FlinkRestClient(flinkUrl);
  const [overview, jobs] = [await client.overview(), await client.jobs()];
  const live = jobs.filter((job) => !TERMINAL_STATES.has(job.state));
  const details = await Promise.all(live.map((job) => client.job(job.jid)));
  const running = details.filter((job) => job !== undefined);
  return {
    taskManagers: overview.taskmanagers,
    liveJobs: running.map((job) => ({
      jobId: job.jid,
      parallelism: parallelismOf(job),
      allRunning: allRunning(job),
    })),
  };
}

/**
 * Waits until exactly one job lives on the cluster and all of it runs; gives the time that took, in ms.
 * undefined when `limitMs` is over.
 */
export async function awaitOneRunningJob(
  flinkUrl: string,
  limitMs: number,
): Promise<number | undefined> {
  const started = Date.now();
  return waitFor(async () => {
    const cluster = await inspectCluster(flinkUrl).catch(() => undefined);
    const [job, ...more] = cluster?.liveJobs ?? [];
    return job?.allRunning && more.length === 0 ? Date.now() - started : undefined;
  }, limitMs);
}

/** How often the live jobs of a cluster began again from a snapshot, all together. */
export async function restoredTimes(flinkUrl: string): Promise<number> {
  const client = new FlinkRestClient(flinkUrl);
  const { liveJobs } = await inspectCluster(flinkUrl);
  const counts = await Promise.all(liveJobs.map(({ jobId }) => client.checkpoints(jobId)));
  return counts.reduce((sum, each) => sum + (each?.counts.restored ?? 0), 0);
}
