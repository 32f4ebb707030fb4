import { UserError } from "../errors";
import { allRunning } from "./job-states";
import type { Journal } from "./journal";
import { FlinkRestError } from "./rest-client";
import {
  hasEnded,
  markStopped,
  newest,
  save,
  savepointFolder,
  type RestartRun,
} from "./restart-run";
import { waitFor } from "./wait";

/**
 * Stops the job with a savepoint; one that has long been unable to run is cancelled and goes on from its newest
 * checkpoint. Throws UserError and leaves the job running when the savepoint fails.
 */
export async function stopJob(run: RestartRun, journal: Journal, jobId: string): Promise<Journal> {
  const settled = await waitFor(async () => {
    const job = await run.client.job(jobId);
    if (await hasEnded(run, jobId)) return "ended" as const;
    return job !== undefined && allRunning(job) ? ("running" as const) : undefined;
  }, run.limits.settleMs);
  if (settled === "ended") return markStopped(run, journal, await newest(run, journal));
  if (settled === undefined) return cancel(run, journal, jobId);

  const begun = await save(run, { ...journal, transition: { step: "stopping" } });
  await run.onStep("stop-journaled");
  const folder = `file://${savepointFolder(run, journal.lineage)}`;
  const outcome = await requestStop(run, jobId, folder);
  // The request of an earlier run may still be under way, and makes a second one fail.
  const asked = outcome.location !== undefined || journal.transition?.step === "stopping";
  if (!(await hasEndedWithin(run, jobId, asked ? run.limits.settleMs : 0))) {
    const { transition: _, ...unchanged } = begun;
    await save(run, unchanged);
    throw new UserError(
      `The savepoint of job ${run.target.name} failed: ${outcome.fault ?? "the job did not end after it"}. ` +
        "The old job keeps running at its old parallelism. Fix: look at the JobManager's log, then run again.",
    );
  }
  const snapshot = outcome.location ?? (await newest(run, begun));
  await run.onStep("savepoint-completed");
  return markStopped(run, begun, snapshot);
}

/** What became of a stop request: where the savepoint is, or why there is none. */
type StopOutcome =
  { location: string; fault?: undefined } | { location?: undefined; fault: string };

async function requestStop(run: RestartRun, jobId: string, folder: string): Promise<StopOutcome> {
  let trigger: string;
  try {
    trigger = await run.client.stop(jobId, folder);
  } catch (error) {
    if (isRefusal(error)) return { fault: error.message };
    throw error;
  }
  await run.onStep("stop-requested");
  const status = await waitFor(async () => {
    const answer = await run.client.savepointStatus(jobId, trigger);
    return answer?.status.id === "IN_PROGRESS" ? undefined : { answer };
  }, run.limits.savepointMs);
  if (status === undefined) return { fault: "it took too long" };
  if (status.answer === undefined) return { fault: "the JobManager has forgotten the request" };
  // COMPLETED alone is no success: only a location is.
  const location = status.answer.operation?.location;
  if (location != null) return { location };
  const trace = status.answer.operation?.["failure-cause"]?.["stack-trace"];
  return { fault: innermostCause(trace) ?? "Flink gives no reason" };
}

/** Flink's answer to a request that it did not follow; anything else leaves open what became of it. */
function isRefusal(error: unknown): error is FlinkRestError {
  return (
    error instanceof FlinkRestError && (error.kind === "rejected" || error.kind === "not-found")
  );
}

async function hasEndedWithin(run: RestartRun, jobId: string, limitMs: number): Promise<boolean> {
  const ended = await waitFor(async () => (await hasEnded(run, jobId)) || undefined, limitMs);
  return ended === true;
}

function innermostCause(trace: string | null | undefined): string | undefined {
  const causes = [...(trace ?? "").matchAll(/Caused by: (.+)/g)].map((m) => m[1]);
  return causes.at(-1) ?? trace?.split("\n")[0];
}

async function cancel(run: RestartRun, journal: Journal, jobId: string): Promise<Journal> {
  const begun = await save(run, { ...journal, transition: { step: "stopping" } });
  // A job that can't be cancelled has ended by itself, or the wait below finds that it has not.
  await run.client.cancel(jobId).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
  });
  if (await hasEndedWithin(run, jobId, run.limits.settleMs)) {
    return markStopped(run, begun, await newest(run, begun));
  }
  throw new UserError(
    `Job ${run.target.name} (${jobId}) can neither run nor be cancelled. ` +
      "Fix: restart its JobManager, then run again.",
  );
}
