import { UserError } from "../errors";
import { exec, tryExec } from "../exec";
import { buildImage } from "./build-image";
import { buildProject, ensureTools } from "./conductor-layers";

/** Builds the image of a conductor that runs in a cluster, with Pulumi, its providers and the jobs in it. */
export async function buildConductorInCluster(tag: string): Promise<void> {
  await buildProject(await ensureTools(), tag);
  await buildImage({ recipe: "conductor-in-cluster", tag, args: { CONDUCTOR: tag } });
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
