/**
 * How many cases a property with costly ones is tried with: a fifth of them in the everyday run, all with
 * `FLINKTIDE_CASES=all`. With a fixed seed these are the first fifth of all.
 */
export function runsOf(all: number): number {
  return wantsAllCases() ? all : Math.ceil(all / 5);
}

export function wantsAllCases(): boolean {
  return process.env.FLINKTIDE_CASES === "all";
}
