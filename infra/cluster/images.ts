import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import axios from "axios";
import { textHash } from "../content-hash";
import { exec, tryExec } from "../exec";
import { moduleKey, ensureBuilt, type GoModule } from "../toolchain/go-module";

/** What a manifest may be; a registry answers with the one that an engine pushed. */
const MANIFEST_TYPES = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
].join(", ");

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Pushes an image of this machine's Docker engine to the cluster's registry. Gives its reference by digest, good for
 * the engine here and for the cluster's nodes alike: `127.0.0.1:5005/flinktide/flink@sha256:...`.
 *
 * @param registry `host:port`, as a Cluster has it
 * @param image a tag of the engine's, for instance `flinktide/flink:1.14.6-fd4496a1`
 */
export async function publishImage(registry: string, image: string): Promise<string> {
  const target = `${registry}/${image}`;
  await exec("docker", ["tag", image, target]);
  try {
    await exec("docker", ["push", "--quiet", target]);
  } finally {
    await tryExec("docker", ["rmi", target]);
  }
  return pinned(registry, image);
}

/** The reference by digest of an image that the registry has. Throws where it has not. */
async function pinned(registry: string, image: string): Promise<string> {
  const digest = await digestOf(registry, image);
  if (digest === undefined) throw new Error(`the registry ${registry} has no ${image}`);
  return `${registry}/${splitTag(image).repository}@${digest}`;
}

/** The digest of an image's manifest, or undefined where the registry does not have it. */
async function digestOf(registry: string, image: string): Promise<string | undefined> {
  const { repository, tag } = splitTag(image);
  const { status, headers } = await axios.head(
    `http://${registry}/v2/${repository}/manifests/${tag}`,
    {
      headers: { Accept: MANIFEST_TYPES },
      // The registry is this machine's own.
      proxy: false,
      timeout: ANSWER_TIMEOUT_MS,
      validateStatus: (code) => code === 200 || code === 404,
    },
  );
  return status === 200 ? String(headers["docker-content-digest"]) : undefined;
}

/** `a/b:1` gives `a/b` and `1`; without a tag it is `latest`. */
export function splitTag(image: string): { repository: string; tag: string } {
  const [, repository = image, tag = "latest"] = /^(.*?)(?::([\w.-]+))?$/.exec(image) ?? [];
  return { repository, tag };
}

/**
 * An image with nothing but one of our Go programs, made and pushed unless the registry has it. Gives its reference by
 * digest.
 */
export async function ensureModuleImage(registry: string, module: GoModule): Promise<string> {
  const image = `flinktide/${module.executable}:${module.version}-${moduleKey(module)}`;
  return ensureImage(registry, image, [`ENTRYPOINT ["/${module.executable}"]`], async (root) => {
    fs.copyFileSync(await ensureBuilt(module), path.join(root, module.executable));
  });
}

/**
 * An image with a shell and small tools, of Debian's static busybox, as the user nobody. Gives its reference by digest.
 *
 * @param program busybox's executable
 */
export async function ensureToolbox(registry: string, program: string): Promise<string> {
  const image = `flinktide/toolbox:${textHash(`${program} ${fs.statSync(program).size}`)}`;
  const changes = ['CMD ["sh"]', "ENV PATH=/bin", "USER 65534"];
  return ensureImage(registry, image, changes, async (root) => {
    for (const folder of ["bin", "tmp"]) fs.mkdirSync(path.join(root, folder));
    fs.chmodSync(path.join(root, "tmp"), 0o1777);
    fs.copyFileSync(program, path.join(root, "bin", "busybox"));
    const tools = (await exec(program, ["--list"])).trim().split("\n");
    for (const tool of tools.filter((name) => name !== "busybox")) {
      fs.symlinkSync("busybox", path.join(root, "bin", tool));
    }
  });
}

async function ensureImage(
  registry: string,
  image: string,
  changes: readonly string[],
  fill: (root: string) => Promise<void>,
): Promise<string> {
  if ((await digestOf(registry, image)) !== undefined) return pinned(registry, image);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-image-"));
  try {
    const root = path.join(work, "root");
    fs.mkdirSync(root);
    await fill(root);
    const archive = path.join(work, "root.tar");
    await exec("tar", ["-C", root, "--owner=0", "--group=0", "-cf", archive, "."]);
    const options = changes.flatMap((change) => ["--change", change]);
    await exec("docker", ["import", ...options, archive, image]);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  const reference = await publishImage(registry, image);
  await tryExec("docker", ["rmi", image]);
  return reference;
}

/** Whether the registry answers. */
export async function registryAnswers(registry: string): Promise<boolean> {
  const options = { proxy: false, timeout: ANSWER_TIMEOUT_MS } as const;
  return axios.get(`http://${registry}/v2/`, options).then(
    () => true,
    () => false,
  );
}
