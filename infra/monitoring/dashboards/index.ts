import { decisions } from "./decisions";
import { flinkJob } from "./flink-job";
import { kafkaLag } from "./kafka-lag";
import { renderDashboard } from "./render";
import { tenantCapacity } from "./tenant-capacity";

/** Every dashboard as Grafana imports it. */
export const DASHBOARDS = [tenantCapacity, decisions, flinkJob, kafkaLag].map(renderDashboard);
