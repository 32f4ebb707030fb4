import { isGone, type ProcessIdentity } from "../../infra/process-identity";
import { UserError } from "../../infra/errors";
import { LeaseFiles } from "../../infra/lease/lease-files";
import { parseRecord } from "../../infra/lease/lease-record";
import { conductorPaths } from "./paths";

/** The conductor that acts for an environment, as far as it is not proven to be gone; undefined where none does. */
export async function runningConductor(environment: string): Promise<ProcessIdentity | undefined> {
  const files = new LeaseFiles(conductorPaths(environment).lease);
  const fence = await files.highest();
  if (fence === 0) return undefined;
  const holder = parseRecord(await files.read(fence), fence)?.holder;
  return holder === null || holder === undefined || isGone(holder) === true ? undefined : holder;
}

/** Throws UserError where a conductor acts for the environment; `because`: what it would do to the work at hand. */
export async function requireNoConductor(environment: string, because: string): Promise<void> {
  const conductor = await runningConductor(environment);
  if (conductor === undefined) return;
  const { pid, host } = conductor;
  throw new UserError(
    `Process ${pid} on ${host} is the conductor of ${environment} and ${because}. Fix: end it first: kill ${pid}`,
  );
}
