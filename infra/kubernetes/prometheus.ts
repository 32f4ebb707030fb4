import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { monitoringRules } from "../monitoring/rules";
import { transform, type Transform } from "../transform";
import { claimSpec, type Room } from "./claim";
import { clusterScrapeConfig, targetsCommand } from "./cluster-scrape-config";
import { labelsOf, selectorOf, type Belongs } from "./names";
import {
  ports,
  probes,
  resources,
  RESTRICTED_CONTAINER,
  restrictedPod,
  TMP,
  TMP_VOLUME,
  USER_IDS,
  variables,
} from "./pod";

export interface PrometheusArgs extends Belongs {
  namespace: string;
  /** By digest. */
  image: pulumi.Input<string>;
  scrapeIntervalSeconds: number;
  /** Whether a conductor runs in the cluster all the time. */
  conductorScraped: boolean;
  /** Limits. */
  memoryMiB: number;
  cpus: number;
  cpuRequestShare: number;
  /** For its samples. */
  storage: Room;
  transform?: { server?: Transform<k8s.apps.v1.StatefulSetArgs> };
}

const NAME = "prometheus";
const PORT = 9090;
const DATA = { name: "data", mountPath: "/prometheus" };

/** Prometheus that scrapes every Flink process of the environment and its conductor. */
export class Prometheus extends pulumi.ComponentResource {
  /** As `kubernetes://NAMESPACE/SERVICE:PORT`. */
  readonly url: string;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:Prometheus", name, {}, opts);
    const account = createAccount(name, args, this);
    const service = createService(name, args, this);
    createServer(name, args, [...account, service], this);
    this.url = `kubernetes://${args.namespace}/${NAME}:${PORT}`;
    this.registerOutputs({ url: this.url });
  }
}

function metadata(args: PrometheusArgs, annotations?: Record<string, string>) {
  const { namespace } = args;
  return { name: NAME, namespace, labels: labelsOf(args), ...(annotations && { annotations }) };
}

/** It may look for pods, in all namespaces: a tenant's comes and goes without its platform's update. */
function createAccount(
  name: string,
  args: PrometheusArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { namespace } = args;
  const own = { name: `${namespace}-${NAME}`, labels: labelsOf(args) };
  const binding: k8s.rbac.v1.ClusterRoleBindingArgs = {
    metadata: own,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: own.name },
    subjects: [{ kind: "ServiceAccount", name: NAME, namespace }],
  };
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }];
  return [
    new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata: metadata(args) }, { parent }),
    new k8s.rbac.v1.ClusterRole(`${name}-role`, { metadata: own, rules }, { parent }),
    new k8s.rbac.v1.ClusterRoleBinding(`${name}-role-binding`, binding, { parent }),
  ];
}

function createService(
  name: string,
  args: PrometheusArgs,
  parent: pulumi.Resource,
): k8s.core.v1.Service {
  const spec: types.input.core.v1.ServiceSpec = {
    selector: selectorOf("prometheus"),
    ports: [{ name: "web", port: PORT, targetPort: "web" }],
  };
  const meta = metadata(args, { "pulumi.com/skipAwait": "true" });
  return new k8s.core.v1.Service(`${name}-service`, { metadata: meta, spec }, { parent });
}

/** A set of one: two at a time would write to the same volume. */
function createServer(
  name: string,
  args: PrometheusArgs,
  dependsOn: pulumi.Resource[],
  parent: pulumi.Resource,
): void {
  const server: k8s.apps.v1.StatefulSetArgs = {
    metadata: metadata(args),
    spec: {
      serviceName: NAME,
      replicas: 1,
      selector: { matchLabels: selectorOf("prometheus") },
      template: {
        metadata: { labels: { ...labelsOf(args), ...selectorOf("prometheus") } },
        spec: {
          serviceAccountName: NAME,
          securityContext: restrictedPod(USER_IDS.prometheus),
          containers: [container(args), targets(args)],
          volumes: [TMP_VOLUME],
        },
      },
      volumeClaimTemplates: [
        { metadata: { name: DATA.name }, spec: claimSpec(args.storage, "ReadWriteOnce") },
      ],
    },
  };
  const changed = transform(args.transform?.server, server);
  new k8s.apps.v1.StatefulSet(`${name}-server`, changed, { parent, dependsOn });
}

function container(args: PrometheusArgs): types.input.core.v1.Container {
  return {
    name: NAME,
    image: args.image,
    env: variables({
      PROMETHEUS_CONFIG: clusterScrapeConfig(args.scrapeIntervalSeconds),
      PROMETHEUS_RULES: monitoringRules(args),
    }),
    ports: ports({ web: PORT }),
    resources: resources(args),
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [TMP, DATA],
    ...probes({ path: "/-/healthy", port: "web" }),
    readinessProbe: { httpGet: { path: "/-/ready", port: "web" }, periodSeconds: 5 },
  };
}

/** Tells it which pods there are. */
function targets({
  environment,
  image,
  cpuRequestShare,
}: PrometheusArgs): types.input.core.v1.Container {
  return {
    name: "targets",
    image,
    command: targetsCommand(environment),
    resources: resources({ cpus: 0.2, memoryMiB: 64, cpuRequestShare }),
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [TMP],
  };
}
