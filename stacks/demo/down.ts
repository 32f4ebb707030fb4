import * as fs from "node:fs";
import { say, step } from "../../infra/progress";
import { ensureDocker } from "../../infra/toolchain/docker-engine";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { stateDir } from "../../infra/toolchain/paths";
import { ensureToolchain } from "../../infra/toolchain/toolchain";
import { conductorPaths } from "../conductor/paths";
import { requireNoConductor } from "../conductor/running";
import { broughtCluster, removeCluster } from "../../infra/cluster/cluster";
import { clusterLayout } from "../../infra/cluster/layout";
import { removeByLabel, removeJournals, removeFromCluster } from "../driver/cleanup";
import { Environment } from "../driver/environment";
import { breakLock } from "../driver/pulumi-lock";

const HELP = `Usage: npm run down

Removes what the demo made. The environment dev: its stacks, containers, network, volumes, state, and
what the conductor kept of it. The environment kube, where there is one: its stacks and namespaces,
and the cluster, if it was made on this machine. A conductor that runs is to be ended first. Images
and the tools that were downloaded or built stay in the cache.

  --help   this text
`;

const PLATFORM = "dev";

const KUBERNETES = "kube";

async function main(): Promise<number> {
  if (readOptions(HELP, {}) === undefined) return 0;
  await requireNoConductor(PLATFORM, "would bring up again what is removed");
  const { env } = await ensureToolchain();
  Object.assign(process.env, env);
  await ensureDocker();
  const environment = new Environment({ env, configDir: stateDir("demo") });
  await removeStacks(environment, PLATFORM, env.PULUMI_BACKEND_URL ?? "");
  await step("removing what is left", () => removeByLabel(PLATFORM));
  removeJournals(PLATFORM);
  fs.rmSync(conductorPaths(PLATFORM).folder, { recursive: true, force: true });
  await removeFromKubernetes(environment);
  fs.rmSync(stateDir("demo"), { recursive: true, force: true });
  say("Nothing of the demo is left.");
  return 0;
}

async function removeStacks(
  environment: Environment,
  platform: string,
  backendUrl: string,
): Promise<void> {
  for (const stack of await environment.stacksOf(platform)) {
    await breakLock(backendUrl, stack);
    environment.copyStackFile(stack);
    const gone = await step(`removing ${stack}`, () => environment.destroy(stack));
    if (!gone.ok)
      say(`   ${stack} did not go by itself (${gone.errors.join("; ")}); removing its containers`);
    await environment.remove(stack);
  }
}

/** With its namespaces all goes that the stacks know of; a cluster made here goes as a whole. */
async function removeFromKubernetes(environment: Environment): Promise<void> {
  const own = clusterLayout().kubeconfig;
  const stacks = await environment.stacksOf(KUBERNETES);
  if (stacks.length > 0 && broughtCluster(own) !== undefined)
    await step(`removing ${KUBERNETES}`, () => removeFromCluster(KUBERNETES));
  for (const stack of stacks) await environment.remove(stack);
  if (fs.existsSync(own)) await removeCluster();
}

if (require.main === module) runMain(main);
