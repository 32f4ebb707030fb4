import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "../errors";
import { say } from "../progress";

/** Runs a command's main part: a UserError is printed as a sentence, anything else with its stack; both end with 1. */
export function runMain(main: () => Promise<number>): void {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say(error instanceof UserError ? error.message : trace);
      process.exitCode = 1;
    },
  );
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads a command's options. `--help` prints the text and gives undefined. Throws UserError, with the text, for an
 * option that is unknown or lacks its value.
 */
export function readOptions<T extends Options>(
  help: string,
  options: T,
  argv: readonly string[] = process.argv.slice(2),
) {
  try {
    const { help: asked, ...values } = parseArgs({
      args: [...argv],
      options: { ...options, help: { type: "boolean", default: false } },
    }).values as ReturnType<typeof parseArgs<{ options: T }>>["values"] & { help: boolean };
    if (!asked) return values;
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${help}`);
  }
  process.stdout.write(help);
  return undefined;
}
