import type { Heal, Seen } from "../../../policies/conduct/healing";

const S = 1_000;
/** As measured on a small machine: what a container's restart, its registration and an update take. */
const JOB_MANAGER_BACK_MS = 20 * S;
const REGISTRATION_MS = 12 * S;
const RESTART_MS = 2 * S;
const UPDATE_MS = 20 * S;
/** restart-strategy.fixed-delay.delay */
const JOB_RESTART_MS = 10 * S;
/** heartbeat.interval */
const HEARTBEAT_MS = 10 * S;

export type Fault = "JobManager killed" | "TaskManager killed" | "TaskManager frozen";

interface TaskManager {
  /** Infinity: it serves a JobManager that is gone. */
  registeredFromMs: number;
  frozenAtMs?: number;
}

/** A cluster of one job that falls ill as a real one does; what a healer asks for takes its time. */
export class SickCluster {
  private jobManagerFromMs = -Infinity;
  private readonly taskManagers: Map<string, TaskManager>;
  private job: { state: string; runsFromMs: number } = { state: "RUNNING", runsFromMs: -Infinity };
  private busyUntilMs = -Infinity;

  constructor(
    size: number,
    private readonly victim: number,
  ) {
    const ids = Array.from({ length: size }, (_, i) => `tm-${i + 1}`);
    this.taskManagers = new Map(ids.map((id) => [id, { registeredFromMs: -Infinity }]));
  }

  strike(fault: Fault, atMs: number): void {
    const victim = [...this.taskManagers.values()][this.victim]!;
    if (fault === "TaskManager frozen") victim.frozenAtMs = atMs;
    else if (fault === "TaskManager killed") this.lose(victim, atMs);
    else {
      this.jobManagerFromMs = atMs + JOB_MANAGER_BACK_MS;
      for (const taskManager of this.taskManagers.values()) taskManager.registeredFromMs = Infinity;
      this.job = { state: "GONE", runsFromMs: Infinity };
    }
  }

  seenAt(atMs: number): Seen {
    const registered = [...this.taskManagers].filter(([, t]) => t.registeredFromMs <= atMs);
    const reachable = this.jobManagerFromMs <= atMs;
    const state = this.job.runsFromMs <= atMs ? "RUNNING" : this.job.state;
    return {
      atMs,
      taskManagers: reachable
        ? registered.map(([id, t]) => ({ id, heartbeatAgeMs: heartbeatAge(t, atMs) }))
        : undefined,
      wantedTaskManagers: [...this.taskManagers.keys()],
      jobs: [{ name: "wordcount", state: reachable ? state : null }],
      may: atMs < this.busyUntilMs ? "restart-frozen" : "everything",
      quietMs: atMs - this.busyUntilMs,
    };
  }

  carryOut(heals: readonly Heal[], atMs: number): void {
    for (const heal of heals) {
      if (heal.kind === "restart-taskmanager") {
        this.busyUntilMs = atMs + RESTART_MS;
        this.lose(this.taskManagers.get(heal.id)!, atMs + RESTART_MS);
      } else if (heal.kind === "resubmit") {
        this.busyUntilMs = atMs + UPDATE_MS;
        const wellByThen = [...this.taskManagers.values()].every(
          (t) => t.registeredFromMs <= this.busyUntilMs && t.frozenAtMs === undefined,
        );
        this.job = { state: "FAILED", runsFromMs: wellByThen ? this.busyUntilMs : Infinity };
      }
    }
  }

  /** True where the job runs and every TaskManager is registered and alive. */
  isWell(atMs: number): boolean {
    const alive = [...this.taskManagers.values()].every(
      (t) => t.registeredFromMs <= atMs && t.frozenAtMs === undefined,
    );
    return alive && this.jobManagerFromMs <= atMs && this.job.runsFromMs <= atMs;
  }

  /** Its process starts anew; a job that ran on it restarts by itself. */
  private lose(taskManager: TaskManager, atMs: number): void {
    taskManager.registeredFromMs = atMs + REGISTRATION_MS;
    taskManager.frozenAtMs = undefined;
    if (this.job.runsFromMs > atMs) return;
    const runsFromMs = taskManager.registeredFromMs + JOB_RESTART_MS;
    this.job = { state: "RESTARTING", runsFromMs };
  }
}

function heartbeatAge({ registeredFromMs, frozenAtMs }: TaskManager, atMs: number): number {
  const sinceMs = Number.isFinite(registeredFromMs) ? registeredFromMs : 0;
  const lastMs = Math.floor(((frozenAtMs ?? atMs) - sinceMs) / HEARTBEAT_MS) * HEARTBEAT_MS;
  return atMs - sinceMs - lastMs;
}
