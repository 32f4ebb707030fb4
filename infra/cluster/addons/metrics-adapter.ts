import { stringify } from "yaml";
import { METRICS_ADAPTER_PORT } from "../../../policies/kubernetes/flows";
import { ADAPTER_RULES } from "../../../policies/kubernetes/pressure-rule";
import { labelsOf, selectorOf } from "../../kubernetes/names";
import {
  RESTRICTED_CONTAINER,
  restrictedPod,
  TMP,
  TMP_VOLUME,
  USER_IDS,
} from "../../kubernetes/pod";
import { roleBinding, serviceAccount, type KubernetesObject } from "./objects";

const NAME = "metrics-adapter";
/** How soon a series that is new is known, and one that is gone is forgotten. */
const RELIST = "5s";

export interface MetricsAdapterArgs {
  /** Whose it is. */
  environment: string;
  /** Where it runs: the platform's, so that its NetworkPolicies let it through. */
  namespace: string;
  /** By digest. */
  image: string;
  /** Prometheus, as a URL within the cluster. */
  prometheusUrl: string;
}

/** prometheus-adapter, which serves the pressure on capacity as external.metrics.k8s.io: one for the whole cluster. */
export function metricsAdapter(args: MetricsAdapterArgs): KubernetesObject[] {
  const { namespace } = args;
  const own = { name: NAME, namespace };
  const objects = [
    ...serviceAccount(NAME, namespace, [
      { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list", "watch"] },
    ]),
    ...callers(namespace),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: own,
      data: { "config.yaml": stringify({ externalRules: ADAPTER_RULES }) },
    },
    deployment(args),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: own,
      spec: {
        selector: selectorOf(NAME),
        ports: [{ port: 443, targetPort: METRICS_ADAPTER_PORT }],
      },
    },
    apiService(namespace),
  ];
  // What lies outside the namespace goes with the environment, too.
  const labels = labelsOf(args);
  return objects.map((each) => ({ ...each, metadata: { ...each.metadata, labels } }));
}

/** It asks the API server who calls and whether that one may; autoscalers may. */
function callers(namespace: string): KubernetesObject[] {
  const itself = { kind: "ServiceAccount", name: NAME, namespace };
  const autoscalers = {
    kind: "ServiceAccount",
    name: "horizontal-pod-autoscaler",
    namespace: "kube-system",
  };
  const reader = `${NAME}-reader`;
  return [
    roleBinding({ name: `${NAME}-delegator` }, "ClusterRole", "system:auth-delegator", itself),
    roleBinding(
      { name: NAME, namespace: "kube-system" },
      "Role",
      "extension-apiserver-authentication-reader",
      itself,
    ),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: reader },
      rules: [{ apiGroups: ["external.metrics.k8s.io"], resources: ["*"], verbs: ["get", "list"] }],
    },
    roleBinding({ name: reader }, "ClusterRole", reader, autoscalers),
  ];
}

function deployment(args: MetricsAdapterArgs): KubernetesObject {
  const { namespace } = args;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace },
    spec: {
      selector: { matchLabels: selectorOf(NAME) },
      template: { metadata: { labels: selectorOf(NAME) }, spec: podSpec(args) },
    },
  };
}

function podSpec({ image, prometheusUrl }: MetricsAdapterArgs) {
  return {
    serviceAccountName: NAME,
    securityContext: restrictedPod(USER_IDS.prometheus),
    containers: [
      {
        name: NAME,
        image,
        args: [
          ...[`--secure-port=${METRICS_ADAPTER_PORT}`, `--cert-dir=${TMP.mountPath}`],
          ...[`--prometheus-url=${prometheusUrl}`, "--config=/etc/adapter/config.yaml"],
          `--metrics-relist-interval=${RELIST}`,
        ],
        ports: [{ name: "https", containerPort: METRICS_ADAPTER_PORT }],
        readinessProbe: {
          httpGet: { path: "/readyz", port: "https", scheme: "HTTPS" },
          periodSeconds: 2,
        },
        securityContext: RESTRICTED_CONTAINER,
        resources: {
          requests: { cpu: "20m", memory: "128Mi" },
          limits: { cpu: "1", memory: "256Mi" },
        },
        volumeMounts: [TMP, { name: "config", mountPath: "/etc/adapter" }],
      },
    ],
    volumes: [TMP_VOLUME, { name: "config", configMap: { name: NAME } }],
  };
}

function apiService(namespace: string): KubernetesObject {
  const [version, group] = ["v1beta1", "external.metrics.k8s.io"];
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: `${version}.${group}` },
    spec: {
      ...{ group, version, groupPriorityMinimum: 100, versionPriority: 100 },
      // Its certificate is one that it makes for itself.
      insecureSkipTLSVerify: true,
      service: { name: NAME, namespace },
    },
  };
}
