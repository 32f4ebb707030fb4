import { dismissOthers } from "../../infra/flink/leave";
import type { FlinkRestClient } from "../../infra/flink/rest-client";
import type { ClusterHost, SnapshotFile, Staying } from "../../infra/flink/cluster-host";
import { TERMINAL_STATES } from "../../infra/flink/job-states";
import type { JobState } from "../../infra/flink/rest-schema";

export interface FakeJob {
  id: string;
  state: JobState;
  parallelism: number;
  sourceParallelism: number;
  args: string[];
  jar: string;
  startedFrom?: string;
  /** How far the job has counted; a snapshot holds it, and no job may start behind what was committed. */
  position: number;
  /** The TaskManager of each subtask of the widest vertex. */
  placement: string[];
  exception?: string;
  /** Stop requests not yet carried out, oldest first. */
  stops: { trigger: string; folder: string }[];
}

interface FakeTaskManager {
  slots: number;
  /** Lists of TaskManagers that still come out without it. */
  registersAfter: number;
  running: boolean;
}

interface FakeSnapshot extends SnapshotFile {
  position: number;
}

/**
 * The state behind FakeJobManager: TaskManagers, jobs, and the snapshots on the storage, which outlive them.
 * Notes in `violations` what must never happen: two jobs at once, or one that starts behind what was committed.
 */
export class FakeCluster implements ClusterHost {
  readonly jobs = new Map<string, FakeJob>();
  readonly taskManagers = new Map<string, FakeTaskManager>();
  readonly files: FakeSnapshot[] = [];
  readonly violations: string[] = [];
  readonly started: string[] = [];
  readonly stopped: string[] = [];
  /** TaskManagers that don't leave when they are told to. */
  readonly stubborn = new Set<string>();
  /** Exception with which every job fails at once. */
  failNewJobs?: string;
  /** Jobs of the tenant that may run beside the one under test. */
  readonly strangers = new Set<string>();
  private committed = 0;
  private clock = 1_000;

  addTaskManager(id: string, options: { slots?: number; registersAfter?: number } = {}): void {
    const { slots = 2, registersAfter = 0 } = options;
    this.taskManagers.set(id, { slots, registersAfter, running: true });
  }

  /** A TaskManager whose process has ended: it is there to be started. */
  addStoppedTaskManager(id: string, slots = 2): void {
    this.taskManagers.set(id, { slots, registersAfter: 0, running: false });
  }

  live(): FakeJob[] {
    return [...this.jobs.values()].filter(
      (job) => !TERMINAL_STATES.has(job.state) && !this.strangers.has(job.id),
    );
  }

  /** The one job that runs. */
  get only(): FakeJob {
    const [job, ...others] = this.live();
    if (job === undefined || others.length > 0) throw new Error(`${this.live().length} jobs live`);
    return job;
  }

  startJob(
    job: Pick<FakeJob, "id" | "parallelism" | "args" | "jar"> & { startedFrom?: string },
  ): void {
    const from = this.files.find((file) => file.path === job.startedFrom);
    const missing = job.startedFrom !== undefined && from === undefined;
    const position = from?.position ?? 0;
    const running: FakeJob = {
      ...job,
      sourceParallelism: 1,
      state: missing || this.failNewJobs !== undefined ? "FAILED" : "RUNNING",
      position,
      placement: [],
      stops: [],
      exception: missing ? "Cannot find checkpoint or savepoint" : this.failNewJobs,
    };
    this.jobs.set(job.id, running);
    if (running.state === "FAILED") return;
    if (position < this.committed) {
      this.violations.push(`${job.id} starts at ${position}, committed is ${this.committed}`);
    }
    if (this.live().length > 1) this.violations.push(`${this.live().length} jobs live`);
    this.place(running, job.parallelism);
  }

  /** A job of someone else that holds slots. */
  startStranger(id: string, parallelism: number): void {
    this.strangers.add(id);
    const job: FakeJob = {
      ...{ id, state: "RUNNING", parallelism, sourceParallelism: 1, args: [], jar: "" },
      ...{ position: 0, placement: [], stops: [] },
    };
    this.jobs.set(id, job);
    this.place(job, parallelism);
  }

  /** The newest TaskManagers are taken first, so that one that leaves is taken unless it has gone. */
  place(job: FakeJob, parallelism: number): void {
    job.parallelism = parallelism;
    job.placement = [];
    const free = [...this.taskManagers]
      .filter(([, taskManager]) => taskManager.running)
      .reverse()
      .flatMap(([id]) => Array.from({ length: this.freeSlots(id) }, () => id));
    job.placement = free.slice(0, parallelism);
  }

  freeSlots(id: string): number {
    const held = [...this.jobs.values()]
      .filter((job) => !TERMINAL_STATES.has(job.state))
      .flatMap((job) => job.placement)
      .filter((where) => where === id).length;
    return (this.taskManagers.get(id)?.slots ?? 0) - held;
  }

  /** The job counts on and completes a checkpoint, which commits. */
  checkpoint(job: FakeJob = this.only): string {
    return this.snapshot(job, `/checkpoints/${job.id}/chk-${this.clock}`);
  }

  /** Carries out the oldest stop request: savepoint, commit, end. */
  completeStop(job: FakeJob): { trigger: string; location: string } | undefined {
    const stop = job.stops.shift();
    if (stop === undefined || TERMINAL_STATES.has(job.state)) return undefined;
    const folder = stop.folder.replace("file://", "");
    const location = this.snapshot(job, `${folder}/savepoint-${this.clock}`);
    job.state = "FINISHED";
    return { trigger: stop.trigger, location };
  }

  fail(job: FakeJob, exception: string): void {
    job.state = "FAILED";
    job.exception = exception;
  }

  async startTaskManagers(staying: Staying, registered: ReadonlySet<string>): Promise<void> {
    for (const id of await this.missingTaskManagers(staying, registered)) this.start(id);
  }

  async missingTaskManagers(staying: Staying, registered: ReadonlySet<string>): Promise<string[]> {
    const known = "atLeast" in staying ? [...this.taskManagers.keys()] : staying;
    return known.filter((id) => !registered.has(id));
  }

  dismiss(client: FlinkRestClient, staying: Staying, patienceMs: number): Promise<void> {
    return dismissOthers(client, staying, patienceMs, (id) => this.stopTaskManager(id));
  }

  async stopTaskManager(id: string): Promise<void> {
    this.stopped.push(id);
    const taskManager = this.taskManagers.get(id);
    if (taskManager !== undefined && !this.stubborn.has(id)) taskManager.running = false;
    const held = this.live().filter((job) => job.placement.includes(id));
    if (held.length > 0) this.violations.push(`${id} was stopped under a job`);
  }

  async restartTaskManager(id: string): Promise<void> {
    this.start(id);
  }

  async snapshots(folders: readonly string[]): Promise<SnapshotFile[]> {
    return this.files.filter((file) =>
      folders.some((folder) => file.path.startsWith(`file://${folder}/`)),
    );
  }

  private start(id: string): void {
    this.started.push(id);
    const taskManager = this.taskManagers.get(id);
    if (taskManager !== undefined) taskManager.running = true;
  }

  private snapshot(job: FakeJob, folder: string): string {
    job.position += 1;
    this.committed = Math.max(this.committed, job.position);
    const path = `file://${folder}`;
    this.files.push({ path, modifiedMs: this.clock++, position: job.position });
    return path;
  }
}
