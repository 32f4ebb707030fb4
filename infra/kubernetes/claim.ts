import type { types } from "@pulumi/kubernetes";

/** Room on a volume. */
export interface Room {
  sizeGiB: number;
  /** Storage class. @default the cluster's own */
  className?: string;
}

/** What a claim asks for. Pods on several nodes need `ReadWriteMany`. */
export function claimSpec(
  { sizeGiB, className }: Room,
  accessMode: "ReadWriteMany" | "ReadWriteOnce",
): types.input.core.v1.PersistentVolumeClaimSpec {
  return {
    accessModes: [accessMode],
    ...(className === undefined ? {} : { storageClassName: className }),
    resources: { requests: { storage: `${sizeGiB}Gi` } },
  };
}
