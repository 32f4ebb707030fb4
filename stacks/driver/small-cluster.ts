import type { PlatformInput } from "../platform-schema";

/**
 * Part of a platform's block that puts it on a cluster of one small node: limits as they are, little set aside, and
 * nothing that outlives its stack against one's will.
 */
export function onSmallCluster(registry: string) {
  return {
    target: "kubernetes",
    kubernetes: {
      registry: `${registry}/flinktide`,
      cpuRequestShare: 0.05,
      protectJobs: false,
      storage: { tenant: 2, kafka: 2, prometheus: 1 },
    },
  } as const satisfies Partial<PlatformInput>;
}
