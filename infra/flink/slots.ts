import { UserError } from "../errors";
import { stays, type ClusterHost, type Staying } from "./cluster-host";
import type { FlinkRestClient } from "./rest-client";
import { TERMINAL_STATES } from "./job-states";
import { waitFor } from "./wait";

/** Slots that a job holds, by TaskManager. With slot sharing that is its widest vertex there. */
export async function slotsHeld(
  client: FlinkRestClient,
  jobId: string,
): Promise<Map<string, number>> {
  const job = await client.job(jobId);
  const held = new Map<string, number>();
  for (const vertex of job?.vertices ?? []) {
    const here = new Map<string, number>();
    for (const id of await client.taskManagersOf(jobId, vertex.id)) {
      here.set(id, (here.get(id) ?? 0) + 1);
    }
    for (const [id, count] of here) held.set(id, Math.max(held.get(id) ?? 0, count));
  }
  return held;
}

export interface SlotDemand {
  /** Slots the job will hold. */
  needed: number;
  /** The TaskManagers that will stay. Slots elsewhere don't count. */
  taskManagers: Staying;
  /** The job whose slots become free before the new ones are taken; undefined where none runs. */
  ownJobId?: string;
  /** How long to wait for TaskManagers to register and for other jobs to shrink, in milliseconds. */
  patienceMs: number;
}

/**
 * Waits until the TaskManagers that stay are registered and have the slots that the job needs. Those that are to be any
 * need only have the slots. Starts the ones that exist but don't run. Throws UserError that names needed, free and who
 * holds them.
 */
export async function awaitSlots(
  client: FlinkRestClient,
  host: ClusterHost,
  demand: SlotDemand,
): Promise<void> {
  // Where that fails, those that don't come are named below.
  await host
    .startTaskManagers(demand.taskManagers, await registered(client))
    .catch(() => undefined);
  const done = await waitFor(async () => {
    if (await lacks(client, demand)) return undefined;
    return (await usable(client, demand)) >= demand.needed ? true : undefined;
  }, demand.patienceMs);
  if (done === undefined) throw await shortage(client, host, demand);
}

async function registered(client: FlinkRestClient): Promise<Set<string>> {
  return new Set((await client.taskManagers()).map((t) => t.id));
}

/** True where one of those that stay by name is not there. */
async function lacks(client: FlinkRestClient, { taskManagers }: SlotDemand): Promise<boolean> {
  if ("atLeast" in taskManagers) return false;
  const there = await registered(client);
  return taskManagers.some((id) => !there.has(id));
}

/**
 * Slots that the job can have. What other jobs don't hold is its own: a job that has shrunk in place keeps its idle
 * slots for a while, and Flink doesn't list them as free.
 */
async function usable(client: FlinkRestClient, demand: SlotDemand): Promise<number> {
  const staying = (await client.taskManagers()).filter((t) => stays(t.id, demand.taskManagers));
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  if (demand.ownJobId === undefined) return sum(staying.map((t) => t.freeSlots));
  const others = await Promise.all(
    (await otherJobs(client, demand)).map((job) => slotsHeld(client, job.jid)),
  );
  return sum(staying.map((t) => t.slotsNumber - sum(others.map((held) => held.get(t.id) ?? 0))));
}

async function otherJobs(client: FlinkRestClient, demand: SlotDemand) {
  const jobs = await client.jobs();
  return jobs.filter((job) => job.jid !== demand.ownJobId && !TERMINAL_STATES.has(job.state));
}

async function shortage(
  client: FlinkRestClient,
  host: ClusterHost,
  demand: SlotDemand,
): Promise<UserError> {
  const absent = await host.missingTaskManagers(demand.taskManagers, await registered(client));
  const free = await usable(client, demand);
  const holders = await Promise.all(
    (await otherJobs(client, demand)).map(async (job) => {
      const slots = [...(await slotsHeld(client, job.jid)).values()].reduce((a, b) => a + b, 0);
      return `${job.name} (${job.jid.slice(0, 8)}) holds ${slots}`;
    }),
  );
  const away = absent.length === 0 ? "" : ` TaskManagers not registered: ${absent.join(", ")}.`;
  return new UserError(
    `The job needs ${demand.needed} slots, ${free} are free for it; ` +
      `${holders.join(", ") || "no other job holds any"}.${away} Nothing was stopped. ` +
      "Fix: raise the window's ceiling or lower the parallelism; look at the TaskManagers' logs if some are missing.",
  );
}
