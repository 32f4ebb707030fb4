import { printDuration } from "../units";

/** A duration to the second: "1 m 5 s". */
export function printSeconds(ms: number): string {
  return printDuration(Math.round(ms / 1000) * 1000);
}
