import { parse } from "yaml";
import { scrapeConfig } from "../../../infra/monitoring/scrape-config";

const tenantFrom = (label: string, role: string) => ({
  source_labels: [label],
  regex: `[a-z0-9]+[-_](.+)[-_]${role}.*`,
  target_label: "tenant",
  replacement: "$1",
});

it("Flink's processes are scraped with their tenant as a label, collectors and the conductor with their own labels", () => {
  expect(parse(scrapeConfig(5))).toEqual({
    global: { scrape_interval: "5s", scrape_timeout: "5s" },
    rule_files: ["rules.yml"],
    scrape_configs: [
      { job_name: "prometheus", static_configs: [{ targets: ["localhost:9090"] }] },
      {
        job_name: "flink",
        dns_sd_configs: [
          { names: ["flink-metrics"], type: "A", port: 9249, refresh_interval: "5s" },
        ],
        metric_relabel_configs: [
          tenantFrom("host", "jobmanager"),
          tenantFrom("tm_id", "taskmanager"),
        ],
      },
      {
        job_name: "collector",
        dns_sd_configs: [
          { names: ["collector-metrics"], type: "A", port: 8080, refresh_interval: "5s" },
        ],
      },
      {
        job_name: "conductor",
        honor_labels: true,
        static_configs: [{ targets: ["localhost:9091"] }],
      },
    ],
  });
});
