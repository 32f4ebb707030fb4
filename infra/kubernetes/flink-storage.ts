import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import { CHECKPOINT_FOLDER, SAVEPOINT_FOLDER } from "../flink/properties";

/** Where checkpoints, savepoints and the JobManager's own state lie. */
export interface StorageArgs {
  /** Storage class. @default the cluster's own */
  className?: string;
  /** GiB that are asked for. */
  sizeGiB: number;
  /** Pods on several nodes need ReadWriteMany. */
  accessMode: "ReadWriteMany" | "ReadWriteOnce";
}

/** Where a JobManager keeps what its successor needs. */
export const HA_FOLDER = "/opt/flink/ha";

const VOLUME = "state";

/** The claim's own arguments. */
export function claimArgs(
  storage: StorageArgs,
  metadata: types.input.meta.v1.ObjectMeta,
): k8s.core.v1.PersistentVolumeClaimArgs {
  const { className, sizeGiB, accessMode } = storage;
  return {
    metadata,
    spec: {
      accessModes: [accessMode],
      ...(className === undefined ? {} : { storageClassName: className }),
      resources: { requests: { storage: `${sizeGiB}Gi` } },
    },
  };
}

/** The claim as a volume of a pod. */
export function stateVolume(claimName: string): types.input.core.v1.Volume {
  return { name: VOLUME, persistentVolumeClaim: { claimName } };
}

/** One claim holds all of it, each in a folder of its own. */
export const STATE_MOUNTS: types.input.core.v1.VolumeMount[] = [
  { name: VOLUME, mountPath: CHECKPOINT_FOLDER, subPath: "checkpoints" },
  { name: VOLUME, mountPath: SAVEPOINT_FOLDER, subPath: "savepoints" },
  { name: VOLUME, mountPath: HA_FOLDER, subPath: "ha" },
];
