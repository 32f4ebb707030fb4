/** How long a backlog takes at a rate, in seconds; infinite where records wait and none are processed. */
export function lagSeconds(backlogRecords: number, perSecond: number): number {
  if (backlogRecords <= 0) return 0;
  return perSecond > 0 ? backlogRecords / perSecond : Infinity;
}

/**
 * The source documents' rule, for a job of which nothing else is known: once backlog / rate exceeds the allowed lag,
 * produced / consumed × current over a one-minute window; never less than what runs.
 */
export function parallelismByRates(rates: {
  producedPerSecond: number;
  consumedPerSecond: number;
  backlogRecords: number;
  parallelism: number;
  allowedLagSeconds: number;
}): number {
  const { producedPerSecond, consumedPerSecond, backlogRecords, parallelism } = rates;
  if (lagSeconds(backlogRecords, consumedPerSecond) <= rates.allowedLagSeconds) return parallelism;
  if (consumedPerSecond <= 0) return parallelism;
  const wanted = Math.ceil((producedPerSecond / consumedPerSecond) * parallelism - 1e-9);
  return Math.max(parallelism, wanted);
}

/** Below this share of free slots the source documents add TaskManagers at once. */
export const LEAST_FREE = 0.2;
const ADDED = 1.2;

/** The source documents' rule on slots: under 20 % free, 20 % more TaskManagers at once, rounded up. */
export function taskManagersBySlots(
  taskManagers: number,
  slots: { total: number; available: number },
): number {
  const short = slots.total > 0 && slots.available / slots.total < LEAST_FREE;
  return short ? Math.ceil(taskManagers * ADDED - 1e-9) : taskManagers;
}
