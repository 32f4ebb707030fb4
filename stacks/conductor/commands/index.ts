import { readCatalog } from "../catalog";
import { conductorPaths } from "../paths";
import { LOG, log } from "./log";
import { HOLD, hold, PAUSE, pause, RESUME, resume } from "./order";
import { STATUS, status } from "./status";
import { WHY, why } from "./why";
import type { World } from "./world";

/**
 * The subcommands. They work on files alone, beside a conductor that runs as well as without one: what they print is
 * what it wrote last, and what they order is found by its next cycle.
 */
const COMMANDS = [
  { ...STATUS, run: status },
  { ...LOG, run: log },
  { ...WHY, run: why },
  { ...PAUSE, run: pause },
  { ...RESUME, run: resume },
  { ...HOLD, run: hold },
];

/** The subcommands for the conductor's own help, a line each. */
export const COMMANDS_HELP = COMMANDS.map(
  ({ usage, summary }) =>
    `  ${usage.padEnd(Math.max(...COMMANDS.map((command) => command.usage.length)))}  ${summary}`,
).join("\n");

const WORLD: World = {
  catalog: (environment) => readCatalog(environment),
  paths: conductorPaths,
  now: () => new Date(),
  out: (text) => void process.stdout.write(`${text}\n`),
};

/**
 * Runs the subcommand that a command line begins with and gives its exit code; undefined where it begins with none.
 * Throws UserError for what can't be used.
 */
export async function runCommand(
  argv: readonly string[],
  world: World = WORLD,
): Promise<number | undefined> {
  const [name, ...rest] = argv;
  return COMMANDS.find((command) => command.name === name)?.run(rest, world);
}
