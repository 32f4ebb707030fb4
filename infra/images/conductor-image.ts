import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { z } from "zod";
import { cached } from "../cached";
import { textHash } from "../content-hash";
import { exec } from "../exec";
import { say, step } from "../progress";
import { ensureDocker } from "../toolchain/docker-engine";
import { readOptions, runMain } from "../toolchain/main";
import { cacheDir, PROJECT_DIR } from "../toolchain/paths";
import { VERSIONS } from "../toolchain/versions";
import { buildConductorInCluster, pushImage } from "./conductor-in-cluster";
import { ensureOsBase } from "./os-base";
import { OS_BASE } from "./versions";

const HELP = `Usage: npm run conductor:image -- [--cluster] [--push REGISTRY]

Builds the conductor's image from this checkout. docs/conductor.md says how to run it.

  --cluster        the one that runs in a cluster: with Pulumi, its providers and the jobs in it
  --push REGISTRY  pushes that one to REGISTRY/conductor, such as registry.example.com/team, and
                   prints what to give as kubernetes.conductor.image
  --help           this text
`;

const OPTIONS = { cluster: { type: "boolean", default: false }, push: { type: "string" } } as const;

/** What a running conductor needs of a checkout. Not the stack files: those are mounted. */
const PROJECT_FILES = ["infra", "policies", "stacks", "package.json", "Pulumi.yaml"];

const packageSchema = z.object({ version: z.string() });

/** Builds the conductor's image from this checkout and gives its tag. */
export async function buildConductorImage(): Promise<string> {
  const { version } = packageSchema.parse(JSON.parse(projectFile("package.json")));
  const tag = `flinktide/conductor:${version}`;
  const context = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-conductor-"));
  try {
    await prepareConductorContext(context);
    await ensureOsBase(OS_BASE);
    await exec("docker", ["build", "--tag", tag, context]);
    return tag;
  } finally {
    fs.rmSync(context, { recursive: true, force: true });
  }
}

/** Fills a folder with the Dockerfile and all it copies. */
export async function prepareConductorContext(context: string): Promise<void> {
  fs.cpSync(path.join(__dirname, "conductor"), context, { recursive: true });
  for (const name of PROJECT_FILES) {
    fs.cpSync(path.join(PROJECT_DIR, name), path.join(context, "project", name), {
      recursive: true,
    });
  }
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

function projectFile(name: string): string {
  return fs.readFileSync(path.join(PROJECT_DIR, name), "utf8");
}

async function main(): Promise<number> {
  const options = readOptions(HELP, OPTIONS);
  if (options === undefined) return 0;
  const { cluster, push } = options;
  await ensureDocker();
  const tag = await step("building the conductor's image", buildConductorImage);
  say(`Built as ${tag}; docs/conductor.md says how to run it.`);
  if (cluster || push !== undefined) await forCluster(tag, push);
  return 0;
}

async function forCluster(conductor: string, registry: string | undefined): Promise<void> {
  const tag = conductor.replace(":", "-in-cluster:");
  await step("adding what updates need in a cluster", () =>
    buildConductorInCluster(conductor, tag),
  );
  say(`Built as ${tag}; docs/kubernetes.md says how to run it.`);
  if (registry === undefined) return;
  const repository = `${registry}/conductor`;
  const reference = await step(`pushing it to ${repository}`, () => pushImage(tag, repository));
  process.stdout.write(`${reference}\n`);
}

if (require.main === module) runMain(main);
