import * as fs from "node:fs";
import { say, step } from "../../infra/progress";
import { ensureDocker } from "../../infra/toolchain/docker-engine";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { stateDir } from "../../infra/toolchain/paths";
import { ensureToolchain } from "../../infra/toolchain/toolchain";
import { conductorPaths } from "../conductor/paths";
import { requireNoConductor } from "../conductor/running";
import { removeByLabel, removeJournals } from "../driver/cleanup";
import { Environment } from "../driver/environment";
import { breakLock } from "../driver/pulumi-lock";

const HELP = `Usage: npm run down

Removes the environment dev: its stacks, containers, network, volumes, state, and what the conductor
kept of it. A conductor that runs is to be ended first. Images and the tools that were downloaded
or built stay in the cache.

  --help   this text
`;

const PLATFORM = "dev";

async function main(): Promise<number> {
  if (readOptions(HELP, {}) === undefined) return 0;
  await requireNoConductor(PLATFORM, "would bring up again what is removed");
  const { env } = await ensureToolchain();
  Object.assign(process.env, env);
  await ensureDocker();
  const environment = new Environment({ env, configDir: stateDir("demo") });
  const stacks = (await environment.stacks()).filter(
    (s) => s === PLATFORM || s.startsWith(`${PLATFORM}-`),
  );
  const tenants = stacks.filter((stack) => stack !== PLATFORM);
  for (const stack of [...tenants, ...stacks.filter((stack) => stack === PLATFORM)]) {
    await breakLock(env.PULUMI_BACKEND_URL ?? "", stack);
    environment.copyStackFile(stack);
    const gone = await step(`removing ${stack}`, () => environment.destroy(stack));
    if (!gone.ok)
      say(`   ${stack} did not go by itself (${gone.errors.join("; ")}); removing its containers`);
    await environment.remove(stack);
  }
  await step("removing what is left", () => removeByLabel(PLATFORM));
  removeJournals(PLATFORM);
  fs.rmSync(conductorPaths(PLATFORM).folder, { recursive: true, force: true });
  fs.rmSync(stateDir("demo"), { recursive: true, force: true });
  say("Nothing of the environment dev is left.");
  return 0;
}

if (require.main === module) runMain(main);
