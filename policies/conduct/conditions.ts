import type { Reason } from "../decision";
import type { AlertName, Condition } from "./alerts";

/** Failed updates in a row of which somebody has to know: one may be chance. */
const FAILED_UPDATES = 2;

/** What a tenant's cycle knows of what may be wrong. */
export interface Facts {
  /** Whether the JobManager answers. */
  reachable: boolean;
  jobs: readonly {
    name: string;
    /** `GONE`: Flink has no such job; null: not known. */
    state: string | null;
    /** The newest, where there is one. */
    exception?: string;
    /** True where its load could be measured. */
    measured: boolean;
  }[];
  /** `Plan.cuts`. */
  cuts: readonly Reason[];
  /** Updates in a row that failed, up to the last one. */
  failedUpdates: number;
  /** What the last of them said. */
  updateError?: string;
  /** `Healer.givenUp`. */
  givenUp: readonly { subject: string; why: string }[];
}

export interface Judged {
  conditions: Condition[];
  /** What can't be told now. */
  unknown: AlertName[];
}

/**
 * What is wrong now. Nothing that follows from another fault is called a fault of its own: a job of a JobManager that
 * does not answer is not known to be down, and a job that does not run has no load to measure.
 */
export function conditionsOf(facts: Facts): Judged {
  const conditions: Condition[] = [];
  const unknown = new Set<AlertName>();
  if (facts.failedUpdates >= FAILED_UPDATES) {
    const { failedUpdates: failures, updateError: error } = facts;
    conditions.push({ alert: "update-failed", failures, error });
  }
  if (!facts.reachable) conditions.push({ alert: "cluster-unreachable" });
  for (const { name: job, state, exception, measured } of facts.jobs) {
    const known = facts.reachable ? state : null;
    if (known === null) unknown.add("job-not-running");
    else if (known !== "RUNNING") {
      conditions.push({ alert: "job-not-running", job, state: known, exception });
    }
    if (known !== "RUNNING") unknown.add("metrics-missing");
    else if (!measured) conditions.push({ alert: "metrics-missing", job });
    if (known !== "RUNNING" || !measured) unknown.add("capped");
  }
  const cuts = facts.cuts.filter((cut) => cut.kind === "clamped" && cut.given < cut.wanted);
  if (cuts.length > 0) conditions.push({ alert: "capped", cuts });
  for (const { subject, why } of facts.givenUp) {
    conditions.push({ alert: "healing-gave-up", subject, why });
  }
  return { conditions, unknown: [...unknown] };
}
