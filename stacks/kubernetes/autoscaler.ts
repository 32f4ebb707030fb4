import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { urlFromPods } from "../../infra/kubernetes/service-url";
import {
  TaskManagerAutoscaler,
  type TaskManagerBounds,
} from "../../infra/kubernetes/task-manager-autoscaler";
import { TaskManagerScaledObject } from "../../infra/kubernetes/task-manager-scaled-object";
import { PRESSURE_METRIC } from "../../policies/kubernetes/capacity-pressure";
import type { Plan } from "../../policies/plan";
import type { Tenant } from "../../policies/tenant";
import type { PlatformOutputs } from "../built-cluster";
import type { ClusterSettings } from "./settings";

/** Makes what adds TaskManagers between the plan's bounds, once others are there. */
export type MakeAutoscaler = (dependsOn: pulumi.Resource[]) => pulumi.Resource;

const NAME = "task-manager";

/** undefined where no metric tells that more are needed: only the plan scales then. */
export async function autoscalerOf(
  { environment, output }: PlatformOutputs,
  tenant: Tenant,
  plan: Plan,
  { metrics }: ClusterSettings,
): Promise<MakeAutoscaler | undefined> {
  const range = { least: plan.taskManagers, most: plan.ceiling };
  const bounds: TaskManagerBounds = { environment, tenant: tenant.name, ...range };
  switch (metrics) {
    case "none":
      return undefined;
    case "prometheus-adapter": {
      const args = { ...bounds, metric: PRESSURE_METRIC };
      return (dependsOn) => new TaskManagerAutoscaler(NAME, args, { dependsOn });
    }
    case "keda": {
      const prometheusUrl = urlFromPods(z.string().parse(await output("prometheusUrl")));
      const args = { ...bounds, prometheusUrl };
      return (dependsOn) => new TaskManagerScaledObject(NAME, args, { dependsOn });
    }
  }
}
