/** A Kubernetes object as it is applied. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** What a program in the cluster may do, as in a ClusterRole. */
export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const RBAC = "rbac.authorization.k8s.io";

/** A service account with a ClusterRole of its own, all of one name. */
export function serviceAccount(
  name: string,
  namespace: string,
  rules: readonly Rule[],
): KubernetesObject[] {
  const subject = { kind: "ServiceAccount", name, namespace };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name }, rules },
    roleBinding({ name }, "ClusterRole", name, subject),
  ];
}

/** Gives a role to an account: in a namespace, or in the whole cluster where the metadata names none. */
export function roleBinding(
  metadata: { name: string; namespace?: string },
  kind: "Role" | "ClusterRole",
  name: string,
  subject: { kind: string; name: string; namespace: string },
): KubernetesObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: metadata.namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    metadata,
    roleRef: { apiGroup: RBAC, kind, name },
    subjects: [subject],
  };
}

/** A Deployment of one pod, or a DaemonSet, whose pods bear the label `k8s-app: <app>`. */
export function workload(
  kind: "Deployment" | "DaemonSet",
  { name, namespace, app = name }: { name: string; namespace: string; app?: string },
  podSpec: Record<string, unknown>,
): KubernetesObject {
  const labels = { "k8s-app": app };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { serviceAccountName: name, ...podSpec },
      },
    },
  };
}
