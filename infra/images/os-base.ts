import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { withLock } from "../cached";
import { UserError } from "../errors";
import { exec, tryExec } from "../exec";
import { step } from "../progress";
import { cacheDir } from "../toolchain/paths";
import { VERSIONS } from "../toolchain/versions";
import { isInEngine } from "./build-image";
import { debianMirror, ensureProgram } from "./debian";

/** A pull that has not finished by then is given up for a base made on this machine. */
const PULL_TIMEOUT_MS = 120_000;

/** As in Debian's own slim image: no manuals, no translations; copyright files stay. */
const SLIM_DPKG_CONFIG = [
  "path-exclude /usr/share/doc/*",
  "path-include /usr/share/doc/*/copyright",
  "path-exclude /usr/share/info/*",
  "path-exclude /usr/share/locale/*",
  "path-exclude /usr/share/man/*",
  "",
].join("\n");

/**
 * Makes sure that the engine has the OS base under `tag`: already there, else pulled, else made with debootstrap from
 * the Debian mirror of this machine's apt. Throws UserError where neither works.
 */
export async function ensureOsBase(tag: string): Promise<void> {
  if (await isInEngine(tag)) return;
  await withLock(cacheDir("images", "os-base"), async () => {
    if (await isInEngine(tag)) return;
    await step(`getting the base image ${tag}`, async () => {
      const pull = await tryExec("docker", ["pull", "--quiet", tag], {
        timeoutMs: PULL_TIMEOUT_MS,
      });
      if (pull.code !== 0) await bootstrap(tag);
    });
  });
}

async function bootstrap(tag: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new UserError(
      `the image ${tag} can't be pulled, and making it here needs root. Fix: allow access to the registry, or run \`npm run setup\` once as root.`,
    );
  }
  await ensureProgram("debootstrap", ["debootstrap"]);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-base-"));
  const root = path.join(work, "root");
  const archive = path.join(work, "root.tar");
  try {
    const mirror = debianMirror();
    await exec("debootstrap", [
      "--variant=minbase",
      VERSIONS.debian,
      root,
      ...(mirror === undefined ? [] : [mirror]),
    ]);
    slim(root);
    await exec("tar", ["-C", root, "-cf", archive, "."]);
    await exec("docker", ["import", "--change", 'CMD ["bash"]', archive, tag]);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

function slim(root: string): void {
  for (const folder of ["doc", "man", "info", "locale"]) emptyFolder(root, "usr/share", folder);
  for (const folder of ["cache/apt", "lib/apt/lists", "log"]) emptyFolder(root, "var", folder);
  const config = path.join(root, "etc/dpkg/dpkg.cfg.d/slim");
  fs.mkdirSync(path.dirname(config), { recursive: true });
  fs.writeFileSync(config, SLIM_DPKG_CONFIG);
}

function emptyFolder(...parts: string[]): void {
  const folder = path.join(...parts);
  for (const entry of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    const child = path.join(folder, entry);
    if (entry !== "copyright") fs.rmSync(child, { recursive: true, force: true });
  }
}
