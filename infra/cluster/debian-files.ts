import * as fs from "node:fs";
import * as path from "node:path";
import { cached } from "../cached";
import { UserError } from "../errors";
import { exec, tryExec } from "../exec";
import { onPath } from "../images/debian";
import { step } from "../progress";
import { cacheDir } from "../toolchain/paths";
import { VERSIONS } from "../toolchain/versions";

/**
 * The files of Debian packages, unpacked but not installed: nothing is configured and no service starts.
 * Gives the folder that holds them as `/` would. Throws UserError where there is no apt.
 */
export async function debianFiles(packages: readonly string[]): Promise<string> {
  const name = ["debian", VERSIONS.debian, process.arch, ...packages].join("-");
  return cached(cacheDir("downloads", name), (folder) =>
    step(`getting ${packages.join(", ")} from Debian`, () => unpackAll(packages, folder)),
  );
}

async function unpackAll(packages: readonly string[], folder: string): Promise<void> {
  if (!onPath("apt-get") || !onPath("dpkg-deb")) {
    throw new UserError(
      `${packages.join(", ")} are needed, and this machine has no apt to get them with. Fix: set KUBECONFIG to a cluster that runs, or use Debian or Ubuntu.`,
    );
  }
  const downloads = path.join(folder, "downloads");
  fs.mkdirSync(downloads, { recursive: true });
  await download(packages, downloads);
  for (const file of fs.readdirSync(downloads).filter((name) => name.endsWith(".deb"))) {
    await exec("dpkg-deb", ["-x", path.join(downloads, file), folder]);
  }
  fs.rmSync(downloads, { recursive: true });
}

async function download(packages: readonly string[], folder: string): Promise<void> {
  const args = ["download", "-qq", ...packages];
  if ((await tryExec("apt-get", args, { cwd: folder })).code === 0) return;
  await exec("apt-get", ["update", "-qq"]);
  await exec("apt-get", args, { cwd: folder });
}
