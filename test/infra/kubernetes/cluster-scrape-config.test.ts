import { parse } from "yaml";
import { clusterScrapeConfig } from "../../../infra/kubernetes/cluster-scrape-config";
import { ALERT_RULES } from "../../../infra/monitoring/alert-rules";

interface Relabel {
  source_labels: string[];
  regex: string;
  target_label: string;
  replacement: string;
}
interface Config {
  scrape_configs: { job_name: string; honor_labels?: boolean; relabel_configs?: Relabel[] }[];
}

/** The job under which a process's metrics are kept: as Prometheus does it, the whole label has to fit. */
function jobOf(process: string): string | undefined {
  const { scrape_configs } = parse(clusterScrapeConfig(5)) as Config;
  const found = scrape_configs.find(({ job_name }) => job_name === "flink");
  for (const { regex, source_labels, target_label, replacement } of found?.relabel_configs ?? []) {
    expect([source_labels, target_label]).toEqual([["process"], "job"]);
    const match = new RegExp(`^(?:${regex})$`).exec(process);
    if (match !== null) return replacement.replace("$1", match[1] ?? "");
  }
  return found?.job_name;
}

it.each([
  ["jobmanager", "flink"],
  ["taskmanager", "flink"],
  ["collector", "collector"],
  ["conductor", "conductor"],
])("%s is of the job %s", (process, job) => expect(jobOf(process)).toBe(job));

it("every job that an alert names is one of these", () => {
  const named = ALERT_RULES.flatMap(({ expr }) =>
    [...expr.matchAll(/job="(\w+)"/g)].map(([, job]) => job),
  );
  expect([...new Set(named)].sort()).toEqual(["collector", "conductor", "flink"]);
});
