import { printDuration } from "../../../../../policies/print-duration";
import { whole } from "../../../../report/format";

const DAY_FORMAT = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });
const TIME_FORMAT = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const SECOND_FORMAT = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** The reader's time of day, `14:05`; with the date, `Nov 22, 14:05`, where it isn't that of `nowMs`. */
export function clock(ms: number, nowMs: number): string {
  const day = DAY_FORMAT.format(ms);
  const time = TIME_FORMAT.format(ms);
  return day === DAY_FORMAT.format(nowMs) ? time : `${day}, ${time}`;
}

/** `14:05:03` */
export function clockWithSeconds(ms: number): string {
  return SECOND_FORMAT.format(ms);
}

/** How long it is from one instant to another, in whole seconds; `0 s` where that is past. */
export function between(fromMs: number, toMs: number): string {
  return printDuration(Math.floor(Math.max(0, toMs - fromMs) / 1000) * 1000);
}

/** Seconds as `0.4 s`, `12 s`, `2 m 5 s`; `unknown` for null. */
export function seconds(value: number | null): string {
  if (value === null) return "unknown";
  return value < 10 ? `${Number(value.toFixed(1))} s` : printDuration(Math.round(value) * 1000);
}

/** `1,234`; `unknown` for null. */
export function count(value: number | null): string {
  return value === null ? "unknown" : whole(value);
}

/** `1 tenant`, `1,000 tenants` */
export function counted(number: number, what: string): string {
  return `${whole(number)} ${what}${number === 1 ? "" : "s"}`;
}

/** What runs, and what should where that is something else: `2`, `2, wanted 4`. */
export function runsAndWanted(runs: number | null, wanted: number | null): string {
  return wanted === null || wanted === runs
    ? count(runs)
    : `${count(runs)}, wanted ${count(wanted)}`;
}
