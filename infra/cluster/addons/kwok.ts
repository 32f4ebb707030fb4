import { serviceAccount, workload, type KubernetesObject } from "./objects";

const NAME = "kwok-controller";
const namespace = "kube-system";
const CONFIG = "kwok-stages";

/** On simulated nodes as label, annotation and taint. */
export const SIMULATED = { key: "kwok.x-k8s.io/node", value: "fake" } as const;

/** Addresses of simulated pods; nothing answers there. */
const POD_RANGE = "10.245.0.0/16";
/** Where it answers for its own health. */
const PORT = 10247;
/**
 * A node's lease is renewed four times as often: every 30 s, well before the controller manager gives a node up, and
 * a third as often as by default, so that a thousand nodes leave a small machine something to do.
 */
const LEASE_SECONDS = 120;

/**
 * kwok, which lets nodes and their pods seem to run: nothing runs there.
 *
 * @param stages how a node and a pod get ready and go, as kwok's own files tell
 */
export function kwokController(image: string, stages: readonly string[]): KubernetesObject[] {
  const files = Object.fromEntries(stages.map((text, i) => [`stage-${i}.yaml`, text]));
  return [
    ...serviceAccount(NAME, namespace, RULES),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: CONFIG, namespace },
      data: files,
    },
    workload("Deployment", { name: NAME, namespace }, podSpec(image, Object.keys(files))),
  ];
}

/** One simulated node, empty and open only to pods that tolerate its taint. */
export function simulatedNode(name: string, { cpu, memory }: NodeSize): KubernetesObject {
  const capacity = { cpu, memory, pods: "110" };
  const { key, value } = SIMULATED;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { [key]: value },
      labels: { type: "kwok", [key]: value, "kubernetes.io/hostname": name },
    },
    spec: { taints: [{ key, value, effect: "NoSchedule" }] },
    status: { allocatable: capacity, capacity },
  };
}

export interface NodeSize {
  /** As in a node's capacity, for instance "8". */
  cpu: string;
  /** As in a node's capacity, for instance "32Gi". */
  memory: string;
}

const RULES = [
  {
    apiGroups: [""],
    resources: ["nodes", "pods"],
    verbs: ["get", "list", "watch", "patch", "update", "delete"],
  },
  { apiGroups: [""], resources: ["nodes/status", "pods/status"], verbs: ["patch", "update"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "update"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: ["get", "list", "watch", "create", "patch", "update"],
  },
];

function podSpec(image: string, stages: readonly string[]) {
  return {
    containers: [
      {
        name: NAME,
        image,
        args: [
          "--manage-all-nodes=false",
          `--manage-nodes-with-annotation-selector=${SIMULATED.key}=${SIMULATED.value}`,
          `--cidr=${POD_RANGE}`,
          "--node-ip=$(POD_IP)",
          `--node-lease-duration-seconds=${LEASE_SECONDS}`,
          `--server-address=0.0.0.0:${PORT}`,
          ...stages.map((file) => `--config=/etc/kwok/${file}`),
        ],
        env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
        volumeMounts: [{ name: "stages", mountPath: "/etc/kwok" }],
        readinessProbe: { httpGet: { path: "/healthz", port: PORT }, periodSeconds: 1 },
        resources: { requests: { cpu: "10m", memory: "64Mi" } },
      },
    ],
    volumes: [{ name: "stages", configMap: { name: CONFIG } }],
  };
}
