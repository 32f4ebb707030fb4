import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../infra/errors";
import { say } from "../../infra/progress";

/** Aborted by the first Ctrl-C or SIGTERM, so that what was started is ended in order; a second one ends all at once. */
export function abortedBySignal(): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    say("interrupted: ending what was started; a second signal leaves it to the next run");
    process.off("SIGINT", abort).off("SIGTERM", abort);
    controller.abort(new UserError("The run was interrupted."));
  };
  process.on("SIGINT", abort).on("SIGTERM", abort);
  return controller.signal;
}

/** Throws the signal's reason once it is aborted. */
export async function sleepUntil(ms: number, signal: AbortSignal): Promise<void> {
  await wait(Math.max(0, ms - Date.now()), undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}
