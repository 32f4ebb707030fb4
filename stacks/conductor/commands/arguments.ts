import { parseArgs, type ParseArgsConfig } from "node:util";
import { z } from "zod";
import { UserError } from "../../../infra/errors";
import { complaint, problemsOf } from "../../../policies/problem";
import { name } from "../../../policies/schema-parts";

/** A subcommand of the conductor. */
export interface Command {
  /** As typed. */
  name: string;
  /** Its arguments, for the overview. */
  usage: string;
  summary: string;
  help: string;
}

/** Options that every subcommand has. */
export const common = {
  env: name.default("dev"),
};

/** The tenant that a subcommand is about. */
export const tenantName = z.string(complaint("it is missing", "give its name, such as acme"));

/** A whole number as typed. */
export function wholeNumber(min: number, max: number) {
  const what = `a whole number from ${min} to ${max}`;
  return z
    .string(complaint("it is missing", `give ${what}`))
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max,
      complaint(`it is not ${what}`, `give ${what}`),
    )
    .transform(Number);
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads what follows a subcommand: its options, and at most one argument, the tenant. With `--help` its text is
 * printed and undefined given. Throws UserError with every problem at once.
 */
export function readArguments<T extends z.ZodObject>(
  command: Command,
  options: Options,
  schema: T,
  argv: readonly string[],
  out: (text: string) => void,
): z.output<T> | undefined {
  const { values, positionals } = parsed(command, options, argv);
  if (values.help === true) {
    out(command.help);
    return undefined;
  }
  const [tenant, ...more] = positionals;
  const raw: Record<string, unknown> = { ...values, ...(tenant === undefined ? {} : { tenant }) };
  const result = schema.safeParse(raw);
  const problems = result.success ? [] : problemsOf(result.error, raw);
  const unasked = "tenant" in schema.shape ? more : positionals;
  for (const value of unasked) {
    problems.push({ path: "argument", value, fault: "it is one too many", fix: "leave it out" });
  }
  if (result.success && problems.length === 0) return result.data;
  const named = problems.map((problem) => ({ ...problem, path: optionName(problem.path) }));
  throw new UserError(`conductor ${command.name} can't be used so (--help says more):`, named);
}

function parsed(command: Command, options: Options, argv: readonly string[]) {
  const all: Options = { env: { type: "string" }, help: { type: "boolean" }, ...options };
  try {
    return parseArgs({ args: [...argv], options: all, allowPositionals: true });
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${command.help}`);
  }
}

function optionName(path: string): string {
  return ["tenant", "argument"].includes(path) ? path : `--${path}`;
}
