/** The smallest parallelism whose fullest subtask has no more key groups than at `parallelism`: the rest stand idle. */
export function aligned(parallelism: number, maxParallelism: number): number {
  const bounded = Math.min(Math.max(1, Math.floor(parallelism)), maxParallelism);
  return Math.ceil(maxParallelism / Math.ceil(maxParallelism / bounded));
}

/** The smallest parallelism that does the work of this many slots; the number of key groups where none does. */
export function parallelismFor(slots: number, maxParallelism: number): number {
  if (!(slots > 1)) return 1;
  if (slots >= maxParallelism) return maxParallelism;
  // Groups of the fullest subtask: at most maxParallelism / slots. The small share forgives rounding.
  const groups = Math.max(1, Math.floor(maxParallelism / slots + 1e-9));
  return Math.ceil(maxParallelism / groups);
}
