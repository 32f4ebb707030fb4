import type { TenantView } from "../tenant-view";
import { printSpan } from "./clock";

/** A status older than this says that nobody writes it any more. */
export const STALE_MS = 30_000;

export function isStale(atMs: number, nowMs: number): boolean {
  return nowMs - atMs > STALE_MS;
}

/** `5 m 3 s old: the conductor does not run, or hangs` */
export function printStale(atMs: number, nowMs: number): string {
  return `${printSpan(nowMs - atMs)} old: the conductor does not run, or hangs`;
}

/** How to start the conductor of an environment. */
export function startCommand(environment: string): string {
  return `npm run conductor -- --env ${environment}`;
}

/** What is being done for a tenant, as a sentence; undefined where nothing is, or where nobody has told lately. */
export function workOf(view: TenantView | undefined, nowMs: number): string | undefined {
  if (view === undefined || isStale(view.atMs, nowMs)) return undefined;
  return ["idle", "paused"].includes(view.doing) ? undefined : view.doing;
}
