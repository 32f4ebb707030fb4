import { z } from "zod";

/** One thing that is wrong with what the user gave. */
export interface Problem {
  /** Dotted path into the config, for instance `windows[1].from`. */
  path: string;
  /** The value as the user typed it; undefined where nothing was given. */
  value?: unknown;
  /** What is wrong with it, without a full stop. */
  fault: string;
  /** What to type or do instead. */
  fix: string;
}

/** zod carries one string an issue; fault and fix travel in it, parted by this. */
const SEPARATOR = "\u0000";

/** The `error` of a zod check: what is wrong and what to type instead. */
export function complaint(fault: string, fix: string): string {
  return `${fault}${SEPARATOR}${fix}`;
}

/** zod's path as users write it: `jobs[0].parallelism.max`. */
export function renderPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

/** The value that stands at a path of the raw input; undefined where there is none. */
export function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    raw,
  );
}

/** zod's types as users know them from YAML. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a block of settings",
  record: "a block of settings",
  array: "a list",
  string: "a text, in quotes",
  number: "a number",
  boolean: "true or false",
};

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

/** Each problem once: two checks may find the same. */
export function distinct(problems: readonly Problem[]): Problem[] {
  const key = ({ path, fault }: Problem) => `${path}${SEPARATOR}${fault}`;
  return [...new Map(problems.map((problem) => [key(problem), problem])).values()];
}

/** Every issue of a failed parse as problems; an issue about several unknown keys gives one problem each. */
export function problemsOf(error: z.ZodError, raw: unknown, prefix = ""): Problem[] {
  return error.issues.flatMap((issue) => fromIssue(issue, raw, prefix));
}

function fromIssue(issue: z.core.$ZodIssue, raw: unknown, prefix: string): Problem[] {
  const at = (path: readonly PropertyKey[]) =>
    renderPath([...(prefix === "" ? [] : [prefix]), ...path]) || "(top level)";
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: at([...issue.path, key]),
      value: valueAt(raw, [...issue.path, key]),
      fault: "there is no such setting",
      fix: "remove it, or check its spelling in docs/tenant.md",
    }));
  }
  const value = valueAt(raw, issue.path);
  const [fault, fix] = issue.message.split(SEPARATOR);
  if (issue.code === "invalid_type" && value === undefined) {
    const missing = { fault: "it is missing", fix: fix ?? `give ${typeName(issue.expected)}` };
    return [{ path: at(issue.path), value, ...missing }];
  }
  if (fix !== undefined) return [{ path: at(issue.path), value, fault: fault ?? "", fix }];
  return [{ path: at(issue.path), value, ...generic(issue) }];
}

function generic(issue: z.core.$ZodIssue): Pick<Problem, "fault" | "fix"> {
  if (issue.code === "invalid_value") {
    return {
      fault: "it is not one of the known values",
      fix: `use one of ${issue.values.join(", ")}`,
    };
  }
  if (issue.code === "invalid_type") {
    const name = typeName(issue.expected);
    return { fault: `it is not ${name}`, fix: `give ${name}` };
  }
  if (issue.code === "too_small" && issue.origin === "string") {
    return { fault: "it is empty", fix: "give a text that is not" };
  }
  return { fault: issue.message, fix: "see docs/tenant.md for what is allowed" };
}
