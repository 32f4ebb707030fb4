import * as pulumi from "@pulumi/pulumi";
import { PushedImage } from "../../infra/images/pushed-image";
import { findApiServer } from "../../infra/kubernetes/api-server";
import { Conductor } from "../../infra/kubernetes/conductor";
import { HeadroomPriority } from "../../infra/kubernetes/headroom";
import { IsolatedNamespace } from "../../infra/kubernetes/isolated-namespace";
import { Kafka } from "../../infra/kubernetes/kafka";
import { platformPolicies, type ApiServer } from "../../infra/kubernetes/network-policies";
import { Prometheus } from "../../infra/kubernetes/prometheus";
import { UserError } from "../../infra/errors";
import type { Platform } from "../platform-schema";
import { CLUSTER_IMAGES } from "./image-names";
import { requireNoCollectors } from "./no-collectors";
import { ownStackFile } from "./own-stack-file";
import type { KubernetesSettings } from "./platform-settings";
import type { ClusterSettings } from "./settings";

/** What the tenants of an environment share in a cluster: images, Kafka, Prometheus, each of them isolated. */
export async function kubernetesPlatform(environment: string, platform: Platform) {
  const settings = settingsOf(platform);
  requireNoCollectors(platform.collectors);
  const images = imagesOf(settings);
  const apiServer = settings.apiServer ?? (await findApiServer());
  const { namespace, ...isolated } = isolate(environment, apiServer, settings);
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
  conduct(platform, settings, shared, isolated);
  if (settings.headroom !== undefined) new HeadroomPriority("headroom", { environment });
  return {
    target: "kubernetes",
    environment,
    namespace,
    kafka: kafka.bootstrapServers,
    kafkaOnHost: kafka.url,
    prometheusUrl: prometheus.url,
    images,
    cluster: clusterSettings(settings, apiServer),
  };
}

/** Runs the conductor in the cluster where the platform says so. */
function conduct(
  { alerts: { secretKey } }: Platform,
  { conductor, storage }: KubernetesSettings,
  shared: { environment: string; namespace: string; cpuRequestShare: number },
  opts: pulumi.ComponentResourceOptions,
): void {
  const { enabled, image, cpus, memory: memoryMiB, storage: sizeGiB, stateBackend } = conductor;
  if (!enabled || image === undefined) return;
  const { url: backendUrl, secretName } = stateBackend;
  // Who reads the file there is told that it has a value; the value itself comes with the Secret.
  const hidden = secretKey === undefined ? {} : { [secretKey]: "in the conductor's Secret" };
  new Conductor(
    "conductor",
    {
      ...{ ...shared, image, cpus, memoryMiB, backendUrl, secretName },
      storage: { sizeGiB, className: storage.className },
      stackFile: ownStackFile(hidden),
    },
    opts,
  );
}

function settingsOf({ kubernetes }: Platform) {
  if (kubernetes !== undefined) return kubernetes;
  throw new UserError(
    "The platform has no settings for Kubernetes. Fix: give them under kubernetes.",
  );
}

/** References by digest, by name: flink-1.14.6, kafka-3.9.1, … */
function imagesOf({ images, registry }: KubernetesSettings): Record<string, pulumi.Output<string>> {
  const given: Readonly<Partial<Record<string, string>>> = images;
  return Object.fromEntries(
    [...CLUSTER_IMAGES].map(([name, { recipe, version }]) => {
      const there = given[name];
      if (there !== undefined) return [name, pulumi.output(there)];
      return [name, new PushedImage(name, { recipe, version, registry }).reference];
    }),
  );
}

function imageOf(images: Record<string, pulumi.Output<string>>, recipe: string) {
  const found = Object.entries(images).find(([name]) => name.startsWith(`${recipe}-`));
  if (found === undefined) throw new Error(`there is no image for ${recipe}`);
  return found[1];
}

function isolate(environment: string, apiServer: ApiServer, { conductor }: KubernetesSettings) {
  const policies = platformPolicies({ environment }, apiServer, conductor.egress);
  const isolated = new IsolatedNamespace("platform", { environment, policies });
  return { namespace: isolated.namespace, dependsOn: [isolated] };
}

/** What a tenant's stack needs to know of the cluster. */
function clusterSettings(
  {
    storage,
    cpuRequestShare,
    protectJobs,
    metrics,
    tenantLimit,
    conductor,
    headroom,
  }: KubernetesSettings,
  apiServer: ApiServer,
): ClusterSettings {
  const { className, accessMode, tenant: sizeGiB } = storage;
  const { addresses, port } = apiServer;
  return {
    storage: { sizeGiB, ...(className === undefined ? {} : { className }) },
    ...{ accessMode, cpuRequestShare, protectJobs, metrics },
    apiServer: { addresses: [...addresses], port },
    limit: tenantLimit,
    conductor: conductor.enabled,
    headroom: headroom !== undefined,
  };
}
