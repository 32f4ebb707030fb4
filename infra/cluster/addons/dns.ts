import { CLUSTER_DOMAIN } from "../layout";
import { serviceAccount, workload, type KubernetesObject } from "./objects";

const NAME = "coredns";
/** What NetworkPolicies know the cluster's DNS by, whatever serves it. */
const APP = "kube-dns";
const namespace = "kube-system";

const COREFILE = `.:53 {
    errors
    health
    ready
    kubernetes ${CLUSTER_DOMAIN} in-addr.arpa ip6.arpa
    cache 5
}
`;

/**
 * CoreDNS, which knows the cluster's own names and no others.
 *
 * @param address of its service, within the service range
 */
export function dns(image: string, address: string): KubernetesObject[] {
  return [
    ...serviceAccount(NAME, namespace, [
      {
        apiGroups: [""],
        resources: ["endpoints", "services", "pods", "namespaces"],
        verbs: ["list", "watch"],
      },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ]),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: NAME, namespace },
      data: { Corefile: COREFILE },
    },
    workload("Deployment", { name: NAME, namespace, app: APP }, podSpec(image)),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: APP, namespace, labels: { "k8s-app": APP } },
      spec: {
        clusterIP: address,
        selector: { "k8s-app": APP },
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
  ];
}

function podSpec(image: string) {
  return {
    // Its own names would come from itself.
    dnsPolicy: "Default",
    priorityClassName: "system-cluster-critical",
    containers: [
      {
        name: NAME,
        image,
        args: ["-conf", "/etc/coredns/Corefile"],
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns" }],
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "170Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
      },
    ],
    volumes: [{ name: "config", configMap: { name: NAME } }],
  };
}
