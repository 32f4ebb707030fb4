import { UserError } from "../errors";
import type { ClusterHost } from "./cluster-host";
import { allRunning, parallelismOf, TERMINAL_STATES } from "./job-states";
import { slotsNeeded, type JobTarget } from "./job-target";
import type { Journal, JournalStore } from "./journal";
import type { FlinkRestClient } from "./rest-client";
import { newestSnapshot } from "./snapshots";
import { waitFor } from "./wait";

/** The points of a restart after which the process may die without harm; reported as they are reached. */
export const RESTART_STEPS = [
  "stop-journaled",
  "stop-requested",
  "savepoint-completed",
  "stopped-journaled",
  "drained",
  "submit-journaled",
  "submitted",
  "running",
] as const;
/** The points of a rescale in place, which needs no journal: Flink itself says what was asked of it last. */
export const IN_PLACE_STEPS = ["rescale-requested", "rescaled"] as const;
export type RestartStep = (typeof RESTART_STEPS)[number] | (typeof IN_PLACE_STEPS)[number];

/** How long each wait may take, in milliseconds. */
export interface Limits {
  /** TaskManagers registered and slots free. @default 60000 */
  slotsMs: number;
  /** A restarting job runs again and can take a savepoint; after that it is cancelled. @default 60000 */
  settleMs: number;
  /** A savepoint is complete. @default 300000 */
  savepointMs: number;
  /** A checkpoint right before a rescale in place. @default 10000 */
  checkpointMs: number;
  /** The leaving TaskManagers are idle, and gone. @default 30000 */
  drainMs: number;
  /** All vertices of the new job run. @default 120000 */
  runningMs: number;
}

export const LIMITS: Limits = {
  slotsMs: 60_000,
  settleMs: 60_000,
  savepointMs: 300_000,
  checkpointMs: 10_000,
  drainMs: 30_000,
  runningMs: 120_000,
};

/** All that a restart touches. */
export interface RestartRun {
  target: JobTarget;
  client: FlinkRestClient;
  host: ClusterHost;
  journal: JournalStore;
  limits: Limits;
  /** Called at each step, in order; may take its time. */
  onStep: (step: RestartStep) => Promise<void> | void;
}

export async function save(run: RestartRun, journal: Journal): Promise<Journal> {
  await run.journal.save(journal);
  return journal;
}

/** Folder of a lineage's savepoints, without scheme. */
export function savepointFolder(run: RestartRun, lineage: string): string {
  return `${run.target.savepointFolder}/${run.target.name}-${lineage}`;
}

/** The newest snapshot of the lineage, never one older than the snapshot that the journal knows. */
export async function newest(run: RestartRun, journal: Journal): Promise<string | undefined> {
  const { jobIds, transition } = journal;
  const submitted = transition?.step === "submitting" ? [transition.jobId] : [];
  const known = knownSnapshot(journal);
  const found = await newestSnapshot(run.host, {
    jobIds: [...jobIds, ...submitted],
    checkpointFolder: run.target.checkpointFolder,
    savepointFolder: savepointFolder(run, journal.lineage),
    known,
  });
  // Where the storage is empty, a start from what should be there fails; a fresh start would lose it without a word.
  return found ?? known;
}

/** What the newest job of the lineage started from, or the next one is to start from. */
function knownSnapshot({ transition, snapshot }: Journal): string | undefined {
  return transition === undefined || transition.step === "stopping"
    ? snapshot
    : (transition.snapshot ?? snapshot);
}

/** Writes down that no job runs and what the next one starts from. */
export async function markStopped(
  run: RestartRun,
  journal: Journal,
  snapshot: string | undefined,
): Promise<Journal> {
  const saved = await save(run, {
    ...journal,
    transition: { step: "stopped", ...(snapshot === undefined ? {} : { snapshot }) },
  });
  await run.onStep("stopped-journaled");
  return saved;
}

export async function hasEnded(run: RestartRun, jobId: string): Promise<boolean> {
  const job = await run.client.job(jobId);
  return job === undefined || TERMINAL_STATES.has(job.state);
}

/** Waits until all vertices run at the target's parallelism. Throws UserError with Flink's exception otherwise. */
export async function awaitRunning(run: RestartRun, jobId: string): Promise<void> {
  const { name, parallelism } = run.target;
  const widest = slotsNeeded(run.target);
  const job = await waitFor(async () => {
    const seen = await run.client.job(jobId);
    if (seen === undefined) return undefined;
    if (TERMINAL_STATES.has(seen.state)) return seen;
    return allRunning(seen) && parallelismOf(seen) === widest ? seen : undefined;
  }, run.limits.runningMs);
  if (job !== undefined && !TERMINAL_STATES.has(job.state)) return;
  const cause = await run.client.rootException(jobId).catch(() => undefined);
  throw new UserError(
    `Job ${name} (${jobId}) ${job === undefined ? "does not run yet" : `is ${job.state}`} at parallelism ${parallelism}: ` +
      `${cause ?? "Flink gives no exception"}. Fix: mend the cause, then run again; it goes on from its newest snapshot.`,
  );
}
