import type { Tenant } from "../../../policies/tenant";
import { printDuration } from "../../../policies/units";
import { zoneClock } from "../../../policies/zone-clock";

/** Instants as people read them; all in milliseconds since the epoch. */

/** When and where it is told. */
export interface Telling {
  nowMs: number;
  /** IANA name. */
  zone: string;
}

let zoneOfMachine: string | undefined;

/** Asked once: it takes as long as a hundred times of day. */
export function machineZone(): string {
  return (zoneOfMachine ??= Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** The IANA zone that a tenant's people live by: of its first window, else of its first exception, else the machine's. */
export function zoneOf(tenant: Pick<Tenant, "windows" | "exceptions"> | undefined): string {
  return tenant?.windows[0]?.zone ?? tenant?.exceptions[0]?.zone ?? machineZone();
}

/** `2026-11-23` */
export function printDay(ms: number, zone: string): string {
  return wall(ms, zone).slice(0, 10);
}

/** `09:57:31` */
export function printTime(ms: number, zone: string): string {
  return wall(ms, zone).slice(11, 19);
}

/** `2026-11-23 09:57:31`, or the time alone on the day of `nowMs`; without its seconds where they are 0. */
export function printInstant(ms: number, zone: string, nowMs?: number): string {
  const time = printTime(ms, zone).replace(/:00$/, "");
  const day = printDay(ms, zone);
  return nowMs !== undefined && printDay(nowMs, zone) === day ? time : `${day} ${time}`;
}

/** How far an instant lies ahead: `in 1 h 2 m`, or `now`. */
export function printAhead(ms: number, nowMs: number): string {
  return ms <= nowMs ? "now" : `in ${printSpan(ms - nowMs)}`;
}

/** `31 s`, `5 m 3 s`, `1 h 2 m`, `3 d`: from an hour on in whole minutes. */
export function printSpan(ms: number): string {
  const step = ms < 3_600_000 ? 1000 : 60_000;
  return printDuration(Math.round(ms / step) * step);
}

/** The wall clock as ISO 8601; its Z means nothing. */
function wall(ms: number, zone: string): string {
  return new Date(zoneClock(zone).wallAt(ms)).toISOString();
}
