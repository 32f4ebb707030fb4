import { SIMULATED } from "./kwok";
import { serviceAccount, workload, type KubernetesObject } from "./objects";

const NAME = "karpenter";
const namespace = "kube-system";

/**
 * Karpenter with its provider of simulated nodes: it decides about nodes as on a cloud; what it orders is made by kwok.
 * It may do everything, as it is for tests only.
 */
export function karpenterController(image: string): KubernetesObject[] {
  return [
    ...serviceAccount(NAME, namespace, [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]),
    workload("Deployment", { name: NAME, namespace }, podSpec(image)),
  ];
}

export interface NodePoolArgs {
  name: string;
  /** CPU cores of each node it may order: one of 1, 2, 4, 8, 16, ... 256. */
  cpu: number;
  /** CPU cores of all its nodes together. */
  cpuLimit: number;
  /** A node comes so long after its order, as a machine boots. @default "0s" */
  registrationDelay?: string;
  /** An empty node goes after this. @default "30s" */
  removeEmptyAfter?: string;
}

/** A pool of simulated nodes, open only to pods that tolerate their taint. */
export function nodePool(args: NodePoolArgs): KubernetesObject[] {
  const nodeClass = { group: "karpenter.kwok.sh", kind: "KWOKNodeClass", name: args.name };
  return [
    {
      apiVersion: "karpenter.kwok.sh/v1alpha1",
      kind: nodeClass.kind,
      metadata: { name: args.name },
      spec: { nodeRegistrationDelay: args.registrationDelay ?? "0s" },
    },
    {
      apiVersion: "karpenter.sh/v1",
      kind: "NodePool",
      metadata: { name: args.name },
      spec: {
        limits: { cpu: String(args.cpuLimit) },
        disruption: {
          consolidationPolicy: "WhenEmpty",
          consolidateAfter: args.removeEmptyAfter ?? "30s",
        },
        template: {
          metadata: { labels: { type: "kwok" } },
          spec: {
            nodeClassRef: nodeClass,
            taints: [{ ...SIMULATED, effect: "NoSchedule" }],
            requirements: [
              { key: "karpenter.kwok.sh/instance-cpu", operator: "In", values: [String(args.cpu)] },
              { key: "kubernetes.io/os", operator: "In", values: ["linux"] },
              { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
            ],
          },
        },
      },
    },
  ];
}

function podSpec(image: string) {
  const env = {
    DISABLE_LEADER_ELECTION: "true",
    SYSTEM_NAMESPACE: namespace,
    KARPENTER_SERVICE: NAME,
    BATCH_IDLE_DURATION: "1s",
    FEATURE_GATES: "CapacityBuffer=true",
    METRICS_PORT: "8080",
    HEALTH_PROBE_PORT: "8081",
  };
  return {
    containers: [
      {
        name: NAME,
        image,
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
        readinessProbe: { httpGet: { path: "/readyz", port: 8081 }, periodSeconds: 2 },
        resources: { requests: { cpu: "20m", memory: "128Mi" } },
      },
    ],
  };
}
