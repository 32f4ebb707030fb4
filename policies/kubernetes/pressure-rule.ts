import { LEAST_FREE } from "../scaling/required";
import { PRESSURE_METRIC } from "./capacity-pressure";

const OF_TENANT = "environment, tenant";
const OF_JOB = `${OF_TENANT}, job`;

/** A conductor that took over is another series for a while. */
const ofTenant = (metric: string) => `max by (${OF_TENANT}) (flinktide_${metric})`;
const ofJob = (metric: string) => `max by (${OF_JOB}) (flinktide_job_${metric})`;

const TOTAL = ofTenant("slots_total");
const AVAILABLE = ofTenant("slots_available");
const FEW_FREE = `(${AVAILABLE} / (${TOTAL} > 0) < ${LEAST_FREE})`;
const NONE_FREE = `(${AVAILABLE} <= 0 and ${TOTAL} > 0)`;
const ALLOWED = ofJob("allowed_lag_seconds");
/** Finite: of a job that processes nothing it is not known what would help. */
const LAG = `(${ofJob("lag_seconds")} < Inf)`;

/** Tenants, of some of whose jobs it is not known how many slots they hold, or how late they are. */
const SLOTS_UNKNOWN = `(${ALLOWED} unless ${ofJob("parallelism")})`;
const LAG_UNKNOWN = `(${ALLOWED} unless ${LAG})`;

const PLANNED = `(sum by (${OF_TENANT}) (${ofJob("parallelism")}) or ${TOTAL} * 0)`;
const OTHERS_HOLD = `(${TOTAL} - ${AVAILABLE} > ${PLANNED})`;
const LATE = `(${LAG} > ${ALLOWED})`;

const on = (operator: "and" | "unless", set: string) => `${operator} on (${OF_TENANT}) ${set}`;

const SATURATED = `${FEW_FREE} and ${OTHERS_HOLD} ${on("unless", SLOTS_UNKNOWN)}`;
const BEHIND = `${NONE_FREE} ${on("and", LATE)}`;
const UNDECIDED = `${FEW_FREE} ${on("and", SLOTS_UNKNOWN)} or ${NONE_FREE} ${on("and", LAG_UNKNOWN)}`;

/**
 * `capacityPressure` as Prometheus computes it for every tenant, from what Flink and Kafka say of slots, backlog and
 * rate and the conductor exports; absent where that is undefined. Labels: environment, tenant.
 */
export const PRESSURE_RULE = {
  record: PRESSURE_METRIC,
  expr: [
    `(${SATURATED} or ${BEHIND}) * 0 + 2`,
    `(${TOTAL} and ${AVAILABLE} unless (${UNDECIDED})) * 0 + 1`,
  ].join(" or "),
} as const;

/** Asks Prometheus for a tenant's pressure; the answer is empty where it is not known. */
export function pressureQuery(environment: string, tenant: string): string {
  return `max(${PRESSURE_METRIC}{environment="${environment}",tenant="${tenant}"})`;
}

/** `externalRules` of prometheus-adapter that serve the metric to autoscalers. */
export const ADAPTER_RULES = [
  {
    seriesQuery: PRESSURE_METRIC,
    resources: { namespaced: false },
    name: { as: PRESSURE_METRIC },
    metricsQuery: `max(${PRESSURE_METRIC}{<<.LabelMatchers>>}) by (environment, tenant)`,
  },
];
