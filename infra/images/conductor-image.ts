import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { say, step } from "../progress";
import { ensureDocker } from "../toolchain/docker-engine";
import { readOptions, runMain } from "../toolchain/main";
import { PROJECT_DIR } from "../toolchain/paths";
import { buildConductorInCluster, pushImage } from "./conductor-in-cluster";
import { buildProject, ensureRuntime } from "./conductor-layers";

const HELP = `Usage: npm run conductor:image -- [--cluster] [--push REGISTRY]

Builds the conductor's image from this checkout. docs/conductor.md says how to run it.

  --cluster        the one that runs in a cluster: with Pulumi, its providers and the jobs in it
  --push REGISTRY  pushes that one to REGISTRY/conductor, such as registry.example.com/team, and
                   prints what to give as kubernetes.conductor.image
  --help           this text
`;

const OPTIONS = { cluster: { type: "boolean", default: false }, push: { type: "string" } } as const;

const packageSchema = z.object({ version: z.string() });

/** Builds the conductor's image from this checkout and gives its tag. */
export async function buildConductorImage(): Promise<string> {
  const file = fs.readFileSync(path.join(PROJECT_DIR, "package.json"), "utf8");
  const { version } = packageSchema.parse(JSON.parse(file));
  const tag = `flinktide/conductor:${version}`;
  await buildProject(await ensureRuntime(), tag);
  return tag;
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
  await step("building the one for a cluster", () => buildConductorInCluster(tag));
  say(`Built as ${tag}; docs/kubernetes.md says how to run it.`);
  if (registry === undefined) return;
  const repository = `${registry}/conductor`;
  const reference = await step(`pushing it to ${repository}`, () => pushImage(tag, repository));
  process.stdout.write(`${reference}\n`);
}

if (require.main === module) runMain(main);
