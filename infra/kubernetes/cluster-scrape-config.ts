import { stringify } from "yaml";
import { ENVIRONMENT_LABEL, TENANT_LABEL } from "./names";

/**
 * Prometheus's configuration in a cluster: every pod of the environment that has a port called `metrics`, with its
 * tenant, its process and its own name as labels; and the rules in `rules.yml` beside this file.
 */
export function clusterScrapeConfig(environment: string, scrapeIntervalSeconds: number): string {
  const interval = `${scrapeIntervalSeconds}s`;
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: interval },
    rule_files: ["rules.yml"],
    scrape_configs: [
      { job_name: "prometheus", static_configs: [{ targets: ["localhost:9090"] }] },
      {
        job_name: "flink",
        // The conductor says itself whose metric it is.
        honor_labels: true,
        kubernetes_sd_configs: [
          {
            role: "pod",
            selectors: [{ role: "pod", label: `${ENVIRONMENT_LABEL}=${environment}` }],
          },
        ],
        relabel_configs: [
          { source_labels: [PORT_NAME], regex: "metrics", action: "keep" },
          { source_labels: [podLabel(TENANT_LABEL)], target_label: "tenant" },
          { source_labels: [podLabel("app.kubernetes.io/name")], target_label: "process" },
          { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
        ],
      },
    ],
  });
}

const PORT_NAME = "__meta_kubernetes_pod_container_port_name";

/** Prometheus's name for a pod's label. */
function podLabel(label: string): string {
  return `__meta_kubernetes_pod_label_${label.replace(/[^a-zA-Z0-9_]/g, "_")}`;
}
