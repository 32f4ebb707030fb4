import { prepareImages } from "../images/prepare";
import { COLLECTOR_IMAGE, IMAGE_VERSIONS } from "../images/versions";
import { buildJobs } from "../jobs/build";
import { say, step } from "../progress";
import { ensureDocker } from "./docker-engine";
import { readOptions, runMain } from "./main";
import { ensureToolchain, type Toolchain, type ToolchainOptions } from "./toolchain";

const HELP = `Usage: npm run setup [-- --kubernetes] [--collector]

Makes this machine ready: Pulumi and its providers, a Docker engine, what the images are
built from, and the jobs. Does nothing where all is there; may be interrupted and repeated.

  --kubernetes   also the Kubernetes provider, which is large
  --collector    also what the CDC collector's image is built from: a download of 550 MB
  --help         this text
`;

/**
 * Makes the machine ready for `pulumi up`: toolchain, Docker engine, image contexts, jobs. Safe to repeat and to run
 * beside another run. Throws UserError where something must be done by hand.
 */
export async function setup(
  options: ToolchainOptions & { collector?: boolean } = {},
): Promise<Toolchain> {
  const toolchain = await ensureToolchain(options);
  await ensureDocker();
  const images = [...IMAGE_VERSIONS, ...(options.collector ? [COLLECTOR_IMAGE] : [])];
  await step("images: what they are built from", () => prepareImages(images));
  await step("jobs: jars", buildJobs);
  return toolchain;
}

async function main(): Promise<number> {
  const options = readOptions(HELP, {
    kubernetes: { type: "boolean", default: false },
    collector: { type: "boolean", default: false },
  });
  if (options === undefined) return 0;
  await setup(options);
  say('Ready. Next: npm run demo, or eval "$(npm run -s shellenv)" and use pulumi.');
  return 0;
}

if (require.main === module) runMain(main);
