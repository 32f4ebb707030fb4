import { stringify } from "yaml";
import { COLLECTOR_PORT } from "../../policies/collector";
import { PORTS } from "../flink/properties";

/** Network name under which every Flink process of every tenant answers. */
export const METRICS_ALIAS = "flink-metrics";

/** Network name under which every collector answers. */
export const COLLECTOR_ALIAS = "collector-metrics";

/** Port inside Prometheus's container that leads to the conductor's socket. */
export const CONDUCTOR_PORT = 9091;

/**
 * Prometheus's configuration: every Flink process on its metrics port, found by DNS, with its tenant as a label; every
 * collector and the conductor, which say themselves whose metric it is; and the rules in `rules.yml` beside this file.
 */
export function scrapeConfig(scrapeIntervalSeconds: number): string {
  const interval = `${scrapeIntervalSeconds}s`;
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: interval },
    rule_files: ["rules.yml"],
    scrape_configs: [
      { job_name: "prometheus", static_configs: [{ targets: ["localhost:9090"] }] },
      {
        job_name: "flink",
        dns_sd_configs: [
          { names: [METRICS_ALIAS], type: "A", port: PORTS.metrics, refresh_interval: interval },
        ],
        metric_relabel_configs: [
          tenantFrom("host", "jobmanager"),
          tenantFrom("tm_id", "taskmanager"),
        ],
      },
      {
        job_name: "collector",
        dns_sd_configs: [
          { names: [COLLECTOR_ALIAS], type: "A", port: COLLECTOR_PORT, refresh_interval: interval },
        ],
      },
      {
        job_name: "conductor",
        // Its label `job` is a Flink job's name.
        honor_labels: true,
        static_configs: [{ targets: [`localhost:${CONDUCTOR_PORT}`] }],
      },
    ],
  });
}

/** The tenant stands in the process's name: ENVIRONMENT-TENANT-jobmanager, ENVIRONMENT-TENANT-taskmanager-2. */
function tenantFrom(label: string, role: string) {
  return {
    source_labels: [label],
    regex: `[a-z0-9]+[-_](.+)[-_]${role}.*`,
    target_label: "tenant",
    replacement: "$1",
  };
}
