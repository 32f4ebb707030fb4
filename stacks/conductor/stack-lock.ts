import { breakLock, inspectLock, type LockState } from "../driver/pulumi-lock";

/** Pulumi's lock on one stack. */
export interface StackLock {
  look(): Promise<LockState>;
  /** Removes a stale one. */
  free(): Promise<void>;
}

export function stackLock(backendUrl: string, stack: string): StackLock {
  return {
    look: () => inspectLock(backendUrl, stack),
    async free() {
      await breakLock(backendUrl, stack);
    },
  };
}
