import * as path from "node:path";
import { exec } from "../exec";
import { ensureProgram } from "../images/debian";
import { go } from "../toolchain/go-module";

/** Beside go.mod: what is changed in the upstream module before it is built. */
const PATCH = "upstream.patch";

/**
 * Makes the copy of one of our modules build from an upstream module with our patch on it. The upstream module's
 * checksum, as go.sum has it, is verified before.
 */
export async function patchUpstream(copy: string, module: string): Promise<void> {
  await ensureProgram("git", ["git"]);
  await go(copy, ["mod", "download", module]);
  const original = (await go(copy, ["list", "-m", "-f", "{{.Dir}}", module])).trim();
  const upstream = path.join(copy, "upstream");
  await exec("cp", ["-r", original, upstream]);
  await exec("chmod", ["-R", "u+w", upstream]);
  // In a repository around it, git would look for the files from that one's top.
  const env = { GIT_CEILING_DIRECTORIES: copy };
  await exec("git", ["apply", "-p1", path.join(copy, PATCH)], { cwd: upstream, env });
  await go(copy, ["mod", "edit", `-replace=${module}=./upstream`]);
}
