import type { TenantInput } from "../../policies/tenant";
import type { ScratchTenant } from "./scratch-environment";

/** Divisible by 1 to 8: at every parallelism each slot gets the same share. */
export const PACED_MAX_PARALLELISM = 840;

export interface PacedTenant {
  name: string;
  version: "1.14" | "1.20";
  /** Lines a second that one slot takes: by waiting, so that many slots fit on few cores. */
  slotRate: number;
  /** Merged over the tenant block. */
  change?: Partial<TenantInput>;
}

/** A tenant whose job is as fast as it has slots, on whatever machine. */
export function pacedTenant({ name, version, slotRate, change }: PacedTenant): ScratchTenant {
  return {
    ...{ name, version, maxParallelism: PACED_MAX_PARALLELISM },
    jobArgs: ["--slot-rate", String(slotRate)],
    change: { flink: { version, properties: PROPERTIES }, ...change },
  };
}

const PROPERTIES = {
  // The least there is: what waits should wait in Kafka, not in buffers on its way to a slow slot.
  "taskmanager.memory.segment-size": "4kb",
  "taskmanager.network.memory.buffers-per-channel": 1,
  "taskmanager.network.memory.floating-buffers-per-gate": 1,
  "execution.buffer-timeout": "20 ms",
  // Metrics are asked for every few seconds and should be of that instant (ms); Flink's own 10000.
  "metrics.fetcher.update-interval": 200,
};
