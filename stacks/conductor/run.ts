import { sleep } from "../../infra/flink/wait";
import { say } from "../../infra/progress";
import { explain } from "../../policies/explain";
import { OBSERVATION_SECONDS } from "../../policies/scaling/settings";
import type { Assembled } from "./assemble";
import type { Settings } from "./options";
import type { TenantConductor } from "./tenant-conductor";

/** A signal is noticed within this. */
const NAP_MS = 200;
/** A round waits no longer for tenants that are slow. */
const PATIENCE_MS = 15_000;

/** Rounds until a signal; then waits for the updates that run. A second signal leaves them to themselves. */
export async function runForever({ conductor, close }: Assembled): Promise<number> {
  const [stop, leave] = [deferred(), deferred()];
  const onSignal = () => (stop.done ? leave : stop).resolve();
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  try {
    while (!stop.done) {
      const waitMs = await conductor.round(patience());
      await sleepUnless(stop, waitMs);
    }
    const { updating } = conductor;
    if (updating.length > 0) {
      say(`waiting for the update of ${updating.join(", ")}; a second signal leaves it running`);
      await Promise.race([conductor.finish(), leave.promise]);
    }
    for (const stack of conductor.updating) say(`${stack}: its update goes on by itself`);
    return 0;
  } finally {
    process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
    await close();
  }
}

/** Two looks, because rates are differences; then what follows from them. */
export async function runOnce(
  { conductor, close, lease }: Assembled,
  { dryRun, environment }: Pick<Settings, "dryRun" | "environment">,
): Promise<number> {
  try {
    await conductor.round();
    await sleep(OBSERVATION_SECONDS * 1000);
    await conductor.round();
    if (!lease.held()) {
      say(`Another conductor acts for ${environment}; nothing was done.`);
      return 1;
    }
    await conductor.finish();
    let failed = false;
    for (const [stack, tenant] of conductor.conductors) {
      say(`${stack}: ${outcomeOf(tenant, dryRun)}`);
      failed ||= tenant.updates.failures > 0;
    }
    return failed ? 1 : 0;
  } finally {
    await close();
  }
}

function outcomeOf({ intent, updates, problem }: TenantConductor, dryRun: boolean): string {
  if (updates.lastError !== undefined) return `the update failed: ${updates.lastError}`;
  if (updates.lastSeconds !== undefined) return `updated in ${updates.lastSeconds.toFixed(1)} s`;
  if (intent === undefined) {
    return problem === undefined ? "is as it should be" : `nothing is known to do: ${problem}`;
  }
  const found = intent.found === undefined ? "" : `${intent.found}; `;
  return `${dryRun ? "would be updated" : "is not updated"}: ${found}${explain(intent.decision)}`;
}

/** Keeps no process alive. */
function patience(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, PATIENCE_MS).unref());
}

interface Deferred {
  readonly done: boolean;
  readonly promise: Promise<void>;
  resolve(): void;
}

function deferred(): Deferred {
  let resolve = () => undefined as void;
  const promise = new Promise<void>((done) => (resolve = done));
  const made = {
    done: false,
    promise,
    resolve() {
      made.done = true;
      resolve();
    },
  };
  return made;
}

/** Sleeps in naps, so that nothing is left to wait for a signal that never comes. */
async function sleepUnless(stop: Deferred, ms: number): Promise<void> {
  const untilMs = performance.now() + ms;
  for (let left = ms; left > 0 && !stop.done; left = untilMs - performance.now()) {
    await sleep(Math.min(left, NAP_MS));
  }
}
