import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../errors";
import { exec, tryExec } from "../exec";
import { buildJobs, jobJar, JOBS } from "../jobs/build";
import { dockerProvider, kubernetesProvider, pulumiTool } from "../toolchain/catalog";
import { cacheDir } from "../toolchain/paths";
import { ensureTool, toolDir } from "../toolchain/tools";
import { VERSIONS } from "../toolchain/versions";

/** Whole seconds: an image keeps no smaller part of a file's time, by which the tools are known again. */
const FILE_TIME = new Date("2020-01-01T00:00:00Z");

/**
 * Builds the image of a conductor that runs in a cluster, with Pulumi, its providers and the jobs in it.
 *
 * @param conductor tag of the conductor's image, which it starts from
 */
export async function buildConductorInCluster(conductor: string, tag: string): Promise<void> {
  const context = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-conductor-"));
  try {
    fs.cpSync(path.join(__dirname, "conductor-in-cluster"), context, { recursive: true });
    await copyTools(path.join(context, "cache"));
    await copyJobs(path.join(context, "cache"));
    const from = ["--build-arg", `CONDUCTOR=${conductor}`];
    await exec("docker", ["build", "--tag", tag, ...from, context]);
  } finally {
    fs.rmSync(context, { recursive: true, force: true });
  }
}

async function copyTools(cache: string): Promise<void> {
  for (const tool of [pulumiTool, dockerProvider, kubernetesProvider]) {
    const { executables } = await ensureTool(tool);
    const folder = path.join(cache, path.relative(cacheDir(), toolDir(tool)));
    fs.mkdirSync(folder, { recursive: true });
    for (const executable of executables) {
      const copy = path.join(folder, path.basename(executable));
      fs.copyFileSync(executable, copy);
      fs.utimesSync(copy, FILE_TIME, FILE_TIME);
    }
  }
}

async function copyJobs(cache: string): Promise<void> {
  await buildJobs();
  for (const job of JOBS) {
    for (const release of VERSIONS.flink) {
      const folder = path.dirname(jobJar(job, release));
      const to = path.join(cache, path.relative(cacheDir(), folder));
      fs.cpSync(folder, to, { recursive: true });
    }
  }
}

/** `docker push` says last under which digest the registry keeps it. */
const DIGEST = /digest: (sha256:[0-9a-f]{64})/;

/** Pushes an image of this machine's engine, and gives its reference by digest. Throws UserError. */
export async function pushImage(tag: string, repository: string): Promise<string> {
  const target = `${repository}:${tag.split(":").at(-1)}`;
  await exec("docker", ["tag", tag, target]);
  const { code, stdout, stderr } = await tryExec("docker", ["push", target]);
  const digest = DIGEST.exec(stdout)?.[1];
  if (code === 0 && digest !== undefined) return `${repository}@${digest}`;
  throw new UserError(
    `The image ${target} can't be pushed: ${stderr.trim() || stdout.trim()}. ` +
      "Fix: see that its registry runs and that this machine may push there (docker login), then run again.",
  );
}
