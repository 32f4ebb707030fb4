import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { withLock } from "../cached";
import { exec, tryExec } from "../exec";
import { cacheDir } from "../toolchain/paths";

/** A folder beside this file with a Dockerfile, and what it is built with. */
export interface Build {
  recipe: string;
  tag: string;
  args?: Readonly<Record<string, string>>;
  /** Puts what the Dockerfile copies into the folder that it is built in. */
  prepare?: (context: string) => Promise<void>;
}

/** Builds an image in the engine, whether it is there or not. */
export async function buildImage({ recipe, tag, args = {}, prepare }: Build): Promise<void> {
  const context = fs.mkdtempSync(path.join(os.tmpdir(), `flinktide-${recipe}-`));
  const given = Object.entries(args).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
  try {
    fs.cpSync(path.join(__dirname, recipe), context, { recursive: true });
    await prepare?.(context);
    await exec("docker", ["build", "--tag", tag, ...given, context]);
  } finally {
    fs.rmSync(context, { recursive: true, force: true });
  }
}

/** Builds it unless its tag, which changes with all that goes into it, is in the engine. Gives the tag. */
export async function ensureImage(build: Build): Promise<string> {
  if (await isInEngine(build.tag)) return build.tag;
  await withLock(cacheDir("images", build.recipe), async () => {
    if (!(await isInEngine(build.tag))) await buildImage(build);
  });
  return build.tag;
}

export async function isInEngine(tag: string): Promise<boolean> {
  return (await tryExec("docker", ["image", "inspect", "--format", "{{.Id}}", tag])).code === 0;
}
