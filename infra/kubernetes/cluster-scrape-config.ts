import { stringify } from "yaml";
import { ENVIRONMENT_LABEL } from "./names";

/**
 * Prometheus's configuration in a cluster: every pod of the environment that has a port called `metrics`, with its
 * tenant, its process and its own name as labels, as the job `flink`, `collector` or `conductor`; and the rules in
 * `rules.yml` beside this file.
 */
export function clusterScrapeConfig(scrapeIntervalSeconds: number): string {
  const interval = `${scrapeIntervalSeconds}s`;
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: interval },
    rule_files: ["rules.yml"],
    scrape_configs: [
      { job_name: "prometheus", static_configs: [{ targets: ["localhost:9090"] }] },
      {
        job_name: "flink",
        // Conductor and collectors say themselves whose metric it is.
        honor_labels: true,
        file_sd_configs: [{ files: [TARGETS_FILE] }],
        // Alerts tell them apart by it.
        relabel_configs: [
          {
            source_labels: ["process"],
            regex: OWN_JOBS,
            target_label: "job",
            replacement: "$1",
          },
        ],
      },
    ],
  });
}

/** Processes that are jobs of their own; all others are the job `flink`. */
export const OWN_JOBS = "(collector|conductor)";

/** Where the pods are kept that are scraped: every one of the environment with a port called `metrics`. */
export const TARGETS_FILE = "/tmp/targets.json";

/** What keeps that file, beside Prometheus in its pod. */
export function targetsCommand(environment: string): string[] {
  const selector = `${ENVIRONMENT_LABEL}=${environment}`;
  return ["/opt/prometheus/bin/kubernetes-targets.sh", selector, TARGETS_FILE];
}
