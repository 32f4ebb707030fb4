import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PRESSURE_BEHAVIOR, PRESSURE_TARGET } from "../../policies/kubernetes/capacity-pressure";
import { transform, type Transform } from "../transform";
import { FLINK_NAMES, labelsOf, namespaceOf } from "./names";

/** How many TaskManagers of a tenant whatever scales them may run. */
export interface TaskManagerBounds {
  environment: string;
  tenant: string;
  /** At least, now. */
  least: number;
  /** At most, now; a lower one than `least` gives way. */
  most: number;
}

export interface TaskManagerAutoscalerArgs extends TaskManagerBounds {
  /**
   * Name of the external metric: 1 while the TaskManagers are enough, 2 while more are needed. It has the labels
   * `environment` and `tenant`. Without one, Kubernetes would scale by CPU.
   */
  metric: string;
  transform?: { autoscaler?: Transform<k8s.autoscaling.v2.HorizontalPodAutoscalerArgs> };
}

/**
 * Adds TaskManagers while the metric asks for more, a fifth at a time. It never takes any away: which of them is idle
 * only the jobs' owner knows. A metric that is missing changes nothing.
 */
export class TaskManagerAutoscaler extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: TaskManagerAutoscalerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("flinktide:kubernetes:TaskManagerAutoscaler", name, {}, opts);
    const autoscaler: k8s.autoscaling.v2.HorizontalPodAutoscalerArgs = {
      metadata: autoscalerMetadata(args),
      spec: autoscalerSpec(args),
    };
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      transform(args.transform?.autoscaler, autoscaler),
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/** Of whatever has the bounds. */
export function autoscalerMetadata(args: TaskManagerBounds) {
  return {
    name: FLINK_NAMES.taskManager,
    namespace: namespaceOf(args),
    labels: labelsOf(args),
    annotations: {
      // It is ready only where metrics are, and those come and go.
      "pulumi.com/skipAwait": "true",
      // While TaskManagers leave, its bounds are lowered for a moment.
      "pulumi.com/patchForce": "true",
    },
  };
}

export function autoscalerSpec(
  args: TaskManagerAutoscalerArgs,
): types.input.autoscaling.v2.HorizontalPodAutoscalerSpec {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: FLINK_NAMES.taskManager },
    minReplicas: args.least,
    maxReplicas: Math.max(args.least, args.most),
    behavior: PRESSURE_BEHAVIOR,
    metrics: [external(args)],
  };
}

function external({
  environment,
  tenant,
  metric: name,
}: TaskManagerAutoscalerArgs): types.input.autoscaling.v2.MetricSpec {
  return {
    type: "External",
    external: {
      metric: { name, selector: { matchLabels: { environment, tenant } } },
      target: { type: "Value", value: String(PRESSURE_TARGET) },
    },
  };
}
