import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { HEADROOM_PRIORITY } from "../../policies/kubernetes/headroom";
import { transform, type Transform } from "../transform";
import { labelsOf, selectorOf, type Belongs } from "./names";
import { resources, RESTRICTED_CONTAINER, restrictedPod, USER_IDS, type Size } from "./pod";

export interface HeadroomArgs extends Belongs {
  namespace: string;
  /** Any small image with `sleep`, by digest. */
  image: pulumi.Input<string>;
  /** Pods that do nothing. */
  pods: number;
  /** Of one pod: as large as what is to take its place. */
  size: Size;
  transform?: { balloons?: Transform<k8s.apps.v1.DeploymentArgs> };
}

const NAME = "headroom";

/**
 * Room on the nodes before it is needed: pods that do nothing, for which a node autoscaler makes nodes, and that every
 * other pod pushes aside.
 */
export class Headroom extends pulumi.ComponentResource {
  constructor(name: string, args: HeadroomArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:Headroom", name, {}, opts);
    const { namespace } = args;
    const priority: k8s.scheduling.v1.PriorityClassArgs = {
      metadata: { name: `${namespace}-${NAME}`, labels: labelsOf(args) },
      value: HEADROOM_PRIORITY,
      preemptionPolicy: "Never",
      globalDefault: false,
      description: "Pods that hold room on the nodes until something else needs it.",
    };
    const priorityClass = new k8s.scheduling.v1.PriorityClass(`${name}-priority`, priority, {
      parent: this,
    });
    const balloons: k8s.apps.v1.DeploymentArgs = {
      // Waiting for a node is what they are there for.
      metadata: {
        name: NAME,
        namespace,
        labels: labelsOf(args),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        replicas: args.pods,
        selector: { matchLabels: selectorOf("headroom") },
        template: {
          metadata: { labels: { ...labelsOf(args), ...selectorOf("headroom") } },
          spec: {
            priorityClassName: `${namespace}-${NAME}`,
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 0,
            securityContext: restrictedPod(USER_IDS.prometheus),
            containers: [balloon(args)],
          },
        },
      },
    };
    new k8s.apps.v1.Deployment(`${name}-balloons`, transform(args.transform?.balloons, balloons), {
      parent: this,
      dependsOn: [priorityClass],
    });
    this.registerOutputs({});
  }
}

function balloon({ image, size }: HeadroomArgs): types.input.core.v1.Container {
  return {
    name: NAME,
    image,
    command: ["sleep", "infinity"],
    resources: resources(size),
    securityContext: RESTRICTED_CONTAINER,
  };
}
