import type { Problem } from "../problem";

/** `--max-parallelism 256`, `--maxParallelism=256`, `-Dpipeline.max-parallelism=256`. */
const OPTION = /^-{1,2}(?:D?pipeline\.)?max-?parallelism(?:=(\d+))?$/i;

/** The number of key groups that a job's arguments give; undefined where they give none that is known here. */
export function maxParallelismIn(args: readonly string[]): number | undefined {
  for (const [i, arg] of args.entries()) {
    const match = OPTION.exec(arg);
    const value = match === null ? undefined : (match[1] ?? args[i + 1]);
    if (value !== undefined && /^\d+$/.test(value)) return Number(value);
  }
  return undefined;
}

/**
 * A job whose state was written with another number of key groups can't read it, or drops what it can't place.
 *
 * @param before arguments with which the state was written; undefined where there is no state
 */
export function checkMaxParallelism(
  job: string,
  before: readonly string[] | undefined,
  now: readonly string[],
): Problem[] {
  const was = maxParallelismIn(before ?? []);
  const is = maxParallelismIn(now);
  if (was === undefined || is === was) return [];
  return [
    {
      path: `${job} maxParallelism`,
      ...(is === undefined ? {} : { value: is }),
      fault: `the job's state was written with ${was}, and can't be read with another`,
      fix: `set it back to ${was}, or give the job another name to start it without its state`,
    },
  ];
}
