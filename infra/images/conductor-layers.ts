import * as fs from "node:fs";
import * as path from "node:path";
import { cached } from "../cached";
import { contentHash, textHash } from "../content-hash";
import { exec } from "../exec";
import { buildJobs, jobJar, JOBS } from "../jobs/build";
import { dockerProvider, kubernetesProvider, pulumiTool } from "../toolchain/catalog";
import { cacheDir, PROJECT_DIR } from "../toolchain/paths";
import { ensureTool, toolDir } from "../toolchain/tools";
import { VERSIONS } from "../toolchain/versions";
import { buildImage, ensureImage } from "./build-image";
import { ensureOsBase } from "./os-base";
import { OS_BASE } from "./versions";

/**
 * The conductor's image in layers, of which the upper ones change more often: Debian with Node and the packages, then
 * Pulumi, its providers and the jobs for a conductor in a cluster, then the project.
 */

/** What a running conductor needs of a checkout. Not the stack files: those are mounted. */
const PROJECT_FILES = ["infra", "policies", "stacks", "package.json", "Pulumi.yaml"];
/** Whole seconds: an image keeps no smaller part of a file's time, by which the tools are known again. */
const FILE_TIME = new Date("2020-01-01T00:00:00Z");

const recipe = (name: string) => path.join(__dirname, name);

/** Gives the tag of Debian with Node and the packages. */
export async function ensureRuntime(): Promise<string> {
  await ensureOsBase(OS_BASE);
  const name = "conductor-runtime";
  const key = contentHash(recipe(name), [projectFile("package-lock.json"), VERSIONS.node]);
  return ensureImage({ recipe: name, tag: `flinktide/${name}:${key}`, prepare: copyRuntime });
}

/** Gives the tag of the runtime with what updates need besides. */
export async function ensureTools(): Promise<string> {
  const runtime = await ensureRuntime();
  await buildJobs();
  const name = "conductor-tools";
  const folders = [...toolFolders(), ...jobFolders()];
  const tag = `flinktide/${name}:${contentHash(recipe(name), [runtime, ...folders])}`;
  const prepare = (context: string) => copyTools(path.join(context, "cache"));
  return ensureImage({ recipe: name, tag, args: { RUNTIME: runtime }, prepare });
}

/** Builds the project upon one of them. */
export async function buildProject(base: string, tag: string): Promise<void> {
  await buildImage({ recipe: "conductor", tag, args: { BASE: base }, prepare: copyProject });
}

async function copyProject(context: string): Promise<void> {
  for (const name of PROJECT_FILES) {
    fs.cpSync(path.join(PROJECT_DIR, name), path.join(context, "project", name), {
      recursive: true,
    });
  }
}

async function copyRuntime(context: string): Promise<void> {
  const lock = textHash(projectFile("package-lock.json"));
  const modules = cacheDir("downloads", `conductor-modules-${process.arch}-${lock}`);
  const node = cacheDir("downloads", `node-${process.arch}-${VERSIONS.node}`);
  await cached(modules, installModules);
  await cached(node, fetchNode);
  fs.cpSync(path.join(node, "bin", "node"), path.join(context, "node"));
  fs.cpSync(modules, path.join(context, "node_modules"), { recursive: true });
}

/** Without what only tests need, and without running anything of a package. */
async function installModules(folder: string): Promise<void> {
  const work = `${folder}.work`;
  fs.mkdirSync(work, { recursive: true });
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
    fs.copyFileSync(path.join(PROJECT_DIR, name), path.join(work, name));
  }
  const args = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  await exec("npm", [...args, "--loglevel=error"], { cwd: work });
  fs.renameSync(path.join(work, "node_modules"), folder);
  fs.rmSync(work, { recursive: true });
}

/** Node's own build, as npm's registry has it: Debian's is too old. */
async function fetchNode(folder: string): Promise<void> {
  fs.mkdirSync(folder);
  const name = `node-linux-${process.arch}@${VERSIONS.node}`;
  const packed = await exec("npm", ["pack", "--silent", "--pack-destination", folder, name]);
  const tarball = path.join(folder, packed.trim());
  await exec("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1", "package/bin/node"]);
  fs.rmSync(tarball);
}

const TOOLS = [pulumiTool, dockerProvider, kubernetesProvider];

/** Folders of the cache, relative to it, which are named by what is in them. */
function toolFolders(): string[] {
  return TOOLS.map((tool) => path.relative(cacheDir(), toolDir(tool)));
}

function jobFolders(): string[] {
  return JOBS.flatMap((job) =>
    VERSIONS.flink.map((release) => path.relative(cacheDir(), path.dirname(jobJar(job, release)))),
  );
}

async function copyTools(cache: string): Promise<void> {
  for (const tool of TOOLS) {
    const { executables } = await ensureTool(tool);
    const folder = path.join(cache, path.relative(cacheDir(), toolDir(tool)));
    fs.mkdirSync(folder, { recursive: true });
    for (const executable of executables) {
      const copy = path.join(folder, path.basename(executable));
      fs.copyFileSync(executable, copy);
      fs.utimesSync(copy, FILE_TIME, FILE_TIME);
    }
  }
  for (const folder of jobFolders()) {
    fs.cpSync(cacheDir(folder), path.join(cache, folder), { recursive: true });
  }
}

function projectFile(name: string): string {
  return fs.readFileSync(path.join(PROJECT_DIR, name), "utf8");
}
