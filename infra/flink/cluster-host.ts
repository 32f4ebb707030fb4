import { z } from "zod";
import { UserError } from "../errors";
import { dismissOthers } from "./leave";
import type { FlinkRestClient } from "./rest-client";
import { exec, ExecError, tryExec, type ExecResult } from "../exec";

/** A completed checkpoint or savepoint as it lies on the cluster's storage. */
export interface SnapshotFile {
  /** Folder that holds `_metadata`, as Flink takes it for `savepointPath`. */
  path: string;
  modifiedMs: number;
}

/** The TaskManagers that stay, by id, and no other; or any, of which there are to be so many. */
export const stayingSchema = z.union([
  z.array(z.string()),
  z.strictObject({ atLeast: z.int().nonnegative() }),
]);
export type Staying = z.output<typeof stayingSchema>;

/** False for a TaskManager that the job has to leave. */
export function stays(id: string, staying: Staying): boolean {
  return "atLeast" in staying || staying.includes(id);
}

/** What a job's restart needs of the place its cluster runs on. */
export interface ClusterHost {
  /**
   * Brings up the TaskManagers that should be there and are not `registered`: starts those that don't run, and
   * restarts those that are older than the JobManager. They still serve the JobManager before it, and would until the
   * heartbeat times out. Does not wait until they are registered.
   */
  startTaskManagers(staying: Staying, registered: ReadonlySet<string>): Promise<void>;
  /** Those that should be there and are not registered, each with what is known of it; for people. */
  missingTaskManagers(staying: Staying, registered: ReadonlySet<string>): Promise<string[]>;
  /**
   * Lets the TaskManagers go that are not to stay, for good. None goes on which anything runs: what runs there may
   * leave for `patienceMs`.
   */
  dismiss(client: FlinkRestClient, staying: Staying, patienceMs: number): Promise<void>;
  /**
   * Starts a TaskManager anew, whatever it does: also one that is frozen, paused or not running. Its tasks are lost.
   * Throws MissingTaskManagerError where there is none to restart and nothing makes another.
   */
  restartTaskManager(id: string): Promise<void>;
  /** All completed snapshots below the folders, in no order. */
  snapshots(folders: readonly string[]): Promise<SnapshotFile[]>;
}

/** There is no such TaskManager on its host: only an update of the stack makes it again. */
export class MissingTaskManagerError extends UserError {
  constructor(readonly id: string) {
    super(
      `The TaskManager ${id} can't be restarted: there is no container of that name. ` +
        "Fix: run pulumi up --refresh on the tenant's stack, which creates it again.",
    );
    this.name = "MissingTaskManagerError";
  }
}

const STOP_GRACE_SECONDS = "10";
/** Nothing that a TaskManager does which is frozen, or of a lost JobManager, is worth waiting for. */
const RESTART_GRACE_SECONDS = "1";

const stateSchema = z.object({ Running: z.boolean(), StartedAt: z.iso.datetime() });

async function inspect(container: string): Promise<z.output<typeof stateSchema>> {
  const state = await exec("docker", ["inspect", "--format", "{{json .State}}", container]);
  return stateSchema.parse(JSON.parse(state));
}

/** A cluster of Docker containers; a TaskManager's id is its container's name. */
export class DockerClusterHost implements ClusterHost {
  constructor(private readonly jobManager: string) {}

  async startTaskManagers(staying: Staying, registered: ReadonlySet<string>): Promise<void> {
    const away = awayOf(staying, registered);
    await Promise.all(away.map((id) => this.start(id).catch(() => undefined)));
  }

  async missingTaskManagers(staying: Staying, registered: ReadonlySet<string>): Promise<string[]> {
    return awayOf(staying, registered);
  }

  dismiss(client: FlinkRestClient, staying: Staying, patienceMs: number): Promise<void> {
    return dismissOthers(client, staying, patienceMs, (id) => this.stopTaskManager(id));
  }

  async stopTaskManager(id: string): Promise<void> {
    await exec("docker", ["stop", "--time", STOP_GRACE_SECONDS, id]);
  }

  async restartTaskManager(id: string): Promise<void> {
    const args = ["restart", "--time", RESTART_GRACE_SECONDS, id];
    const result = await tryExec("docker", args);
    if (result.code === 0) return;
    if (result.stderr.includes(`No such container: ${id}`)) throw new MissingTaskManagerError(id);
    throw new ExecError(`docker ${args.join(" ")}`, result);
  }

  async snapshots(folders: readonly string[]): Promise<SnapshotFile[]> {
    const args = ["exec", this.jobManager, ...findSnapshots(folders)];
    const found = await tryExec("docker", args);
    const { stderr } = found;
    if (hasFailed(found)) {
      throw new UserError(
        `The snapshots in ${this.jobManager} can't be listed: ${stderr.trim()}. ` +
          `Fix: start the container (docker start ${this.jobManager}), then run again.`,
      );
    }
    return parseFind(found.stdout);
  }

  private async start(id: string): Promise<void> {
    const [taskManager, jobManager] = await Promise.all([inspect(id), inspect(this.jobManager)]);
    if (!taskManager.Running) await exec("docker", ["start", id]);
    else if (taskManager.StartedAt < jobManager.StartedAt) {
      await this.restartTaskManager(id);
    }
  }
}

/** Containers have names of their own; of a mere number none is missed. */
function awayOf(staying: Staying, registered: ReadonlySet<string>): string[] {
  return "atLeast" in staying ? [] : staying.filter((id) => !registered.has(id));
}

/** A command that lists completed snapshots, for parseFind. */
export function findSnapshots(folders: readonly string[]): string[] {
  return ["find", ...folders, "-name", "_metadata", "-printf", "%T@ %h\\n"];
}

/** find's code is 1 where a folder does not exist: then it holds no snapshot. */
export function hasFailed({ code, stderr }: ExecResult): boolean {
  return code !== 0 && !stderr.includes("No such file or directory");
}

export function parseFind(output: string): SnapshotFile[] {
  return output
    .split("\n")
    .map((line) => /^(\d+\.?\d*) (\/.+)$/.exec(line))
    .flatMap((m) =>
      m?.[1] && m[2] ? [{ path: `file://${m[2]}`, modifiedMs: Number(m[1]) * 1000 }] : [],
    );
}
