// Not all of Pulumi: it takes 100 MiB in processes that need nothing else of it.
import { RunError } from "@pulumi/pulumi/errors";
import type { Problem } from "../policies/problem";

export type { Problem };

/**
 * The only error meant for a user's eyes: printed without a stack. Any other throw is a bug.
 * Extends Pulumi's RunError so that a program that throws it ends with the message alone.
 */
export class UserError extends RunError {
  constructor(
    message: string,
    /** The single problems behind the message; empty where the message says it all. */
    readonly problems: readonly Problem[] = [],
  ) {
    super([message, ...problems.map(renderProblem)].join("\n"));
    this.name = "UserError";
    // Nobody reads its stack, and Pulumi's program runner takes ten seconds to map it through source maps.
    this.stack = this.message;
  }
}

/** One problem of a list, on one line. */
export function renderProblem(problem: Problem): string {
  return `  - ${problemLine(problem)}`;
}

/** Path, value, fault, fix. */
export function problemLine(problem: Problem): string {
  const value = problem.value === undefined ? "" : ` (given: ${JSON.stringify(problem.value)})`;
  return `${problem.path}${value}: ${problem.fault}. Fix: ${problem.fix}.`;
}
