import type * as pulumi from "@pulumi/pulumi";
import type { Topic } from "../infra/flink/job";
import type { JobTargetInput } from "../infra/flink/job-target";
import type { Plan } from "../policies/plan";
import type { Tenant } from "../policies/tenant";

/** What a tenant's stack reads of its platform's, whatever the target. */
export interface PlatformOutputs {
  target: "docker" | "kubernetes";
  environment: string;
  /** Bootstrap servers for the jobs. */
  kafka: pulumi.Output<string>;
  /** Bootstrap servers for whoever runs `pulumi up`. */
  kafkaOnHost: pulumi.Output<string>;
  /** What only this target's tenants read; undefined where the platform has no such output. */
  output: (name: string) => Promise<unknown>;
}

/** A tenant's cluster on its target, as its jobs see it. */
export interface BuiltCluster {
  restUrl: string;
  /** What the jobs' changes reach the cluster by. */
  reach: (job: string) => Pick<JobTargetInput, "host" | "journal" | "taskManagers">;
  /** Identity of the JobManager: a new one has forgotten the jobs. */
  identity: pulumi.Input<string>;
  /** What must be there before the jobs change. */
  before: pulumi.Resource[];
  /** Makes the tenant's collectors, after the topics that it declares; gives those that they fill besides. */
  collect: (declared: Topic[]) => Topic[];
  /** Whether the jobs' protection must be lifted before they can be removed. */
  protectJobs: boolean;
  /** Makes what must not change before the jobs have: TaskManagers leave when nothing needs them. */
  after: (jobs: pulumi.Resource[]) => void;
}

/** Builds a tenant's cluster as its plan has it. */
export type BuildCluster = (
  platform: PlatformOutputs,
  tenant: Tenant,
  plan: Plan,
) => Promise<BuiltCluster>;
