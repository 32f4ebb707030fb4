import { isDeepStrictEqual } from "node:util";
import { UserError } from "../errors";
import { stays } from "./cluster-host";
import { TERMINAL_STATES } from "./job-states";
import { slotsNeeded } from "./job-target";
import type { Journal, RunningSpec } from "./journal";
import { FlinkRestError } from "./rest-client";
import type { JobDetail } from "./rest-schema";
import { awaitRunning, newest, save, type RestartRun } from "./restart-run";
import { awaitSlots, slotsHeld } from "./slots";
import { stopJob } from "./stop-job";
import { adopt, checkProgram, markSpent, preflight, specOf, submitJob } from "./submit-job";
import { waitFor } from "./wait";

/**
 * One job's way from whatever is there to what should run. Both functions can be repeated after a crash at any
 * point: the journal says what has begun, the cluster what came of it.
 */

/**
 * Ends with exactly one job that runs the target's program at its parallelism and with the state of the one before.
 * Throws UserError when the old job is left running, or when none could be started.
 */
export async function converge(run: RestartRun, journal: Journal): Promise<Journal> {
  const current = await settle(run, journal);
  const live = await liveJob(run, current);
  if (live === undefined) return resubmit(run, current, undefined);
  if (!sameProgram(current.spec, specOf(run.target))) {
    await checkProgram(run);
  } else if (current.transition === undefined) {
    const kept = await keepRunning(run, current, live);
    if (kept !== undefined) return kept;
  }
  return resubmit(run, current, live.jid);
}

/** Stops the job with a savepoint, kept; gives its path. undefined where no job runs and nothing was ever saved. */
export async function retire(run: RestartRun, journal: Journal): Promise<string | undefined> {
  const current = await settle(run, journal);
  const live = await liveJob(run, current);
  if (live === undefined) return newest(run, current);
  const { transition } = await stopJob(run, current, live.jid);
  return transition?.step === "stopped" ? transition.snapshot : undefined;
}

/** The lineage's job where it lives; a job that ended, was stopped or is forgotten by the JobManager is none. */
export async function liveJob(run: RestartRun, journal: Journal): Promise<JobDetail | undefined> {
  const jobId = journal.jobIds.at(-1);
  const step = journal.transition?.step;
  if (jobId === undefined || step === "stopped" || step === "submitting") return undefined;
  const found = await waitFor(async () => {
    const job = await run.client.job(jobId);
    return job?.state === "FAILING" || job?.state === "CANCELLING" ? undefined : { job };
  }, run.limits.settleMs);
  if (found === undefined) {
    throw new UserError(
      `Job ${run.target.name} (${jobId}) is coming to its end, but does not reach it; no other is started beside it. ` +
        "Fix: look for tasks that don't react to their cancellation in the TaskManagers' logs, then run again.",
    );
  }
  const { job } = found;
  return job === undefined || TERMINAL_STATES.has(job.state) ? undefined : job;
}

async function resubmit(
  run: RestartRun,
  journal: Journal,
  liveJobId: string | undefined,
): Promise<Journal> {
  const jarId = await preflight(run, liveJobId);
  const stopped = liveJobId === undefined ? journal : await stopJob(run, journal, liveJobId);
  const submitted = await submitJob(run, stopped, jarId);
  // The request of an earlier run may have been the one that was taken.
  return isDeepStrictEqual(submitted.spec, specOf(run.target))
    ? settled(run, submitted)
    : converge(run, submitted);
}

/**
 * Finds out what came of a submission that an earlier run had begun: the job is there, or it has ended. One that
 * Flink does not know stays as it is: its request may still be on the way, so its id is used again.
 */
async function settle(run: RestartRun, journal: Journal): Promise<Journal> {
  const { transition } = journal;
  if (transition?.step !== "submitting") return journal;
  const job = await run.client.job(transition.jobId);
  if (job === undefined) return journal;
  if (TERMINAL_STATES.has(job.state)) return markSpent(run, journal, transition);
  return save(run, adopt(journal, transition));
}

/** undefined where the job must be restarted to be as asked. */
async function keepRunning(
  run: RestartRun,
  journal: Journal,
  live: JobDetail,
): Promise<Journal | undefined> {
  const { parallelism, rescale } = run.target;
  // Flink chooses where a job runs after a rescale in place: it might stay where it has to leave.
  if ((await leavingHeld(run, live.jid)).length > 0) return undefined;
  if (rescale === "in-place") await rescaleInPlace(run, live);
  else if (journal.spec?.parallelism !== parallelism) return undefined;
  await awaitRunning(run, live.jid);
  if ((await leavingHeld(run, live.jid)).length > 0) return undefined;
  return save(run, { ...journal, spec: specOf(run.target) });
}

/** Flink itself says what was asked of it last: an earlier run may have asked and died before it wrote that down. */
async function rescaleInPlace(run: RestartRun, live: JobDetail): Promise<void> {
  const { parallelism, sourceParallelism, taskManagers } = run.target;
  const asked = await run.client.requirements(live.jid);
  const wanted = { ...asked };
  for (const vertex of live.vertices) {
    const follows = vertex.name.startsWith("Source") ? sourceParallelism : parallelism;
    const upperBound = Math.min(follows, vertex.maxParallelism ?? follows);
    wanted[vertex.id] = { parallelism: { lowerBound: 1, upperBound } };
  }
  if (isDeepStrictEqual(asked, wanted)) return;
  await awaitSlots(run.client, run.host, {
    needed: slotsNeeded(run.target),
    taskManagers,
    ownJobId: live.jid,
    patienceMs: run.limits.slotsMs,
  });
  await checkpointNow(run, live.jid);
  await run.onStep("rescale-requested");
  await run.client.setRequirements(live.jid, wanted);
  await awaitRunning(run, live.jid);
  await run.onStep("rescaled");
}

/** A rescale in place replays what came after the newest checkpoint. Where none can be had soon, it replays more. */
async function checkpointNow(run: RestartRun, jobId: string): Promise<void> {
  try {
    const trigger = await run.client.triggerCheckpoint(jobId);
    const settled = async () => (await run.client.checkpointSettled(jobId, trigger)) || undefined;
    await waitFor(settled, run.limits.checkpointMs, 20);
  } catch (error) {
    if (!(error instanceof FlinkRestError)) throw error;
  }
}

/** The TaskManagers that should leave but on which the job holds slots. */
async function leavingHeld(run: RestartRun, jobId: string): Promise<string[]> {
  const held = await slotsHeld(run.client, jobId);
  return [...held.keys()].filter((id) => !stays(id, run.target.taskManagers));
}

/** A job that landed on a TaskManager that leaves is an error, so that the TaskManager is not removed under it. */
async function settled(run: RestartRun, journal: Journal): Promise<Journal> {
  const jobId = journal.jobIds.at(-1);
  const held = jobId === undefined ? [] : await leavingHeld(run, jobId);
  if (held.length === 0) return journal;
  throw new UserError(
    `Job ${run.target.name} runs, but holds slots on ${held.join(", ")}, which should leave and could not. ` +
      "Nothing was removed. Fix: run again once the other jobs are off it.",
  );
}

function sameProgram(a: RunningSpec | undefined, b: RunningSpec): boolean {
  return a !== undefined && isDeepStrictEqual({ ...a, parallelism: b.parallelism }, b);
}
