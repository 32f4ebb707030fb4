/** What decides how much a job processes at a parallelism. */
export interface Scaling {
  /** Records a second of one slot alone. */
  slotRate: number;
  /** Number of key groups. */
  maxParallelism: number;
  /** Share of its capacity that each further slot costs all others. */
  contention: number;
}

/**
 * Slots' worth of work that a keyed vertex does at a parallelism, with keys spread evenly over the key groups: the
 * subtask with the most key groups is full first. 256 groups on 100 slots give some of them 3, and 256 / 3 = 85.3.
 */
export function effectiveSlots(parallelism: number, maxParallelism: number): number {
  const slots = Math.min(parallelism, maxParallelism);
  return slots < 1 ? 0 : maxParallelism / Math.ceil(maxParallelism / slots);
}

/** Records a second that a job processes at most at a parallelism. */
export function capacityOf(parallelism: number, scaling: Scaling): number {
  const shared = 1 + scaling.contention * Math.max(0, parallelism - 1);
  return (scaling.slotRate * effectiveSlots(parallelism, scaling.maxParallelism)) / shared;
}

/** The smallest parallelism that holds a rate; the number of key groups where none does. */
export function parallelismForRate(rate: number, scaling: Scaling): number {
  const { slotRate, maxParallelism } = scaling;
  // Between two sizes of the fullest subtask more slots add nothing but contention: only the first of each counts.
  const atLeast = Math.min(Math.max(1, Math.floor(rate / slotRate)), maxParallelism);
  for (let groups = Math.ceil(maxParallelism / atLeast); groups > 1; groups--) {
    const parallelism = Math.ceil(maxParallelism / groups);
    if (capacityOf(parallelism, scaling) >= rate) return parallelism;
  }
  return maxParallelism;
}

/** The fewest TaskManagers whose slots hold a rate. */
export function taskManagersForRate(
  rate: number,
  scaling: Scaling & { slotsPerTaskManager: number },
): number {
  return Math.ceil(parallelismForRate(rate, scaling) / scaling.slotsPerTaskManager);
}
