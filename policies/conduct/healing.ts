import { printSeconds } from "./print-seconds";
import { Remedies, type Remedy, type RemedySettings } from "./remedy";

export interface SeenTaskManager {
  id: string;
  heartbeatAgeMs: number;
}

/**
 * What may be done now. While an update runs, only what is registered and does not answer: the update itself would
 * wait for it as long as heartbeat.timeout lets it, 180 s. What is not registered may be on its way.
 */
export type May = "everything" | "restart-frozen" | "nothing";

/** What a tenant's cluster looks like at an instant. */
export interface Seen {
  /** Of a clock that is not set; only differences are used. */
  atMs: number;
  /** Registered ones; undefined where the JobManager does not answer. */
  taskManagers?: readonly SeenTaskManager[];
  /** Ids that should be registered. */
  wantedTaskManagers: readonly string[];
  /** Those that should run. `GONE`: Flink has no such job; null: not known. */
  jobs: readonly { name: string; state: string | null }[];
  may: May;
  /** Since the last update or restart of anything by us ended. */
  quietMs: number;
}

export type Heal =
  | { kind: "restart-taskmanager"; id: string; why: string }
  /** One update of the stack brings them all back. */
  | { kind: "resubmit"; jobs: string[]; why: string }
  /** Said once; `Healer.givenUp` has it as long as it holds. */
  | { kind: "gave-up"; job: string; why: string }
  | { kind: "gave-up"; taskManager: string; why: string };

export interface HealingSettings {
  /** After something was done, its effect is waited for. */
  settleMs: number;
  /** A heartbeat older than this is missing. */
  heartbeatMs: number;
  taskManager: RemedySettings;
  job: RemedySettings;
}

/**
 * A lost JobManager is back in 20 s without jobs, and its TaskManagers do not know it: 20 s of waiting for them, their
 * restart, 15 s to settle and an update of 20 s end within 2 minutes. So do 35 + 12 s until a frozen TaskManager is
 * known to be one, its restart and the job's own restart delay of 10 s.
 */
export const HEALING: HealingSettings = {
  // A TaskManager registers within 10 to 15 s of its start.
  settleMs: 15_000,
  // heartbeat.interval is 10 s: three of them and a margin. Flink itself waits for heartbeat.timeout, 180 s.
  heartbeatMs: 35_000,
  taskManager: {
    waitMs: {
      // A container that died is restarted by Docker and registers in less.
      "not registered": 20_000,
      // One heartbeat.interval more: where a wall clock was set, heartbeats look old until the next one.
      "without a heartbeat": 12_000,
    },
    pauseMs: 60_000,
    maxPauseMs: 600_000,
    tries: 5,
    provenMs: 120_000,
  },
  job: {
    waitMs: {
      // Two sights; a rescale's own stop is shorter.
      ended: 5_000,
      // Flink's own restarts have a delay of 10 s; one that lasts as long as heartbeat.timeout hangs.
      "not yet RUNNING": 180_000,
    },
    pauseMs: 10_000,
    maxPauseMs: 300_000,
    tries: 5,
    givenUpPauseMs: 900_000,
    provenMs: 120_000,
  },
};

/** Flink leaves a job in one of these as it is. */
const ENDED: ReadonlySet<string> = new Set(["FAILED", "CANCELED", "FINISHED", "SUSPENDED", "GONE"]);

/**
 * Decides what of a cluster has to be restarted. Each sight is taken in, also while nothing may be done; what is
 * returned counts as done. Deterministic; remembers a few numbers for each TaskManager and job.
 */
export class Healer {
  private readonly taskManagers: Remedies;
  private readonly jobs: Remedies;
  private lastMs = -Infinity;

  constructor(private readonly settings: HealingSettings = HEALING) {
    this.taskManagers = new Remedies(settings.taskManager);
    this.jobs = new Remedies(settings.job);
  }

  /** In the order in which it is to be done. TaskManagers come before jobs: these need their slots. */
  decide(seen: Seen): Heal[] {
    const { atMs, may, quietMs } = seen;
    const wentBack = atMs < this.lastMs;
    this.lastMs = atMs;
    if (wentBack) for (const remedy of this.all()) remedy.clockWentBack(atMs);
    this.taskManagers.careFor(seen.wantedTaskManagers, atMs);
    this.jobs.careFor(
      seen.jobs.map(({ name }) => name),
      atMs,
    );
    this.take(seen);
    const ended = may === "everything" ? this.all() : this.taskManagers.all();
    if (may !== "nothing") for (const remedy of ended) remedy.ended(atMs - quietMs);
    const mayAct = !wentBack && may !== "nothing" && quietMs >= this.settings.settleMs;
    if (!mayAct || seen.taskManagers === undefined) return [];
    if (may === "restart-frozen") return this.healTaskManagers(seen);
    const restarts = this.healTaskManagers(seen);
    const waits = [...this.taskManagers.cared()].some(([, { isNew }]) => isNew);
    const isFirst = restarts.some(({ kind }) => kind === "restart-taskmanager");
    return [...restarts, ...(waits || isFirst ? [] : this.healJobs(seen))];
  }

  /** What is given up now, and why. */
  get givenUp(): { subject: string; why: string }[] {
    return [...this.taskManagers.cared(), ...this.jobs.cared()].flatMap(([subject, { givenUp }]) =>
      givenUp === undefined ? [] : [{ subject, why: givenUp }],
    );
  }

  private *all(): Iterable<Remedy> {
    yield* this.taskManagers.all();
    yield* this.jobs.all();
  }

  private take({ atMs, taskManagers, jobs }: Seen): void {
    if (taskManagers === undefined) {
      for (const remedy of this.all()) remedy.unseen();
      return;
    }
    const ages = new Map(taskManagers.map(({ id, heartbeatAgeMs }) => [id, heartbeatAgeMs]));
    for (const [id, remedy] of this.taskManagers.cared()) {
      const symptom = this.symptomOf(ages.get(id));
      if (symptom === undefined) remedy.seenWell(atMs);
      else remedy.seenIll(symptom, atMs);
    }
    const states = new Map(jobs.map(({ name, state }) => [name, state]));
    for (const [name, remedy] of this.jobs.cared()) {
      const state = states.get(name) ?? null;
      if (state === null) remedy.unseen();
      else if (state === "RUNNING") remedy.seenWell(atMs);
      else remedy.seenIll(ENDED.has(state) ? "ended" : "not yet RUNNING", atMs);
    }
  }

  private symptomOf(heartbeatAgeMs: number | undefined): string | undefined {
    if (heartbeatAgeMs === undefined) return "not registered";
    return heartbeatAgeMs > this.settings.heartbeatMs ? "without a heartbeat" : undefined;
  }

  private healTaskManagers({ atMs, may, taskManagers = [] }: Seen): Heal[] {
    const { tries, provenMs } = this.settings.taskManager;
    return [...this.taskManagers.cared()].flatMap(([id, remedy]): Heal[] => {
      const age = taskManagers.find((seen) => seen.id === id)?.heartbeatAgeMs;
      if (age === undefined && may === "restart-frozen") return [];
      const due = remedy.due(atMs);
      if (due === undefined) return [];
      const fault =
        age === undefined
          ? `TaskManager ${id} has not been registered for ${printSeconds(remedy.illMs(atMs))}`
          : `TaskManager ${id} has sent no heartbeat for ${printSeconds(age)}`;
      if (due === "try") {
        remedy.tried(atMs);
        const why = `${fault}: restart ${remedy.tries} of ${tries} in a row`;
        return [{ kind: "restart-taskmanager", id, why }];
      }
      const why = `${fault}, after ${tries} restarts in a row: it is left alone until it has been well for ${printSeconds(provenMs)}`;
      remedy.givenUp = why;
      return [{ kind: "gave-up", taskManager: id, why }];
    });
  }

  private healJobs({ atMs, jobs }: Seen): Heal[] {
    const { tries, givenUpPauseMs = Infinity } = this.settings.job;
    const states = new Map(jobs.map(({ name, state }) => [name, state]));
    const gaveUp: Heal[] = [];
    const lost: { job: string; why: string }[] = [];
    for (const [job, remedy] of this.jobs.cared()) {
      const due = remedy.due(atMs);
      if (due === undefined) continue;
      const fault = jobFault(job, states.get(job), printSeconds(remedy.illMs(atMs)));
      if (due === "try") {
        remedy.tried(atMs);
        const limit = remedy.givenUp === undefined ? ` of ${tries} in a row` : "";
        lost.push({ job, why: `${fault}: resubmission ${remedy.tries}${limit}` });
      } else {
        const why = `${fault}, after ${tries} resubmissions in a row: from now on there is one every ${printSeconds(givenUpPauseMs)}`;
        remedy.givenUp = why;
        gaveUp.push({ kind: "gave-up", job, why });
      }
    }
    if (lost.length === 0) return gaveUp;
    const why = lost.map((one) => one.why).join("; ");
    return [...gaveUp, { kind: "resubmit", jobs: lost.map(({ job }) => job), why }];
  }
}

function jobFault(job: string, state: string | null | undefined, since: string): string {
  return state === "GONE"
    ? `Flink has had no job ${job} for ${since}`
    : `${job} has been ${state} for ${since}`;
}
