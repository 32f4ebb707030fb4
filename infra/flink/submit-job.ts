import { randomBytes } from "node:crypto";
import * as path from "node:path";
import { UserError } from "../errors";
import { isDeepStrictEqual } from "node:util";
import { slotsNeeded, type JobTarget } from "./job-target";
import type { Journal, RunningSpec, Submission } from "./journal";
import { FlinkRestError } from "./rest-client";
import { awaitRunning, markStopped, newest, save, type RestartRun } from "./restart-run";
import { awaitSlots } from "./slots";

/** Flink's refusal of an id that it has seen before, also of a job that ended so long ago that it lists it no more. */
const DUPLICATE = /already been submitted/;
/** Jobs of a lineage whose checkpoints are looked at when the newest snapshot is sought. */
const REMEMBERED_JOBS = 5;

export function specOf(target: JobTarget): RunningSpec {
  const { jarSha256, entryClass, args, parallelism } = target;
  return { jarSha256, entryClass, args, parallelism };
}

export function newLineage(): string {
  return randomBytes(4).toString("hex");
}

/** All that can fail before anything is stopped: TaskManagers registered, slots free, jar uploaded. Gives the jar's id. */
export async function preflight(run: RestartRun, ownJobId: string | undefined): Promise<string> {
  const [jarId] = await Promise.all([
    uploadJar(run),
    awaitSlots(run.client, run.host, {
      needed: slotsNeeded(run.target),
      taskManagers: run.target.taskManagers,
      ownJobId,
      patienceMs: run.limits.slotsMs,
    }),
  ]);
  return jarId;
}

/** Throws UserError where the new program's main() does; the old job is not touched. */
export async function checkProgram(run: RestartRun): Promise<void> {
  const { name, entryClass, parallelism } = run.target;
  const jarId = await uploadJar(run);
  try {
    const args = fillLineage(run.target, "check");
    await run.client.checkPlan(jarId, { entryClass, args, parallelism });
  } catch (error) {
    if (!(error instanceof FlinkRestError) || error.kind !== "rejected") throw error;
    throw new UserError(
      `The new program of job ${name} does not start: ${error.message}. The old job keeps running. ` +
        "Fix: mend the jar, its entryClass or its args.",
    );
  }
}

/**
 * Submits the job from where the lineage stopped, or afresh, and waits until all of it runs. The journal it gives
 * has another spec than the target's where an earlier run's request, under the same id, was the one that was taken.
 */
export async function submitJob(
  run: RestartRun,
  journal: Journal,
  jarId: string,
): Promise<Journal> {
  const earlier = journal.transition?.step === "submitting" ? journal.transition : undefined;
  const snapshot = await startingPoint(run, journal);
  // A fresh start must not meet the transactions of an earlier one under the same ids.
  const lineage = snapshot === undefined ? newLineage() : journal.lineage;
  await drain(run);
  const spec = specOf(run.target);
  const unsettled = earlier !== undefined && !isDeepStrictEqual(earlier.spec, spec);
  const transition: Submission = {
    step: "submitting",
    jobId: earlier?.jobId ?? randomBytes(16).toString("hex"),
    ...(unsettled ? {} : { spec }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
  const begun = await save(run, { ...journal, lineage, transition });
  await run.onStep("submit-journaled");
  const answer = await submit(run, jarId, begun, transition);
  if (answer === "spent") return submitJob(run, await markSpent(run, begun, transition), jarId);
  await run.onStep("submitted");
  if (answer === "exists" && unsettled) return save(run, adopt(begun, transition));
  await awaitRunning(run, transition.jobId);
  await run.onStep("running");
  return save(run, adopt(begun, { ...transition, spec }));
}

/** The journal once the job that was being submitted exists. */
export function adopt(journal: Journal, { jobId, spec, snapshot }: Submission): Journal {
  const earlier = snapshot === undefined ? [] : journal.jobIds;
  return {
    lineage: journal.lineage,
    jobIds: remember(earlier, jobId),
    ...(spec === undefined ? {} : { spec }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}

/** Writes down that the job that was being submitted has ended; what it checkpointed belongs to the lineage. */
export async function markSpent(
  run: RestartRun,
  journal: Journal,
  { jobId }: Submission,
): Promise<Journal> {
  const snapshot = await newest(run, journal);
  return markStopped(run, { ...journal, jobIds: remember(journal.jobIds, jobId) }, snapshot);
}

function remember(jobIds: readonly string[], jobId: string): string[] {
  return [...jobIds, jobId].slice(-REMEMBERED_JOBS);
}

async function startingPoint(run: RestartRun, journal: Journal): Promise<string | undefined> {
  const { transition, jobIds } = journal;
  if (transition?.step === "stopped") return transition.snapshot;
  return transition === undefined && jobIds.length === 0 ? undefined : newest(run, journal);
}

function uploadJar(run: RestartRun): Promise<string> {
  const { jar, jarSha256 } = run.target;
  return run.client.ensureJar(jar, `${jarSha256.slice(0, 16)}-${path.basename(jar)}`);
}

function fillLineage(target: JobTarget, lineage: string): string[] {
  return target.args.map((arg) => arg.replaceAll("{lineage}", lineage));
}

/** What is known of a job after its submission: this request was taken, it is there, its id can't be used again. */
type Answer = "taken" | "exists" | "spent";

async function submit(
  run: RestartRun,
  jarId: string,
  { lineage }: Journal,
  start: Submission,
): Promise<Answer> {
  const { entryClass, parallelism, name } = run.target;
  try {
    await run.client.run(jarId, {
      jobId: start.jobId,
      entryClass,
      args: fillLineage(run.target, lineage),
      parallelism,
      savepointPath: start.snapshot,
    });
    return "taken";
  } catch (error) {
    if (!(error instanceof FlinkRestError)) throw error;
    // A repeated request for a job that exists is refused, and a lost answer says nothing.
    if ((await run.client.job(start.jobId)) !== undefined) return "exists";
    if (error.kind === "rejected" && DUPLICATE.test(error.message)) return "spent";
    const state = start.snapshot === undefined ? "" : ` It goes on from ${start.snapshot}.`;
    throw new UserError(
      `Job ${name} could not be submitted: ${error.message}.${state} Fix: mend the jar or its args, then run again.`,
    );
  }
}

/**
 * The TaskManagers that leave sign off before the new job takes slots, so that it can't take theirs.
 * Waits for other jobs to get off them; where that takes too long, they stay and the caller finds the job on them.
 */
async function drain(run: RestartRun): Promise<void> {
  await run.host.dismiss(run.client, run.target.taskManagers, run.limits.drainMs);
  await run.onStep("drained");
}
