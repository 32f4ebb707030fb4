import * as docker from "@pulumi/docker";
import { Collector } from "../infra/docker/collector";
import { Kafka } from "../infra/docker/kafka";
import { labels } from "../infra/docker/container";
import { Prometheus } from "../infra/docker/prometheus";
import { conductorPaths } from "./conductor/paths";
import type { Platform } from "./config";

/** What the tenants of an environment share: network, Kafka, Prometheus. The environment is named by its stack. */
export function buildPlatform(environment: string, platform: Platform) {
  const network = new docker.Network("network", {
    name: `flinktide-${environment}`,
    labels: labels({ environment }),
  });
  const kafka = new Kafka("kafka", {
    environment,
    network: network.name,
    port: platform.kafka.port,
    memoryMiB: platform.kafka.memory,
  });
  const prometheus = new Prometheus("prometheus", {
    environment,
    network: network.name,
    port: platform.prometheus.port,
    scrapeIntervalSeconds: platform.prometheus.scrapeIntervalSeconds,
    memoryMiB: platform.prometheus.memory,
    conductorSocket: conductorPaths(environment).metricsSocket,
  });
  for (const collector of platform.collectors) {
    const shared = { environment, network: network.name, kafka: kafka.bootstrapServers };
    new Collector(`collector-${collector.name}`, { ...shared, collector }, { dependsOn: kafka });
  }
  return {
    environment,
    network: network.name,
    kafka: kafka.bootstrapServers,
    kafkaOnHost: kafka.hostBootstrapServers,
    prometheusUrl: prometheus.url,
  };
}
