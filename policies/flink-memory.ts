/**
 * Flink's memory model, as far as it is needed to refuse a process size that Flink itself would refuse.
 * The real split is computed in the container by Flink's BashJavaUtils; its answers for 1.14.6 and 1.20.3 are the
 * test's table. All in MiB.
 */

const METASPACE_MIB = 256;
const OVERHEAD = { fraction: 0.1, min: 192, max: 1024 };
/** Flink 1.20 knows no maximum; the lower one of 1.14 is taken, so that nothing is refused that would start. */
const NETWORK = { fraction: 0.1, min: 64, max: 1024 };
/** Framework heap and framework off-heap. */
const TASK_MANAGER_FIXED_MIB = 128 + 128;
/** Flink's smallest recommended heap and its off-heap memory. */
const JOB_MANAGER_FIXED_MIB = 128 + 128;

/** The smallest whole that holds `rest` beside a share of the whole, the share being held between its bounds. */
function wholeAround(rest: number, share: typeof OVERHEAD): number {
  const proportional = Math.ceil(rest / (1 - share.fraction));
  return Math.min(Math.max(rest + share.min, proportional), rest + share.max);
}

function processSizeFor(flinkMib: number): number {
  return wholeAround(flinkMib + METASPACE_MIB, OVERHEAD);
}

/** The smallest `taskmanager.memory.process.size` that Flink accepts with this much managed memory, in MiB. */
export function minimumTaskManagerMiB(managedMiB: number): number {
  return processSizeFor(wholeAround(TASK_MANAGER_FIXED_MIB + managedMiB, NETWORK));
}

/** The smallest `jobmanager.memory.process.size` that gives the heap Flink recommends at least, in MiB. */
export const MINIMUM_JOB_MANAGER_MIB = processSizeFor(JOB_MANAGER_FIXED_MIB);
