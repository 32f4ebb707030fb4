import { stringify } from "yaml";
import { PRESSURE_RULE } from "../../policies/kubernetes/pressure-rule";
import { ALERT_RULES, CONDUCTOR_DOWN, type AlertRule } from "./alert-rules";

/** A metric that Prometheus computes from others and keeps. */
export interface RecordingRule {
  record: string;
  /** PromQL. */
  expr: string;
}

/** Each may use those before it. */
export const RECORDING_RULES: readonly RecordingRule[] = [
  /** 1 is exactly what is allowed. */
  {
    record: "flinktide:job_lag:of_allowed",
    expr: "flinktide_job_lag_seconds / flinktide_job_allowed_lag_seconds",
  },
  /** 1 while a job is later than allowed, else 0. */
  {
    record: "flinktide:job_late:bool",
    expr: "flinktide_job_lag_seconds > bool flinktide_job_allowed_lag_seconds",
  },
  /** Share of the last hour, 0 to 1. */
  { record: "flinktide:job_late:share_1h", expr: "avg_over_time(flinktide:job_late:bool[1h])" },
  /** Share of the slots, 0 to 1; absent where a cluster has none. */
  {
    record: "flinktide:slots_free:share",
    expr: "flinktide_slots_available / (flinktide_slots_total > 0)",
  },
  { record: "flinktide:rescales:increase_1d", expr: "increase(flinktide_rescales_total[1d])" },
  /** 2 while a tenant's TaskManagers are short, else 1: what its autoscaler on Kubernetes follows. */
  PRESSURE_RULE,
];

/** The recording and alert rules as Prometheus reads them, YAML. */
export function monitoringRules(options: RuleOptions = {}): string {
  return stringify({ groups: ruleGroups(options) });
}

export interface RuleOptions {
  /** Whether the conductor's own metrics are read; else nobody can tell that it is down. @default true */
  conductorScraped?: boolean;
}

/** One group: its rules are evaluated in this order, so that alerts see what was recorded just before. */
export function ruleGroups({ conductorScraped = true }: RuleOptions = {}) {
  const alerts = ALERT_RULES.filter((rule) => conductorScraped || rule.alert !== CONDUCTOR_DOWN);
  const rules = [...RECORDING_RULES, ...alerts.map(alert)];
  return [{ name: "flinktide", interval: "15s", rules }];
}

function alert({ severity, summary, description, ...rule }: AlertRule) {
  return { ...rule, labels: { severity }, annotations: { summary, description } };
}
