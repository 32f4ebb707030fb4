import * as docker from "@pulumi/docker";
import { Collector } from "../../infra/docker/collector";
import { Kafka } from "../../infra/docker/kafka";
import { labels } from "../../infra/docker/container";
import { Prometheus } from "../../infra/docker/prometheus";
import { buildCollectors } from "../collectors";
import { conductorPaths } from "../conductor/paths";
import type { Platform } from "../platform-schema";

/** What the tenants of an environment share on this machine's Docker: network, Kafka, Prometheus. */
export function dockerPlatform(environment: string, platform: Platform) {
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
  const place = { environment, network: network.name, kafka: kafka.bootstrapServers };
  buildCollectors(platform.collectors, {
    ...{ kafkaOnHost: kafka.hostBootstrapServers, declared: [], dependsOn: [kafka] },
    make: (name, collector, opts) => new Collector(name, { ...place, collector }, opts),
  });
  return {
    target: "docker",
    environment,
    network: network.name,
    kafka: kafka.bootstrapServers,
    kafkaOnHost: kafka.hostBootstrapServers,
    prometheusUrl: prometheus.url,
  };
}
