import { breakLock, inspectLock, type LockState, type StaleLock } from "../driver/pulumi-lock";

/** Pulumi's lock on one stack. */
export interface StackLock {
  look(): Promise<LockState>;
  /** Removes a stale one, and gives what was removed. */
  free(): Promise<StaleLock | undefined>;
}

export function stackLock(backendUrl: string, stack: string): StackLock {
  return {
    look: () => inspectLock(backendUrl, stack),
    free: () => breakLock(backendUrl, stack),
  };
}
