import * as docker from "@pulumi/docker";
import { Kafka } from "../infra/docker/kafka";
import { labels } from "../infra/docker/container";
import { Prometheus } from "../infra/docker/prometheus";
import { buildCollectors } from "./collectors";
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
  buildCollectors(platform.collectors, {
    ...{ environment, network: network.name, declared: [], dependsOn: [kafka] },
    ...{ kafka: kafka.bootstrapServers, kafkaOnHost: kafka.hostBootstrapServers },
  });
  return {
    environment,
    network: network.name,
    kafka: kafka.bootstrapServers,
    kafkaOnHost: kafka.hostBootstrapServers,
    prometheusUrl: prometheus.url,
  };
}
