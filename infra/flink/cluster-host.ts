import { z } from "zod";
import { UserError } from "../errors";
import { exec, ExecError, tryExec } from "../exec";

/** A completed checkpoint or savepoint as it lies on the cluster's storage. */
export interface SnapshotFile {
  /** Folder that holds `_metadata`, as Flink takes it for `savepointPath`. */
  path: string;
  modifiedMs: number;
}

/** What a job's restart needs of the place its cluster runs on. */
export interface ClusterHost {
  /**
   * Brings up a TaskManager that is not registered: starts one that does not run, and restarts one that is older than
   * the JobManager. That one still serves the JobManager before it, and would until the heartbeat times out.
   */
  startTaskManager(id: string): Promise<void>;
  /** Asks a TaskManager to leave: it signs off from the JobManager at once. */
  stopTaskManager(id: string): Promise<void>;
  /**
   * Starts a TaskManager anew, whatever it does: also one that is frozen, paused or not running. Its tasks are lost.
   * Throws MissingTaskManagerError where there is none to restart.
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

export const dockerHostSchema = z.strictObject({
  /** Name of the JobManager's container; it sees the checkpoint and savepoint volumes. */
  jobManager: z.string().min(1),
});

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

  async startTaskManager(id: string): Promise<void> {
    const [taskManager, jobManager] = await Promise.all([inspect(id), inspect(this.jobManager)]);
    if (!taskManager.Running) await exec("docker", ["start", id]);
    else if (taskManager.StartedAt < jobManager.StartedAt) {
      await this.restartTaskManager(id);
    }
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
    const find = ["find", ...folders, "-name", "_metadata", "-printf", "%T@ %h\\n"];
    // find's code is 1 where a folder does not exist: then it holds no snapshot.
    const { stdout, stderr, code } = await tryExec("docker", ["exec", this.jobManager, ...find]);
    if (code !== 0 && !stderr.includes("No such file or directory")) {
      throw new UserError(
        `The snapshots in ${this.jobManager} can't be listed: ${stderr.trim()}. ` +
          `Fix: start the container (docker start ${this.jobManager}), then run again.`,
      );
    }
    return parseFind(stdout);
  }
}

export function parseFind(output: string): SnapshotFile[] {
  return output
    .split("\n")
    .map((line) => /^(\d+\.?\d*) (\/.+)$/.exec(line))
    .flatMap((m) =>
      m?.[1] && m[2] ? [{ path: `file://${m[2]}`, modifiedMs: Number(m[1]) * 1000 }] : [],
    );
}
