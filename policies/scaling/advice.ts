import type { Reason } from "../decision";

/** What a job should run with from now on, and why. */
export interface Advice {
  /** Slots that the job needs. */
  parallelism: number;
  direction: "up" | "down";
  reasons: Reason[];
}
