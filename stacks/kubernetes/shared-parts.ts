import type * as pulumi from "@pulumi/pulumi";
import { Kafka } from "../../infra/kubernetes/kafka";
import { Prometheus } from "../../infra/kubernetes/prometheus";
import { PrometheusMonitors } from "../../infra/kubernetes/prometheus-monitors";
import { StrimziKafka } from "../../infra/kubernetes/strimzi-kafka";
import type { Platform } from "../platform-schema";
import { brokersFromOutside } from "./elsewhere";
import type { KubernetesSettings } from "./platform-settings";

/** What every part of a platform is given. */
export interface SharedPlace {
  environment: string;
  namespace: string;
  cpuRequestShare: number;
  storage: KubernetesSettings["storage"];
  /** Reference of a recipe's image. */
  imageOf(recipe: string): pulumi.Output<string>;
  opts: pulumi.ComponentResourceOptions;
}

export interface SharedKafka {
  /** For clients inside the cluster. */
  bootstrapServers: string;
  /** For clients outside. */
  url: string;
  /** What makes it; nothing where it is there. */
  made: pulumi.Resource[];
}

/** The platform's Kafka: one that is there, one of Strimzi's, or a StatefulSet. */
export function sharedKafka({ kafka: settings }: Platform, place: SharedPlace): SharedKafka {
  const { bootstrapServers, strimzi, brokers, cpus, memory: memoryMiB } = settings;
  if (bootstrapServers !== undefined) {
    return { bootstrapServers, url: brokersFromOutside(bootstrapServers), made: [] };
  }
  const { storage: volumes, imageOf, opts, ...shared } = place;
  const storage = { className: volumes.className, sizeGiB: volumes.kafka };
  const args = { ...shared, brokers, cpus, memoryMiB, storage };
  const made =
    strimzi === undefined
      ? new Kafka("kafka", { ...args, image: imageOf("kafka") }, opts)
      : new StrimziKafka("kafka", { ...args, ...strimzi }, opts);
  return { bootstrapServers: made.bootstrapServers, url: made.url, made: [made] };
}

/** The platform's Prometheus, unless there is one, which may be told by its operator what to scrape. */
export function sharedPrometheus(platform: Platform, place: SharedPlace): void {
  const { prometheus: settings, kubernetes: { conductor } = {} } = platform;
  const { storage: volumes, imageOf, opts, ...its } = place;
  const conductorScraped = conductor?.enabled === true && conductor.schedule === undefined;
  const shared = { ...its, conductorScraped };
  const { url, operator, scrapeIntervalSeconds, cpus, memory: memoryMiB } = settings;
  if (operator !== undefined) {
    const args = { ...shared, scrapeIntervalSeconds, release: operator.release };
    new PrometheusMonitors("prometheus", args, opts);
  }
  if (url !== undefined) return;
  const storage = { className: volumes.className, sizeGiB: volumes.prometheus };
  const args = { ...shared, cpus, memoryMiB, scrapeIntervalSeconds, storage };
  new Prometheus("prometheus", { ...args, image: imageOf("prometheus") }, opts);
}
