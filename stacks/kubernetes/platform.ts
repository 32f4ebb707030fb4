import type * as pulumi from "@pulumi/pulumi";
import { PushedImage } from "../../infra/images/pushed-image";
import { IMAGE_VERSIONS } from "../../infra/images/versions";
import { findApiServer } from "../../infra/kubernetes/api-server";
import { IsolatedNamespace } from "../../infra/kubernetes/isolated-namespace";
import { Kafka } from "../../infra/kubernetes/kafka";
import { platformPolicies } from "../../infra/kubernetes/network-policies";
import { Prometheus } from "../../infra/kubernetes/prometheus";
import { UserError } from "../../infra/errors";
import type { Platform } from "../platform-schema";
import type { ClusterSettings } from "./settings";

/** What the tenants of an environment share in a cluster: images, Kafka, Prometheus, each of them isolated. */
export async function kubernetesPlatform(environment: string, platform: Platform) {
  const settings = settingsOf(platform);
  const images = pushImages(settings.registry);
  const { namespace, ...isolated } = await isolate(environment);
  const shared = { environment, namespace, cpuRequestShare: settings.cpuRequestShare };
  const { className } = settings.storage;
  const kafka = new Kafka(
    "kafka",
    {
      ...shared,
      ...{ brokers: platform.kafka.brokers, cpus: platform.kafka.cpus },
      ...{ memoryMiB: platform.kafka.memory, image: imageOf(images, "kafka") },
      storage: { className, sizeGiB: settings.storage.kafka },
    },
    isolated,
  );
  const prometheus = new Prometheus(
    "prometheus",
    {
      ...shared,
      ...{ cpus: platform.prometheus.cpus, memoryMiB: platform.prometheus.memory },
      scrapeIntervalSeconds: platform.prometheus.scrapeIntervalSeconds,
      image: imageOf(images, "prometheus"),
      storage: { className, sizeGiB: settings.storage.prometheus },
    },
    isolated,
  );
  return {
    target: "kubernetes",
    environment,
    namespace,
    kafka: kafka.bootstrapServers,
    kafkaOnHost: kafka.url,
    prometheusUrl: prometheus.url,
    images,
    cluster: clusterSettings(settings),
  };
}

function settingsOf({ kubernetes }: Platform) {
  if (kubernetes !== undefined) return kubernetes;
  throw new UserError(
    "The platform has no settings for Kubernetes. Fix: give them under kubernetes.",
  );
}

/** References by digest, by name: flink-1.14.6, kafka-3.9.1, … */
function pushImages(registry: string): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    IMAGE_VERSIONS.map(({ recipe, version }) => {
      const name = `${recipe}-${version}`;
      return [name, new PushedImage(name, { recipe, version, registry }).reference];
    }),
  );
}

function imageOf(images: Record<string, pulumi.Output<string>>, recipe: string) {
  const found = Object.entries(images).find(([name]) => name.startsWith(`${recipe}-`));
  if (found === undefined) throw new Error(`there is no image for ${recipe}`);
  return found[1];
}

async function isolate(environment: string) {
  const isolated = new IsolatedNamespace("platform", {
    environment,
    policies: platformPolicies({ environment }, await findApiServer()),
  });
  return { namespace: isolated.namespace, dependsOn: [isolated] };
}

/** What a tenant's stack needs to know of the cluster. */
function clusterSettings({
  storage,
  cpuRequestShare,
  metrics,
}: NonNullable<Platform["kubernetes"]>): ClusterSettings {
  const { className, accessMode, tenant: sizeGiB } = storage;
  return {
    storage: { sizeGiB, ...(className === undefined ? {} : { className }) },
    ...{ accessMode, cpuRequestShare, metrics },
  };
}
