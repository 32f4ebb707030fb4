import type { types } from "@pulumi/kubernetes";
import { CHECKPOINT_FOLDER, SAVEPOINT_FOLDER } from "../flink/properties";

/** Where a JobManager keeps what its successor needs. */
export const HA_FOLDER = "/opt/flink/ha";

const VOLUME = "state";

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
