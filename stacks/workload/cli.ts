import { parseArgs } from "node:util";
import { z } from "zod";
import { UserError } from "../../infra/errors";
import { say } from "../../infra/progress";
import type { Problem } from "../../policies/problem";

/** One option of a command line: `--name <meaning>`. */
export interface CliOption {
  /** Stands for the value in the help; without one the option is a switch. */
  value?: string;
  help: string;
}

/** Exit code for a command line that can't be used. */
export const BAD_USAGE = 2;

export const brokersOption = z
  .string("is missing")
  .regex(
    /^(kubernetes:\/\/)?[^\s,:]+:\d+(,(kubernetes:\/\/)?[^\s,:]+:\d+)*$/,
    "must be host:port, several with commas",
  )
  .transform((text) => text.split(","));
export const topicOption = z
  .string("is missing")
  .regex(/^[A-Za-z0-9._-]{1,249}$/, "must be letters, digits, . _ -");

/**
 * Reads a command line against a schema whose keys are the option names. Throws UserError with every problem at
 * once; undefined when --help was asked for and printed.
 */
export function readOptions<T extends z.ZodObject>(
  usage: string,
  options: Record<string, CliOption>,
  schema: T,
  argv: readonly string[],
): z.infer<T> | undefined {
  const known = Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  let values: Record<string, unknown>;
  try {
    values = parseArgs({
      args: [...argv],
      options: { ...known, help: { type: "boolean" } },
    }).values;
  } catch (error) {
    throw new UserError(`${(error as Error).message.split(". ")[0]}. See --help.`);
  }
  if (values.help === true) {
    process.stdout.write(`${helpText(usage, options)}\n`);
    return undefined;
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new UserError(
    "the command line can't be used. See --help.",
    parsed.error.issues.map((issue) => problemOf(issue, values, options)),
  );
}

function problemOf(
  issue: z.core.$ZodIssue,
  values: Record<string, unknown>,
  options: Record<string, CliOption>,
): Problem {
  const name = String(issue.path[0] ?? "");
  const { value = "", help = "" } = options[name] ?? {};
  return {
    path: `--${name}`,
    value: values[name],
    fault: issue.message,
    fix: `--${name} ${value} (${help})`,
  };
}

function helpText(usage: string, options: Record<string, CliOption>): string {
  const left = (name: string, { value }: CliOption) => `--${name}${value ? ` ${value}` : ""}`;
  const entries = [...Object.entries(options), ["help", { help: "this text" }] as const];
  const width = Math.max(...entries.map(([name, option]) => left(name, option).length));
  const rows = entries.map(([name, o]) => `  ${left(name, o).padEnd(width)}  ${o.help}`);
  return [usage, "", ...rows].join("\n");
}

/** Runs a command and ends with its exit code; a UserError is printed alone and ends with `badUsage`. */
export async function runCommand(main: (argv: string[]) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(error.message);
    process.exitCode = BAD_USAGE;
  }
}
