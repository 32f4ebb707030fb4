/** A container's CPU limit as Docker's provider can set it: whole cores, and a weight among those who share them. */
export interface CpuLimit {
  /** Cores the container may use, for instance `0,1`; absent where it may use all. */
  cpuSet?: string;
  /** Weight while the cores are busy; 1024 is one core's worth. */
  cpuShares: number;
}

/**
 * `cpus` cores for the container of this index: neighbours start on different cores.
 * The provider knows no CPU quota, so a fraction is rounded up to whole cores and kept as a weight.
 */
export function cpuLimit(cpus: number, index: number, hostCores: number): CpuLimit {
  const cores = Math.ceil(cpus);
  const cpuShares = Math.max(2, Math.round(cpus * 1024));
  if (cores >= hostCores) return { cpuShares };
  const first = index * cores;
  const set = Array.from({ length: cores }, (_, i) => (first + i) % hostCores);
  return { cpuSet: set.sort((a, b) => a - b).join(","), cpuShares };
}

/** Left to the operating system, Kafka and Prometheus when TaskManagers are counted, in MiB. */
export const HOST_RESERVE_MIB = 2048;

/** How many TaskManagers fit into a host's memory beside the JobManager. All in MiB. */
export function taskManagersThatFit(
  hostMiB: number,
  jobManagerMiB: number,
  taskManagerMiB: number,
): number {
  return Math.max(0, Math.floor((hostMiB - HOST_RESERVE_MIB - jobManagerMiB) / taskManagerMiB));
}
