import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Makes the folder of the conductor's metrics socket, and those above it where they are missing. Prometheus's user in
 * the container may enter it; the folders above it, which the container does not see, are this user's alone.
 */
export function makeMetricsFolder(folder: string): void {
  fs.mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
  fs.mkdirSync(folder, { recursive: true });
  // Whatever the umask is.
  fs.chmodSync(folder, 0o755);
}
