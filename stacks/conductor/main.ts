import { readOptions, runMain } from "../../infra/toolchain/main";
import { assemble } from "./assemble";
import { readPlatform } from "./catalog";
import { runCommand } from "./commands";
import { HELP, OPTIONS, settingsFrom } from "./options";
import { readyFor } from "./ready";
import { runForever, runOnce } from "./run";

async function main(): Promise<number> {
  const code = await runCommand(process.argv.slice(2));
  if (code !== undefined) return code;
  const options = readOptions(HELP, OPTIONS);
  if (options === undefined) return 0;
  const settings = settingsFrom(options);
  const env = await readyFor(await readPlatform(settings.environment, settings.folder));
  Object.assign(process.env, env);
  const assembled = await assemble(settings, env);
  return settings.once ? runOnce(assembled, settings) : runForever(assembled);
}

if (require.main === module) runMain(main);
