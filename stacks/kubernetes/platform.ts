import * as pulumi from "@pulumi/pulumi";
import { PushedImage } from "../../infra/images/pushed-image";
import { COLLECTOR_IMAGE } from "../../infra/images/versions";
import { findApiServer } from "../../infra/kubernetes/api-server";
import { Collector } from "../../infra/kubernetes/collector";
import { Conductor } from "../../infra/kubernetes/conductor";
import { HeadroomPriority } from "../../infra/kubernetes/headroom";
import { IsolatedNamespace } from "../../infra/kubernetes/isolated-namespace";
import { Kafka } from "../../infra/kubernetes/kafka";
import { platformPolicies, type ApiServer } from "../../infra/kubernetes/network-policies";
import { Prometheus } from "../../infra/kubernetes/prometheus";
import { UserError } from "../../infra/errors";
import type { CollectorSpec } from "../../policies/collector";
import { buildCollectors } from "../collectors";
import type { Platform } from "../platform-schema";
import { CLUSTER_IMAGES } from "./image-names";
import { requireReachable } from "./collectors";
import { ownStackFile } from "./own-stack-file";
import type { KubernetesSettings } from "./platform-settings";
import type { ClusterSettings } from "./settings";

const COLLECTOR_RECIPE = COLLECTOR_IMAGE.recipe;

/** What the tenants of an environment share in a cluster: images, Kafka, Prometheus, each of them isolated. */
export async function kubernetesPlatform(environment: string, platform: Platform) {
  const settings = settingsOf(platform);
  requireReachable(platform.collectors);
  const images = imagesOf(settings, platform.collectors);
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
  buildCollectors(platform.collectors, {
    ...{ kafkaOnHost: kafka.url, declared: [], dependsOn: [kafka] },
    make: (name, collector, opts) => {
      const own = { collector, image: imageOf(images, COLLECTOR_RECIPE) };
      const storage = { className, sizeGiB: settings.storage.collector };
      const args = { ...shared, ...own, storage, kafka: kafka.bootstrapServers };
      return new Collector(name, args, opts);
    },
  });
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
  { alerts: { secretKey }, collectors }: Platform,
  { conductor, storage }: KubernetesSettings,
  shared: { environment: string; namespace: string; cpuRequestShare: number },
  opts: pulumi.ComponentResourceOptions,
): void {
  const { enabled, image, cpus, memory: memoryMiB, storage: sizeGiB, stateBackend } = conductor;
  if (!enabled || image === undefined) return;
  const { url: backendUrl, secretName } = stateBackend;
  // Who reads the file there is told that it has a value; the value itself comes with the Secret.
  const hidden = {
    ...(secretKey === undefined ? {} : { [secretKey]: "in the conductor's Secret" }),
    ...hiddenOf(collectors),
  };
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

/** The conductor only reads of the platform's collectors, and changes none. */
function hiddenOf(collectors: readonly CollectorSpec[]): Record<string, string> {
  const keys = collectors.flatMap(({ database, sink }) => [
    database.passwordKey,
    ...(sink.accessKeyKey === undefined ? [] : [sink.accessKeyKey]),
  ]);
  return Object.fromEntries(keys.map((key) => [key, "in the collector's Secret"]));
}

function settingsOf({ kubernetes }: Platform) {
  if (kubernetes !== undefined) return kubernetes;
  throw new UserError(
    "The platform has no settings for Kubernetes. Fix: give them under kubernetes.",
  );
}

/** References by digest, by name: flink-1.14.6, kafka-3.9.1, …; the collector's only where someone needs it. */
function imagesOf(
  { images, registry, tenantCollectors }: KubernetesSettings,
  collectors: readonly CollectorSpec[],
): Record<string, pulumi.Output<string>> {
  const given: Readonly<Partial<Record<string, string>>> = images;
  const collect = tenantCollectors || collectors.length > 0;
  const needed = [...CLUSTER_IMAGES].filter(
    ([name, { recipe }]) => collect || recipe !== COLLECTOR_RECIPE || name in given,
  );
  return Object.fromEntries(
    needed.map(([name, { recipe, version }]) => {
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
    collectorGiB: storage.collector,
    ...{ accessMode, cpuRequestShare, protectJobs, metrics },
    apiServer: { addresses: [...addresses], port },
    limit: tenantLimit,
    conductor: conductor.enabled,
    headroom: headroom !== undefined,
  };
}
