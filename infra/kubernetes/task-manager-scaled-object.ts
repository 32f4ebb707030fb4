import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PRESSURE_BEHAVIOR, PRESSURE_TARGET } from "../../policies/kubernetes/capacity-pressure";
import { pressureQuery } from "../../policies/kubernetes/pressure-rule";
import { transform, type Transform } from "../transform";
import { FLINK_NAMES } from "./names";
import { autoscalerMetadata, type TaskManagerBounds } from "./task-manager-autoscaler";

export interface TaskManagerScaledObjectArgs extends TaskManagerBounds {
  /** Prometheus, as the cluster's pods reach it. */
  prometheusUrl: string;
  transform?: { scaledObject?: Transform<k8s.apiextensions.CustomResourceArgs> };
}

/**
 * Has KEDA make the HorizontalPodAutoscaler that `TaskManagerAutoscaler` is, and serve its metric: KEDA's server of
 * metrics knows those of its own ScaledObjects alone.
 */
export class TaskManagerScaledObject extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: TaskManagerScaledObjectArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("flinktide:kubernetes:TaskManagerScaledObject", name, {}, opts);
    const scaledObject: k8s.apiextensions.CustomResourceArgs = {
      ...{ apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" },
      metadata: autoscalerMetadata(args),
      spec: scaledObjectSpec(args),
    };
    new k8s.apiextensions.CustomResource(
      `${name}-scaled-object`,
      transform(args.transform?.scaledObject, scaledObject),
      { parent: this },
    );
    this.registerOutputs({});
  }
}

export function scaledObjectSpec(args: TaskManagerScaledObjectArgs) {
  const { environment, tenant, prometheusUrl } = args;
  // KEDA itself would scale to 0 where that is the least.
  const least = Math.max(1, args.least);
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: FLINK_NAMES.taskManager },
    minReplicaCount: least,
    maxReplicaCount: Math.max(least, args.most),
    advanced: {
      horizontalPodAutoscalerConfig: {
        name: FLINK_NAMES.taskManager,
        behavior: PRESSURE_BEHAVIOR,
      },
    },
    triggers: [
      {
        ...{ type: "prometheus", metricType: "Value" },
        metadata: {
          serverAddress: prometheusUrl.replace(/\/+$/, ""),
          query: pressureQuery(environment, tenant),
          threshold: String(PRESSURE_TARGET),
          // Else a metric that is missing would be 0, and say that nothing is short.
          ignoreNullValues: "false",
        },
      },
    ],
  };
}
