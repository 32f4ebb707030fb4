/** A process of the stage's tenant. */
export type TenantProcess = "jobmanager" | "taskmanager";

/** A part of the platform that can be away for a while. */
export type PlatformPart = "kafka" | "prometheus";

/** TaskManagers that have gone. */
export interface Leavers {
  gone: number;
  /** Of them, those of which a slot was in use when they went. */
  withSlots: number;
}

/** How what a stage runs on is broken. */
export interface Breaker {
  /** Ends a process as a crash does; what looks after it brings it back. */
  crash(process: TenantProcess): Promise<void>;
  /** Takes a part away as a person would. */
  stop(part: PlatformPart): Promise<void>;
  start(part: PlatformPart): Promise<void>;
  /** Moves everything of the tenant to another node, as before a node's repair; where there are nodes. */
  drain?(): Promise<void>;
  /** The TaskManagers that have gone since an instant, Unix time in ms; where they are watched. */
  leavers?(sinceMs: number): Promise<Leavers>;
  close(): Promise<void>;
}
