import * as fs from "node:fs";
import * as path from "node:path";
import { cached } from "../../infra/cached";
import { UserError } from "../../infra/errors";
import { exec, tryExec } from "../../infra/exec";
import { onPath } from "../../infra/images/debian";
import { cacheDir } from "../../infra/toolchain/paths";
import { VERSIONS } from "../../infra/toolchain/versions";

/** Path of the promtool that belongs to the image's Prometheus, taken out of the same Debian package once. */
export async function promtool(): Promise<string> {
  if (onPath("promtool")) return "promtool";
  if (!onPath("apt-get")) {
    throw new UserError(
      "`promtool` is missing. Fix: install Prometheus, so that it is on the PATH.",
    );
  }
  const target = cacheDir("downloads", `prometheus-${VERSIONS.prometheus}-debian`);
  return path.join(await cached(target, unpackPrometheus), "usr", "bin", "promtool");
}

/** Not installed: Debian would start the server. */
async function unpackPrometheus(folder: string): Promise<void> {
  fs.mkdirSync(folder);
  const args = ["download", "-qq", "prometheus"];
  if ((await tryExec("apt-get", args, { cwd: folder })).code !== 0) {
    await exec("apt-get", ["update", "-qq"]);
    await exec("apt-get", args, { cwd: folder });
  }
  const [file] = fs.readdirSync(folder).filter((name) => name.endsWith(".deb"));
  if (file === undefined) throw new Error("apt-get downloaded no prometheus");
  await exec("dpkg-deb", ["-x", path.join(folder, file), folder]);
  fs.rmSync(path.join(folder, file));
}
