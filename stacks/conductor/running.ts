import { isGone, type ProcessIdentity } from "../../infra/process-identity";
import { UserError } from "../../infra/errors";
import { sleep } from "../../infra/flink/wait";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { CoordinationLease } from "../../infra/kubernetes/coordination-lease";
import type { ObjectName } from "../../infra/kubernetes/object-url";
import { LeaseFiles, type LeaseStore } from "../../infra/lease/lease-files";
import { parseRecord, type LeaseRecord } from "../../infra/lease/lease-record";
import { conductorPaths } from "./paths";

/** A lease is renewed every 5 s, and lost after 15 s. */
const WATCHED_MS = 20_000;

/** The conductor that acts for an environment, as far as it is not proven to be gone; undefined where none does. */
export function runningConductor(environment: string): Promise<ProcessIdentity | undefined> {
  return holderOf(new LeaseFiles(conductorPaths(environment).lease));
}

/**
 * Who holds a lease: a process that can be seen from here, or one that renews it.
 *
 * @param watchedMs how long the renewals of a process that can't be seen are waited for
 */
export async function holderOf(
  store: LeaseStore,
  watchedMs = WATCHED_MS,
): Promise<ProcessIdentity | undefined> {
  const first = await recordIn(store);
  const holder = first?.holder ?? undefined;
  if (first === undefined || holder === undefined) return undefined;
  const gone = isGone(holder);
  if (gone !== "unknown") return gone ? undefined : holder;
  const untilMs = performance.now() + watchedMs;
  while (performance.now() < untilMs) {
    await sleep(Math.min(1000, watchedMs));
    const next = await recordIn(store);
    if (next?.fence !== first.fence || next.renewals !== first.renewals) {
      return next?.holder ?? undefined;
    }
  }
  return undefined;
}

async function recordIn(store: LeaseStore): Promise<LeaseRecord | undefined> {
  const fence = await store.highest();
  return fence === 0 ? undefined : parseRecord(await store.read(fence), fence);
}

/**
 * Throws UserError where a conductor acts for the environment; `because`: what it would do to the work at hand.
 *
 * @param lease of conductors that run in a cluster. @default that of this machine's
 */
export async function requireNoConductor(
  environment: string,
  because: string,
  lease?: ObjectName,
): Promise<void> {
  const conductor =
    lease === undefined
      ? await runningConductor(environment)
      : await holderOf(new CoordinationLease(kubernetesApi, lease));
  if (conductor === undefined) return;
  const { pid, host } = conductor;
  const fix =
    lease === undefined
      ? `kill ${pid}`
      : `kubectl -n ${lease.namespace} scale deployment/conductor --replicas=0, or kill ${pid} on ${host}`;
  throw new UserError(
    `Process ${pid} on ${host} is the conductor of ${environment} and ${because}. Fix: end it first: ${fix}`,
  );
}
