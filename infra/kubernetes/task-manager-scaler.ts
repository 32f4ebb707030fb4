import type { types } from "@pulumi/kubernetes";
import { FLINK_NAMES, TENANT_LABEL } from "./names";

export interface ScalerArgs {
  /** TaskManagers. */
  least: number;
  most: number;
  /** Name of the external metric: 1 while the TaskManagers are enough, 2 while more are needed. */
  metric: string | undefined;
  tenant: string;
}

/** A step up is a fifth of what runs, rounded up; at once, and once a minute at most. */
const STEP_PERCENT = 20;
const STEP_SECONDS = 60;

/**
 * Adds TaskManagers while the metric asks for more, a fifth at a time. It never takes any away: which of them is idle
 * only the job's owner knows. A metric that is missing changes nothing.
 */
export function taskManagerScaler({
  least,
  most,
  metric,
  tenant,
}: ScalerArgs): types.input.autoscaling.v2.HorizontalPodAutoscalerSpec {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: FLINK_NAMES.taskManager },
    minReplicas: least,
    maxReplicas: Math.max(least, most),
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: "Max",
        policies: [{ type: "Percent", value: STEP_PERCENT, periodSeconds: STEP_SECONDS }],
      },
      scaleDown: { selectPolicy: "Disabled" },
    },
    ...(metric === undefined ? {} : { metrics: [external(metric, tenant)] }),
  };
}

function external(name: string, tenant: string): types.input.autoscaling.v2.MetricSpec {
  return {
    type: "External",
    external: {
      metric: { name, selector: { matchLabels: { [metricLabel(TENANT_LABEL)]: tenant } } },
      target: { type: "Value", value: "1" },
    },
  };
}

/** Prometheus's name for a tenant's label. */
function metricLabel(label: string): string {
  return label.split("/").at(-1) ?? label;
}
