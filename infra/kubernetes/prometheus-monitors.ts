import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ruleGroups } from "../monitoring/rules";
import { transform, type Transform } from "../transform";
import { OWN_JOBS } from "./cluster-scrape-config";
import { ENVIRONMENT_LABEL, labelsOf, TENANT_LABEL, type Belongs } from "./names";

export interface PrometheusMonitorsArgs extends Belongs {
  namespace: string;
  /** Value of the label `release`, by which a Prometheus finds its monitors and rules. */
  release: string;
  scrapeIntervalSeconds: number;
  /** Whether a conductor runs in the cluster all the time. */
  conductorScraped: boolean;
  transform?: {
    pods?: Transform<k8s.apiextensions.CustomResourceArgs>;
    rules?: Transform<k8s.apiextensions.CustomResourceArgs>;
  };
}

const NAME = "flinktide";
const API_GROUP = "monitoring.coreos.com/v1";

/**
 * What the Prometheus operator needs to have one of its own scrape every pod of the environment and load all rules.
 * There is no ServiceMonitor: TaskManagers have no service.
 */
export class PrometheusMonitors extends pulumi.ComponentResource {
  constructor(name: string, args: PrometheusMonitorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:PrometheusMonitors", name, {}, opts);
    const child = { parent: this };
    const pods = { ...resource(args, "PodMonitor"), spec: podMonitorSpec(args) };
    const rules = { ...resource(args, "PrometheusRule"), spec: { groups: ruleGroups(args) } };
    const { CustomResource } = k8s.apiextensions;
    new CustomResource(`${name}-pods`, transform(args.transform?.pods, pods), child);
    new CustomResource(`${name}-rules`, transform(args.transform?.rules, rules), child);
    this.registerOutputs({});
  }
}

function resource(args: PrometheusMonitorsArgs, kind: string) {
  const { namespace, release } = args;
  const labels = { ...labelsOf(args), release };
  return { apiVersion: API_GROUP, kind, metadata: { name: NAME, namespace, labels } };
}

/** The labels are those that the platform's own Prometheus gives. */
export function podMonitorSpec({
  environment,
  scrapeIntervalSeconds,
}: Pick<PrometheusMonitorsArgs, "environment" | "scrapeIntervalSeconds">) {
  const interval = `${scrapeIntervalSeconds}s`;
  return {
    // A tenant comes and goes without its platform's update.
    namespaceSelector: { any: true },
    selector: { matchLabels: { [ENVIRONMENT_LABEL]: environment } },
    podMetricsEndpoints: [
      {
        ...{ port: "metrics", interval, scrapeTimeout: interval },
        // Conductor and collectors say themselves whose metric it is.
        honorLabels: true,
        relabelings: [
          { sourceLabels: [podLabel(TENANT_LABEL)], targetLabel: "tenant" },
          { sourceLabels: [podLabel("app.kubernetes.io/name")], targetLabel: "process" },
          { targetLabel: "job", replacement: "flink" },
          { sourceLabels: ["process"], regex: OWN_JOBS, targetLabel: "job", replacement: "$1" },
        ],
      },
    ],
  };
}

/** As Prometheus's service discovery names a pod's label. */
function podLabel(label: string): string {
  return `__meta_kubernetes_pod_label_${label.replace(/[^a-zA-Z0-9_]/g, "_")}`;
}
