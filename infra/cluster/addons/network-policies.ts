import { serviceAccount, workload, type KubernetesObject } from "./objects";

const NAME = "kube-network-policies";
const namespace = "kube-system";

/** What makes NetworkPolicies hold on a network that knows nothing of them. */
export function networkPolicies(image: string): KubernetesObject[] {
  return [
    ...serviceAccount(NAME, namespace, [
      { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["list", "watch"] },
      {
        apiGroups: ["networking.k8s.io"],
        resources: ["networkpolicies"],
        verbs: ["list", "watch"],
      },
    ]),
    workload("DaemonSet", { name: NAME, namespace }, podSpec(image)),
  ];
}

function podSpec(image: string) {
  return {
    hostNetwork: true,
    priorityClassName: "system-node-critical",
    containers: [
      {
        name: NAME,
        image,
        args: [
          "--hostname-override=$(NODE)",
          "--nfqueue-id=98",
          // containerd 1.6 has no NRI: a pod's address is known as soon as the API server tells it.
          "--disable-nri",
          "--metrics-bind-address=127.0.0.1:9080",
        ],
        env: [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
        resources: { requests: { cpu: "10m", memory: "50Mi" } },
        securityContext: { privileged: true },
      },
    ],
  };
}
