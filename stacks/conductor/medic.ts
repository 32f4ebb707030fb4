import type { ClusterHost } from "../../infra/flink/cluster-host";
import { Healer, type Heal } from "../../policies/conduct/healing";
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
  lease: { held(): boolean };
  clock: Clock;
  dryRun: boolean;
}

export interface Expected {
  /** Names of the TaskManagers that should be registered. */
  wanted: string[];
  updating: boolean;
  /** When the last update ended, by the monotonic clock. */
  endedMs: number;
}

/** Brings back what should run and does not: containers itself, the rest through an update that it asks for. */
export class Medic {
  restarts = 0;
  private readonly healer = new Healer();
  private touchedMs = -Infinity;
  private unreachableMs: number | undefined;

  constructor(private readonly deps: MedicDeps) {}

  /** What is given up now, and why. */
  get givenUp(): { subject: string; why: string }[] {
    return this.healer.givenUp;
  }

  /** Gives what an update is to bring back, where one is needed. */
  async look(
    seen: TenantObservation,
    { wanted, updating, endedMs }: Expected,
  ): Promise<Pick<Intent, "found" | "refresh"> | undefined> {
    const atMs = this.deps.clock.monotonic();
    const heals = this.healer.decide({
      atMs,
      wantedTaskManagers: wanted,
      updating,
      quietMs: atMs - Math.max(endedMs, this.touchedMs),
      jobs: Object.entries(seen.jobs).map(([name, { state }]) => ({ name, state })),
      ...(seen.cluster === undefined ? {} : { taskManagers: seen.cluster.taskManagers }),
    });
    if (!this.deps.lease.held() || this.deps.dryRun) return undefined;
    const found = await this.treat(heals);
    return found ?? this.unreachable(seen, atMs, updating);
  }

  private async treat(
    heals: readonly Heal[],
  ): Promise<Pick<Intent, "found" | "refresh"> | undefined> {
    let wish: Pick<Intent, "found" | "refresh"> | undefined;
    for (const heal of heals) {
      if (heal.kind === "gave-up") continue;
      if (heal.kind === "resubmit") wish = { found: heal.why };
      else if (!(await this.restart(heal.id, heal.why))) wish = { found: heal.why, refresh: true };
    }
    return wish;
  }

  /** False where the container can't be restarted: it may be gone, which an update that looks puts right. */
  private async restart(container: string, why: string): Promise<boolean> {
    const { host, journal, clock } = this.deps;
    const at = new Date(clock.now()).toISOString();
    await journal.append({ kind: "restarted", at, container, why });
    this.restarts += 1;
    try {
      await host.restartTaskManager(container);
      return true;
    } catch {
      return false;
    } finally {
      this.touchedMs = clock.monotonic();
    }
  }

  private unreachable(
    seen: TenantObservation,
    atMs: number,
    updating: boolean,
  ): Pick<Intent, "found" | "refresh"> | undefined {
    if (seen.cluster !== undefined || updating) {
      this.unreachableMs = undefined;
      return undefined;
    }
    this.unreachableMs ??= atMs;
    const waited = atMs - this.unreachableMs;
    if (waited < UNREACHABLE_MS) return undefined;
    this.unreachableMs = atMs - UNREACHABLE_MS + UNREACHABLE_RETRY_MS;
    const seconds = Math.round(waited / 1000);
    return { found: `the JobManager has not answered for ${seconds} s`, refresh: true };
  }
}
