import { MissingTaskManagerError, type ClusterHost } from "../../infra/flink/cluster-host";
import { TERMINAL_STATES } from "../../infra/flink/job-states";
import type { JobState } from "../../infra/flink/rest-schema";
import { say } from "../../infra/progress";
import { Healer, type May } from "../../policies/conduct/healing";
import type { Clock } from "./clock";
import type { Entry } from "./journal-entry";
import type { TenantObservation } from "./observe/tenant-observer";
import type { Intent } from "./updates";

/** A JobManager that restarts by itself answers well within this. */
const UNREACHABLE_MS = 60_000;
const UNREACHABLE_RETRY_MS = 300_000;

export interface MedicDeps {
  host: Pick<ClusterHost, "restartTaskManager">;
  journal: { append(entry: Entry): Promise<void> };
  clock: Clock;
}

export interface Expected {
  /** Names of the TaskManagers that should be registered. */
  wanted: string[];
  may: May;
  /** When the last update ended, by the monotonic clock. */
  endedMs: number;
  /** Has Flink give up a job that hangs, so that an update can bring it back. */
  cancel(job: string): Promise<void>;
}

/** What may be done where anything may, while an update runs and while none does. */
export function mayWhile(updating: boolean): May {
  return updating ? "restart-frozen" : "everything";
}

/** What an update is to bring back. */
export type Finding = Required<Pick<Intent, "found" | "refresh">>;

/** Brings back what should run and does not: containers itself, the rest through an update that it asks for. */
export class Medic {
  restarts = 0;
  private readonly healer = new Healer();
  private touchedMs = -Infinity;
  /** Since when the JobManager does not answer, and when that was last acted on. */
  private silent: { sinceMs: number; triedMs: number } | undefined;

  constructor(private readonly deps: MedicDeps) {}

  /** What is given up now, and why. */
  get givenUp(): { subject: string; why: string }[] {
    return this.healer.givenUp;
  }

  /** Gives what an update is to bring back, where one is needed. */
  async look(
    seen: TenantObservation,
    { wanted, may, endedMs, cancel }: Expected,
  ): Promise<Finding | undefined> {
    const atMs = this.deps.clock.monotonic();
    const heals = this.healer.decide({
      atMs,
      wantedTaskManagers: wanted,
      may,
      quietMs: atMs - Math.max(endedMs, this.touchedMs),
      jobs: Object.entries(seen.jobs).map(([name, { state }]) => ({ name, state })),
      ...(seen.cluster === undefined ? {} : { taskManagers: seen.cluster.taskManagers }),
    });
    let finding = this.unreachable(seen, { may, atMs, endedMs });
    for (const heal of heals) {
      if (heal.kind === "restart-taskmanager") finding = await this.restart(heal.id, heal.why);
      if (heal.kind !== "resubmit") continue;
      for (const job of heal.jobs) if (hangs(seen.jobs[job]?.state)) await cancel(job);
      finding = { found: heal.why, refresh: false };
    }
    return finding;
  }

  /** A container that is gone is made anew by an update that looks at the real world. */
  private async restart(container: string, why: string): Promise<Finding | undefined> {
    const { host, journal, clock } = this.deps;
    const at = new Date(clock.now()).toISOString();
    await journal.append({ kind: "restarted", at, container, why });
    this.restarts += 1;
    try {
      await host.restartTaskManager(container);
      return undefined;
    } catch (error) {
      if (error instanceof MissingTaskManagerError) return { found: error.message, refresh: true };
      say(`${container} can't be restarted: ${(error as Error).message}`);
      return undefined;
    } finally {
      this.touchedMs = clock.monotonic();
    }
  }

  private unreachable(
    { cluster }: TenantObservation,
    { may, atMs, endedMs }: { may: May; atMs: number; endedMs: number },
  ): Finding | undefined {
    if (cluster !== undefined) this.silent = undefined;
    else this.silent ??= { sinceMs: atMs, triedMs: -Infinity };
    if (this.silent === undefined || may !== "everything") return undefined;
    const { sinceMs, triedMs } = this.silent;
    if (atMs - Math.max(sinceMs, endedMs) < UNREACHABLE_MS) return undefined;
    if (atMs - triedMs < UNREACHABLE_RETRY_MS) return undefined;
    this.silent.triedMs = atMs;
    const seconds = Math.round((atMs - sinceMs) / 1000);
    return { found: `the JobManager has not answered for ${seconds} s`, refresh: true };
  }
}

/** Neither runs nor has ended: an update would leave it as it is. */
function hangs(state: string | null | undefined): boolean {
  const ended = state === "GONE" || TERMINAL_STATES.has(state as JobState);
  return state !== null && state !== undefined && state !== "RUNNING" && !ended;
}
