import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { headroomAccess } from "../../policies/kubernetes/access";
import { HEADROOM_PRIORITY } from "../../policies/kubernetes/headroom";
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
  /** The TaskManagers', by digest: it is on the new nodes when they come. */
  image: pulumi.Input<string>;
  /** Of one pod: as large as the TaskManager that is to take its place. */
  size: Size;
  /** Whether a conductor in the cluster moves their number. */
  conducted: boolean;
  transform?: { balloons?: Transform<k8s.apps.v1.DeploymentArgs> };
}

/**
 * Room on the nodes before a tenant's TaskManagers need it: pods that do nothing, for which a node autoscaler makes
 * nodes, and that every other pod pushes aside. They are in the platform's namespace, so that none counts against the
 * tenant's quota; their number is the conductor's.
 */
export class Headroom extends pulumi.ComponentResource {
  constructor(name: string, args: HeadroomArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:Headroom", name, {}, opts);
    createBalloons(name, args, this);
    if (args.conducted) createRights(name, args, this);
    this.registerOutputs({});
  }
}

function metadata(args: HeadroomArgs): types.input.meta.v1.ObjectMeta {
  return { ...headroomOf(args), labels: labelsOf(args) };
}

function createBalloons(name: string, args: HeadroomArgs, parent: pulumi.Resource): void {
  const labels = { ...selectorOf("headroom"), [TENANT_LABEL]: args.tenant };
  const deployment: k8s.apps.v1.DeploymentArgs = {
    // Waiting for a node is what they are there for.
    metadata: { ...metadata(args), annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      replicas: 0,
      // One more for a while would have a node made for it.
      strategy: { type: "Recreate" },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labelsOf(args), ...labels } },
        spec: {
          priorityClassName: headroomPriority(args),
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          securityContext: restrictedPod(USER_IDS.flink),
          containers: [balloon(args)],
        },
      },
    },
  };
  new k8s.apps.v1.Deployment(
    `${name}-balloons`,
    transform(args.transform?.balloons, deployment),
    // An update leaves the number as the conductor has it.
    { parent, ignoreChanges: ["spec.replicas"] },
  );
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

/** Of the conductor, on this Deployment alone. */
function createRights(name: string, args: HeadroomArgs, parent: pulumi.Resource): void {
  const apiGroup = "rbac.authorization.k8s.io";
  const { name: role } = headroomOf(args);
  const { account } = CONDUCTOR_NAMES;
  const rules = headroomAccess(role).map((rule) => ({ ...rule }));
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
