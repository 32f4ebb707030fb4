import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { headroomAccess } from "../../policies/kubernetes/access";
import {
  BUFFER_API,
  HEADROOM_PRIORITY,
  type HeadroomKind,
} from "../../policies/kubernetes/headroom";
import { transform, type Transform } from "../transform";
import {
  CONDUCTOR_NAMES,
  headroomOf,
  headroomPriority,
  labelsOf,
  namespaceOf,
  selectorOf,
  TENANT_LABEL,
} from "./names";
import { resources, RESTRICTED_CONTAINER, restrictedPod, USER_IDS, type Size } from "./pod";

export interface HeadroomPriorityArgs {
  environment: string;
}

/** The priority of an environment's pods that hold room: below everything else, which pushes them aside. */
export class HeadroomPriority extends pulumi.ComponentResource {
  constructor(name: string, args: HeadroomPriorityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:HeadroomPriority", name, {}, opts);
    const priority: k8s.scheduling.v1.PriorityClassArgs = {
      metadata: { name: headroomPriority(args), labels: labelsOf(args) },
      value: HEADROOM_PRIORITY,
      preemptionPolicy: "Never",
      globalDefault: false,
      description: "Pods that hold room on the nodes until something else needs it.",
    };
    new k8s.scheduling.v1.PriorityClass(`${name}-class`, priority, { parent: this });
    this.registerOutputs({});
  }
}

export interface HeadroomArgs {
  environment: string;
  tenant: string;
  kind: HeadroomKind;
  /** The TaskManagers', by digest: pods have it on the new nodes when they come. */
  image: pulumi.Input<string>;
  /** Of one pod: as large as the TaskManager that is to take its place. */
  size: Size;
  /** Whether a conductor in the cluster moves their number. */
  conducted: boolean;
  transform?: {
    /** Where pods hold it. */
    balloons?: Transform<k8s.apps.v1.DeploymentArgs>;
    /** Where a CapacityBuffer does. */
    buffer?: Transform<k8s.apiextensions.CustomResourceArgs>;
  };
}

/**
 * Room on the nodes before a tenant's TaskManagers need it: pods that do nothing, for which a node autoscaler makes
 * nodes, and that every other pod pushes aside; or a CapacityBuffer, for which it makes them without any pod. Both are
 * in the platform's namespace, so that none counts against the tenant's quota; their number is the conductor's.
 */
export class Headroom extends pulumi.ComponentResource {
  constructor(name: string, args: HeadroomArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:Headroom", name, {}, opts);
    if (args.kind === "pods") createBalloons(name, args, this);
    else createBuffer(name, args, this);
    if (args.conducted) createRights(name, args, this);
    this.registerOutputs({});
  }
}

function metadata(args: HeadroomArgs): types.input.meta.v1.ObjectMeta {
  return { ...headroomOf(args), labels: labelsOf(args) };
}

function createBalloons(name: string, args: HeadroomArgs, parent: pulumi.Resource): void {
  const deployment: k8s.apps.v1.DeploymentArgs = {
    // Waiting for a node is what they are there for.
    metadata: { ...metadata(args), annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      replicas: 0,
      // One more for a while would have a node made for it.
      strategy: { type: "Recreate" },
      selector: { matchLabels: selectorOfRoom(args) },
      template: podTemplate(args, {
        priorityClassName: headroomPriority(args),
        terminationGracePeriodSeconds: 0,
      }),
    },
  };
  new k8s.apps.v1.Deployment(
    `${name}-balloons`,
    transform(args.transform?.balloons, deployment),
    // An update leaves the number as the conductor has it.
    { parent, ignoreChanges: ["spec.replicas"] },
  );
}

/** What a node autoscaler has to make room for; no pod is ever made of it. */
function createBuffer(name: string, args: HeadroomArgs, parent: pulumi.Resource): void {
  const pod = { metadata: metadata(args), template: podTemplate(args, {}) };
  const template = new k8s.core.v1.PodTemplate(`${name}-template`, pod, { parent });
  const buffer: k8s.apiextensions.CustomResourceArgs = {
    apiVersion: BUFFER_API,
    kind: "CapacityBuffer",
    // It is ready only where an autoscaler knows it, and that is to be seen there.
    metadata: { ...metadata(args), annotations: { "pulumi.com/skipAwait": "true" } },
    spec: { podTemplateRef: { name: headroomOf(args).name }, replicas: 0 },
  };
  new k8s.apiextensions.CustomResource(
    `${name}-buffer`,
    transform(args.transform?.buffer, buffer),
    { parent, dependsOn: [template], ignoreChanges: ["spec.replicas"] },
  );
}

function selectorOfRoom({ tenant }: HeadroomArgs): Record<string, string> {
  return { ...selectorOf("headroom"), [TENANT_LABEL]: tenant };
}

function podTemplate(
  args: HeadroomArgs,
  more: Partial<types.input.core.v1.PodSpec>,
): types.input.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: { ...labelsOf(args), ...selectorOfRoom(args) } },
    spec: {
      automountServiceAccountToken: false,
      securityContext: restrictedPod(USER_IDS.flink),
      containers: [balloon(args)],
      ...more,
    },
  };
}

function balloon({ image, size }: HeadroomArgs): types.input.core.v1.Container {
  return {
    name: "headroom",
    image,
    command: ["sleep", "infinity"],
    resources: resources(size),
    securityContext: RESTRICTED_CONTAINER,
  };
}

/** Of the conductor, on what holds the room alone. */
function createRights(name: string, args: HeadroomArgs, parent: pulumi.Resource): void {
  const apiGroup = "rbac.authorization.k8s.io";
  const { name: role } = headroomOf(args);
  const { account } = CONDUCTOR_NAMES;
  const rules = headroomAccess(role, args.kind).map((rule) => ({ ...rule }));
  const binding: k8s.rbac.v1.RoleBindingArgs = {
    metadata: metadata(args),
    roleRef: { apiGroup, kind: "Role", name: role },
    subjects: [
      {
        kind: "ServiceAccount",
        name: account,
        namespace: namespaceOf({ environment: args.environment }),
      },
    ],
  };
  new k8s.rbac.v1.Role(`${name}-role`, { metadata: metadata(args), rules }, { parent });
  new k8s.rbac.v1.RoleBinding(`${name}-role-binding`, binding, { parent });
}
