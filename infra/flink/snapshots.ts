import * as path from "node:path";
import type { ClusterHost } from "./cluster-host";

export interface SnapshotSearch {
  /** Jobs of the lineage. */
  jobIds: readonly string[];
  /** Folder under which each job keeps its checkpoints, without scheme. */
  checkpointFolder: string;
  /** Folder of the lineage's savepoints, without scheme. */
  savepointFolder: string;
  /** A snapshot of the lineage that may lie elsewhere, as Flink takes it for `savepointPath`. */
  known?: string;
}

/**
 * The newest completed snapshot of a lineage; undefined where none was ever completed.
 *
 * The storage is asked, not the JobManager: it forgets when it restarts. The newest counts whatever its kind:
 * a savepoint older than a checkpoint would count again what was committed between them.
 */
export async function newestSnapshot(
  host: Pick<ClusterHost, "snapshots">,
  search: SnapshotSearch,
): Promise<string | undefined> {
  const folders = [
    ...search.jobIds.map((id) => `${search.checkpointFolder}/${id}`),
    search.savepointFolder,
    ...(search.known === undefined ? [] : [folderOf(search.known)]),
  ];
  const found = await host.snapshots([...new Set(folders)]);
  return found.sort((a, b) => b.modifiedMs - a.modifiedMs)[0]?.path;
}

function folderOf(snapshot: string): string {
  return path.posix.dirname(snapshot.replace(/^file:(\/\/)?/, ""));
}
