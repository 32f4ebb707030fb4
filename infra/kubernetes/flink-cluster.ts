import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FLINK_ACCESS } from "../../policies/kubernetes/access";
import type { Tenant } from "../../policies/tenant";
import { PORTS } from "../flink/properties";
import { transform, type Transform } from "../transform";
import { claimSpec, type Room } from "./claim";
import { jobManagerPod, taskManagerPod, type FlinkPodArgs } from "./flink-pods";
import { FLINK_NAMES, labelsOf, selectorOf } from "./names";

export interface FlinkClusterArgs {
  environment: string;
  tenant: Tenant;
  /** The tenant's namespace. */
  namespace: string;
  /** Image of every Flink process, by digest. */
  image: pulumi.Input<string>;
  /** Secret of the namespace that holds the log-in to the image's registry. @default none */
  imagePullSecret?: pulumi.Input<string>;
  /** For checkpoints, savepoints and the JobManager's own state. */
  storage: Room;
  /** Pods on several nodes need ReadWriteMany. */
  accessMode: "ReadWriteMany" | "ReadWriteOnce";
  /** Part of each CPU limit that is set aside on a node, 0 to 1. */
  cpuRequestShare: number;
  transform?: {
    storage?: Transform<k8s.core.v1.PersistentVolumeClaimArgs>;
    jobManager?: Transform<k8s.apps.v1.DeploymentArgs>;
    taskManager?: Transform<k8s.apps.v1.DeploymentArgs>;
  };
}

/**
 * A tenant's Flink session cluster: one JobManager whose successor takes over from what it left in ConfigMaps and on
 * the volume, and TaskManagers whose number is the autoscaler's.
 */
export class FlinkCluster extends pulumi.ComponentResource {
  /** The REST API, as `kubernetes://NAMESPACE/SERVICE:PORT`. */
  readonly restUrl: string;
  readonly jobManager: k8s.apps.v1.Deployment;
  readonly taskManager: k8s.apps.v1.Deployment;

  constructor(name: string, args: FlinkClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:FlinkCluster", name, {}, opts);
    const account = createAccount(name, args, this);
    const storage = createStorage(name, args, this);
    const service = createService(name, args, this);
    const needs = [...account, storage, service];
    this.jobManager = createJobManager(name, args, needs, this);
    this.taskManager = createTaskManager(name, args, this.jobManager, this);
    this.restUrl = `kubernetes://${args.namespace}/${FLINK_NAMES.jobManager}:${PORTS.rest}`;
    this.registerOutputs({ restUrl: this.restUrl });
  }
}

function metadata(args: FlinkClusterArgs, name: string, annotations?: Record<string, string>) {
  const labels = labelsOf({ environment: args.environment, tenant: args.tenant.name });
  return { name, namespace: args.namespace, labels, ...(annotations && { annotations }) };
}

/** For what is not ready before a pod that comes later uses it. */
const NOT_AWAITED = { "pulumi.com/skipAwait": "true" };

/** Flink may keep ConfigMaps in its own namespace, and nothing else. */
function createAccount(
  name: string,
  args: FlinkClusterArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { serviceAccount } = FLINK_NAMES;
  const meta = metadata(args, serviceAccount);
  const binding: k8s.rbac.v1.RoleBindingArgs = {
    metadata: meta,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: serviceAccount },
    subjects: [{ kind: "ServiceAccount", name: serviceAccount, namespace: args.namespace }],
  };
  return [
    new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata: meta }, { parent }),
    new k8s.rbac.v1.Role(`${name}-role`, { metadata: meta, rules: [...FLINK_ACCESS] }, { parent }),
    new k8s.rbac.v1.RoleBinding(`${name}-role-binding`, binding, { parent }),
  ];
}

function createStorage(
  name: string,
  args: FlinkClusterArgs,
  parent: pulumi.Resource,
): k8s.core.v1.PersistentVolumeClaim {
  const claim: k8s.core.v1.PersistentVolumeClaimArgs = {
    metadata: metadata(args, FLINK_NAMES.state, NOT_AWAITED),
    spec: claimSpec(args.storage, args.accessMode),
  };
  return new k8s.core.v1.PersistentVolumeClaim(
    `${name}-state`,
    transform(args.transform?.storage, claim),
    // What a job leaves when it is removed, its savepoint, is on it.
    { parent, retainOnDelete: true },
  );
}

function createService(
  name: string,
  args: FlinkClusterArgs,
  parent: pulumi.Resource,
): k8s.core.v1.Service {
  const spec: types.input.core.v1.ServiceSpec = {
    selector: selectorOf("jobmanager"),
    ports: [{ name: "rest", port: PORTS.rest, targetPort: "rest" }],
  };
  const meta = metadata(args, FLINK_NAMES.jobManager, NOT_AWAITED);
  return new k8s.core.v1.Service(
    `${name}-jobmanager-service`,
    { metadata: meta, spec },
    { parent },
  );
}

function podArgs(args: FlinkClusterArgs): FlinkPodArgs {
  const { serviceAccount, state: claim } = FLINK_NAMES;
  return { ...args, serviceAccount, claim };
}

function createJobManager(
  name: string,
  args: FlinkClusterArgs,
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): k8s.apps.v1.Deployment {
  const deployment: k8s.apps.v1.DeploymentArgs = {
    metadata: metadata(args, FLINK_NAMES.jobManager),
    spec: {
      replicas: 1,
      // Two at a time would contend for the lead.
      strategy: { type: "Recreate" },
      selector: { matchLabels: selectorOf("jobmanager") },
      template: jobManagerPod(podArgs(args)),
    },
  };
  return new k8s.apps.v1.Deployment(
    `${name}-jobmanager`,
    transform(args.transform?.jobManager, deployment),
    { parent, dependsOn },
  );
}

/** One TaskManager at a time may be moved from its node. */
function createTaskManager(
  name: string,
  args: FlinkClusterArgs,
  jobManager: k8s.apps.v1.Deployment,
  parent: pulumi.Resource,
): k8s.apps.v1.Deployment {
  const meta = metadata(args, FLINK_NAMES.taskManager);
  const selector = { matchLabels: selectorOf("taskmanager") };
  const deployment: k8s.apps.v1.DeploymentArgs = {
    metadata: meta,
    spec: {
      // Without `replicas`: what is not said here is not taken back by an update.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector,
      template: taskManagerPod(podArgs(args)),
    },
  };
  new k8s.policy.v1.PodDisruptionBudget(
    `${name}-taskmanager-budget`,
    { metadata: meta, spec: { maxUnavailable: 1, selector } },
    { parent },
  );
  return new k8s.apps.v1.Deployment(
    `${name}-taskmanager`,
    transform(args.transform?.taskManager, deployment),
    { parent, dependsOn: [jobManager] },
  );
}
