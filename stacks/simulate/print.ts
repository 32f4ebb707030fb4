import { printDuration } from "../../policies/units";

/** `1,234.5`: at most one digit after the point from 100 on, else two. */
export function decimal(value: number): string {
  const digits = Math.abs(value) < 100 ? 2 : 1;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

/** Seconds as `0.4 s`, `12 s`, `2 m 5 s`. */
export function span(seconds: number): string {
  return seconds < 10
    ? `${decimal(Number(seconds.toFixed(1)))} s`
    : printDuration(Math.round(seconds) * 1000);
}

/** `1 trace`, `2 traces` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
