import { DEFAULT_LEAD_MS } from "../window-at";

/** Updates that are looked back at. */
const LOOK_BACK = 10;
/** The next one may take longer than any before. */
const MARGIN = 1.25;
/** A small update takes less, and the next one may be larger: no less than where nothing was measured. */
const MIN_LEAD_MS = DEFAULT_LEAD_MS;
/** One that takes longer is ill, and no measure of the others. */
const MAX_LEAD_MS = 300_000;

/**
 * How long before an edge an update begins, in milliseconds.
 * @param durationsSeconds of the updates that changed capacity, oldest first
 * @returns undefined where there are none
 */
export function measuredLeadMs(durationsSeconds: readonly number[]): number | undefined {
  if (durationsSeconds.length === 0) return undefined;
  const longestMs = Math.max(...durationsSeconds.slice(-LOOK_BACK)) * 1000;
  return Math.min(Math.max(Math.round(longestMs * MARGIN), MIN_LEAD_MS), MAX_LEAD_MS);
}
