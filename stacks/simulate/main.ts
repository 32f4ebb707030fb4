import { readOptions, runMain } from "../../infra/toolchain/main";
import { compare } from "./compare";
import { HELP, OPTIONS } from "./help";
import { BUILT_IN } from "./load-traces";
import { settingsFrom, type Settings } from "./options";
import { give, type Output } from "./output";
import { CONTESTANTS } from "./registry";
import { whatIf } from "./what-if/command";
import { readTenant } from "./what-if/tenant-file";

async function main(): Promise<number> {
  followUser();
  const values = readOptions(HELP, OPTIONS);
  if (values === undefined) return 0;
  const settings = settingsFrom(values);
  if (settings.list) process.stdout.write(listing());
  else give(settings, await simulation(settings));
  return 0;
}

/** npm starts its scripts in the project's folder; the user's paths begin where the user is. */
function followUser(): void {
  const { INIT_CWD: folder, npm_lifecycle_event: script } = process.env;
  if (script === "simulate" && folder !== undefined) process.chdir(folder);
}

function simulation(settings: Settings): Promise<Output> {
  if (settings.tenant === undefined) return compare(settings);
  const tenant = readTenant(settings.tenant);
  const changed = settings.whatIf !== undefined || settings.set.length > 0;
  return changed ? whatIf(settings, tenant) : compare(settings, tenant.tenant);
}

function listing(): string {
  const block = (title: string, entries: readonly { name: string; text: string }[]) => {
    const width = Math.max(...entries.map(({ name }) => name.length));
    return [title, ...entries.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`), ""];
  };
  const policies = CONTESTANTS.map(({ name, title }) => ({ name, text: title }));
  const traces = BUILT_IN.map(({ name, description }) => ({ name, text: description }));
  return [...block("Policies (--policy):", policies), ...block("Traces (--family):", traces)].join(
    "\n",
  );
}

if (require.main === module) runMain(main);
