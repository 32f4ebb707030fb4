import * as fs from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { UserError } from "../../errors";
import { say } from "../../progress";
import { KubernetesApiError } from "../../kubernetes/api";
import { hostAt } from "../host-at";
import { jobStateSchema } from "../rest-schema";
import type { Journal } from "../journal";
import { journalAt } from "../journal-at";
import { jobTargetSchema, type JobTarget } from "../job-target";
import { FlinkRestClient, FlinkRestError } from "../rest-client";
import { converge, retire } from "../restart";
import { LIMITS, type RestartRun, type RestartStep } from "../restart-run";
import { newLineage } from "../submit-job";
import { checkAgainst, hasUnknowns, type ResourceHandler } from "./resource-handler";

/** How long the state of a job is asked for while planning: a cluster that is down must not hold up a preview. */
const PROBE_MS = 2_000;
const GONE = "GONE";

/** What the stack's state keeps of a job: its inputs, and what runs. */
const jobOutputs = {
  jobId: z.string(),
  state: z.union([jobStateSchema, z.literal(GONE)]),
  lineage: z.string(),
  snapshot: z.string().optional(),
};
const jobStateOf = z.preprocess(
  asWrittenNow,
  z.object({ ...jobTargetSchema.shape, ...jobOutputs }),
);

/** A state of version 0.1.0 or older names the JobManager's container under `docker`. */
function asWrittenNow(state: unknown): unknown {
  if (typeof state !== "object" || state === null || !("docker" in state)) return state;
  const { docker, ...rest } = state;
  return { ...rest, host: { kind: "docker", ...(docker as object) } };
}

function runOf(target: JobTarget, onStep: RestartRun["onStep"]): RestartRun {
  return {
    target,
    client: new FlinkRestClient(target.restUrl),
    host: hostAt(target.host),
    journal: journalAt(target.journal),
    limits: LIMITS,
    onStep,
  };
}

async function bringUp(
  input: unknown,
  onStep: RestartRun["onStep"],
): Promise<z.output<typeof jobStateOf>> {
  const target = jobTargetSchema.parse(input);
  const run = runOf(target, onStep);
  const journal = await run.journal.exclusively(async () =>
    converge(run, (await run.journal.load()) ?? { lineage: newLineage(), jobIds: [] }).catch(
      explainRestError,
    ),
  );
  return { ...target, ...outputsOf(journal), state: "RUNNING" };
}

/** A failed call is for the user's eyes: whatever had begun is in the journal, so that it can be run again. */
function explainRestError(error: unknown): never {
  if (!(error instanceof FlinkRestError)) throw error;
  throw new UserError(
    `Flink did not do what it was asked to (${error.kind}): ${error.message}. ` +
      "Fix: see that the JobManager runs and look at its log, then run again; nothing that had begun is lost.",
  );
}

/** Stops the job and archives its journal, which then names the final snapshot. */
async function takeDown(run: RestartRun): Promise<void> {
  const journal = await run.journal.load();
  if (journal === undefined) return;
  const snapshot = await retire(run, journal).catch(explainRestError);
  const last = (await run.journal.load()) ?? journal;
  const transition = { step: "stopped" as const, ...(snapshot === undefined ? {} : { snapshot }) };
  const archive = await run.journal.archive({ ...last, transition });
  say(
    `Job ${run.target.name} is gone; its state stays in ${snapshot ?? "no snapshot: it never completed one"} ` +
      `(recorded in ${archive}).`,
  );
}

function outputsOf(journal: Journal) {
  const { lineage, snapshot } = journal;
  return { jobId: journal.jobIds.at(-1) ?? "", lineage, ...(snapshot ? { snapshot } : {}) };
}

/** The job's state as Flink gives it; `GONE` where Flink has no such job or can't be asked. */
async function probe(restUrl: string, jobId: string): Promise<z.output<typeof jobOutputs.state>> {
  const client = new FlinkRestClient(restUrl, { timeoutMs: PROBE_MS, patienceMs: PROBE_MS });
  return (await client.job(jobId).catch(() => undefined))?.state ?? GONE;
}

/** True where a restart was begun and not finished, or that can't be told. */
async function hasBegun(target: JobTarget): Promise<boolean> {
  try {
    return (await journalAt(target.journal, PROBE_MS).load())?.transition !== undefined;
  } catch (error) {
    if (error instanceof KubernetesApiError) return true;
    throw error;
  }
}

/** A job in one of these has to be brought back. */
const LOST: ReadonlySet<string> = new Set(["FAILED", "CANCELED", "FINISHED", "SUSPENDED", GONE]);

/** A Flink job: submitted, rescaled, upgraded and resubmitted so that its state goes with it. */
export function jobHandler(onStep: (step: RestartStep) => Promise<void> | void): ResourceHandler {
  return {
    inputs: Object.keys(jobTargetSchema.shape),
    outputs: [...Object.keys(jobTargetSchema.shape), ...Object.keys(jobOutputs)],

    check(news) {
      const failures = checkAgainst(jobTargetSchema, news);
      const jar = (news as { jar?: unknown }).jar;
      if (typeof jar !== "string" || hasUnknowns(jar) || fs.existsSync(jar)) return failures;
      const reason = `there is no file ${jar}. Fix: build the jar, or correct its path`;
      return [...failures, { property: "jar", reason }];
    },

    async diff(olds, news) {
      if (hasUnknowns(news)) return { changes: true };
      const old = jobStateOf.safeParse(olds);
      const wanted = jobTargetSchema.parse(news);
      if (!old.success) return { changes: true };
      const { jobId, state: _, lineage: __, snapshot: ___, ...inputs } = old.data;
      const moved = inputs.journal !== wanted.journal;
      // The same content elsewhere is the same jar: each machine that updates a stack has its own.
      if (!isDeepStrictEqual({ ...inputs, jar: wanted.jar }, wanted)) {
        return { changes: true, replaces: moved ? ["journal"] : [], deleteBeforeReplace: true };
      }
      return { changes: (await hasBegun(wanted)) || LOST.has(await probe(wanted.restUrl, jobId)) };
    },

    async create(inputs) {
      const outs = await bringUp(inputs, onStep);
      return { id: `${outs.name}-${outs.lineage}`, outs };
    },

    async read(id, props) {
      const old = jobStateOf.parse(props);
      const { jobId: _, state: __, lineage: ___, snapshot: ____, ...inputs } = old;
      return { id, props: { ...old, state: await probe(old.restUrl, old.jobId) }, inputs };
    },

    update(_olds, news) {
      return bringUp(news, onStep);
    },

    async delete(props) {
      const {
        jobId: _,
        state: __,
        lineage: ___,
        snapshot: ____,
        ...inputs
      } = jobStateOf.parse(props);
      const run = runOf(inputs, onStep);
      await run.journal.exclusively(() => takeDown(run));
    },
  };
}
