import * as os from "node:os";
import * as path from "node:path";

/** The checkout's top folder. */
export const PROJECT_DIR = path.resolve(__dirname, "..", "..");

/** What can be made again: tools, image contexts, downloads. `$FLINKTIDE_CACHE`, else `$XDG_CACHE_HOME/flinktide`. */
export function cacheDir(...parts: string[]): string {
  const base =
    process.env.FLINKTIDE_CACHE ??
    path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "flinktide");
  return path.join(base, ...parts);
}

/**
 * What must survive: Pulumi's state and the job journals. `$FLINKTIDE_STATE`, else `$XDG_STATE_HOME/flinktide`.
 * Never inside the checkout.
 */
export function stateDir(...parts: string[]): string {
  const base =
    process.env.FLINKTIDE_STATE ??
    path.join(
      process.env.XDG_STATE_HOME ?? path.join(os.homedir(), ".local", "state"),
      "flinktide",
    );
  return path.join(base, ...parts);
}
