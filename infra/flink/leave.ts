import { say } from "../progress";
import type { Staying } from "./cluster-host";
import type { FlinkRestClient } from "./rest-client";
import { waitFor } from "./wait";

/** Where TaskManagers are, and what takes them away for good. */
export interface Remover {
  /** TaskManagers that are wanted; undefined where there are none at all. */
  wanted(): Promise<number | undefined>;
  /** Ids of those that are there or on their way, registered or not. */
  pods(): Promise<string[]>;
  /** Takes exactly these away. False where some are still there. */
  remove(ids: readonly string[]): Promise<boolean>;
}

/** A job that has shrunk in place gives its slots back after a while. */
const IDLE_MS = 30_000;

/** What came of it. */
export interface Left {
  /** Ids of the TaskManagers that were taken away. */
  removed: string[];
  /** TaskManagers more than there should be, since a job holds slots of theirs. */
  kept: number;
}

/**
 * Takes TaskManagers away until `taskManagers` are left, but none on which anything runs: those stay, and it says so.
 *
 * @param patienceMs how long slots are waited for that are about to be given back. @default 30000
 */
export async function leaveIdle(
  client: FlinkRestClient,
  remover: Remover,
  taskManagers: number,
  patienceMs = IDLE_MS,
): Promise<Left> {
  const surplus = ((await remover.wanted()) ?? 0) - taskManagers;
  if (surplus <= 0) return { removed: [], kept: 0 };
  const free = () => unused(client, remover);
  const enough = async () => {
    const found = await free();
    return found.length >= surplus ? found : undefined;
  };
  const removed = ((await waitFor(enough, patienceMs)) ?? (await free())).slice(0, surplus);
  const kept = surplus - removed.length;
  if (kept > 0) say(`${kept} TaskManagers more than planned stay: jobs hold slots of theirs.`);
  if (!(await remover.remove(removed))) {
    say(`TaskManagers that were told to go are still there: ${removed.join(", ")}.`);
  }
  return { removed, kept };
}

/** Ids of the TaskManagers on which nothing runs: those that have not registered yet, then those with all slots free. */
async function unused(client: FlinkRestClient, remover: Remover): Promise<string[]> {
  const [pods, registered] = await Promise.all([remover.pods(), client.taskManagers()]);
  const known = new Set(registered.map(({ id }) => id));
  const idle = registered.filter((t) => t.freeSlots === t.slotsNumber).map(({ id }) => id);
  return [...pods.filter((pod) => !known.has(pod)), ...idle.filter((id) => pods.includes(id))];
}

/**
 * Has the TaskManagers stopped that are not among those that stay, all at once and only while nothing runs on any of
 * them. Waits `patienceMs` for that, and as long again for them to sign off.
 */
export async function dismissOthers(
  client: FlinkRestClient,
  staying: Staying,
  patienceMs: number,
  stop: (id: string) => Promise<void>,
): Promise<void> {
  if ("atLeast" in staying) return;
  const leaving = async () =>
    (await client.taskManagers()).filter(({ id }) => !staying.includes(id));
  const idle = await waitFor(async () => {
    const left = await leaving();
    return left.every((t) => t.freeSlots === t.slotsNumber) ? left : undefined;
  }, patienceMs);
  if (idle === undefined || idle.length === 0) return;
  for (const { id } of idle) void stop(id).catch(() => undefined);
  await waitFor(async () => (await leaving()).length === 0 || undefined, patienceMs);
}
