import * as pulumi from "@pulumi/pulumi";
import { PushedImage } from "../../infra/images/pushed-image";
import { COLLECTOR_IMAGE } from "../../infra/images/versions";
import { findApiServer } from "../../infra/kubernetes/api-server";
import { Collector } from "../../infra/kubernetes/collector";
import { Conductor } from "../../infra/kubernetes/conductor";
import { HeadroomPriority } from "../../infra/kubernetes/headroom";
import { IsolatedNamespace } from "../../infra/kubernetes/isolated-namespace";
import {
  platformPolicies,
  type ApiServer,
  type PlatformSides,
} from "../../infra/kubernetes/network-policies";
import { UserError } from "../../infra/errors";
import type { CollectorSpec } from "../../policies/collector";
import { buildCollectors } from "../collectors";
import type { Platform } from "../platform-schema";
import { CLUSTER_IMAGES } from "./image-names";
import { requireReachable } from "./collectors";
import { elsewhereOf, prometheusFromOutside } from "./elsewhere";
import { ownStackFile } from "./own-stack-file";
import type { KubernetesSettings } from "./platform-settings";
import type { ClusterSettings } from "./settings";
import { sharedKafka, sharedPrometheus } from "./shared-parts";

const COLLECTOR_RECIPE = COLLECTOR_IMAGE.recipe;

/** What the tenants of an environment share in a cluster: images, Kafka, Prometheus, each of them isolated. */
export async function kubernetesPlatform(environment: string, platform: Platform) {
  const settings = settingsOf(platform);
  requireReachable(platform.collectors);
  const images = imagesOf(settings, platform);
  const apiServer = settings.apiServer ?? (await findApiServer());
  const elsewhere = elsewhereOf(platform);
  const { namespace, ...opts } = isolate(environment, apiServer, settings, {
    elsewhere,
    strimzi: platform.kafka.strimzi !== undefined,
  });
  const { storage, cpuRequestShare } = settings;
  const shared = { environment, namespace, cpuRequestShare };
  const place = { ...shared, storage, opts, imageOf: (recipe: string) => imageOf(images, recipe) };
  const kafka = sharedKafka(platform, place);
  sharedPrometheus(platform, place);
  buildCollectors(platform.collectors, {
    ...{ kafkaOnHost: kafka.url, declared: [], dependsOn: kafka.made },
    make: (name, collector, childOpts) => {
      const own = { collector, image: imageOf(images, COLLECTOR_RECIPE), elsewhere };
      const volume = { className: storage.className, sizeGiB: storage.collector };
      const args = { ...shared, ...own, storage: volume, kafka: kafka.bootstrapServers };
      return new Collector(name, args, childOpts);
    },
  });
  conduct(platform, settings, shared, opts);
  if (settings.headroom?.kind === "pods") new HeadroomPriority("headroom", { environment });
  return {
    target: "kubernetes",
    environment,
    namespace,
    kafka: kafka.bootstrapServers,
    kafkaOnHost: kafka.url,
    prometheusUrl: prometheusFromOutside(platform, environment),
    images,
    cluster: { ...clusterSettings(settings, apiServer), elsewhere },
  };
}

/** Runs the conductor in the cluster where the platform says so. */
function conduct(
  { alerts: { secretKey }, collectors }: Platform,
  { conductor, storage, metrics }: KubernetesSettings,
  shared: { environment: string; namespace: string; cpuRequestShare: number },
  opts: pulumi.ComponentResourceOptions,
): void {
  const { enabled, image, schedule, cpus, memory: memoryMiB } = conductor;
  if (!enabled || image === undefined) return;
  const { url: backendUrl, secretName } = conductor.stateBackend;
  // Who reads the file there is told that it has a value; the value itself comes with the Secret.
  const hidden = {
    ...(secretKey === undefined ? {} : { [secretKey]: "in the conductor's Secret" }),
    ...hiddenOf(collectors),
  };
  new Conductor(
    "conductor",
    {
      ...{ ...shared, image, schedule, cpus, memoryMiB, backendUrl, secretName },
      keda: metrics === "keda",
      storage: { sizeGiB: conductor.storage, className: storage.className },
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

/** References by digest, by name: flink-1.14.6, kafka-3.9.1, …; those of parts that nobody runs here are left out. */
function imagesOf(
  { images, registry, tenantCollectors }: KubernetesSettings,
  { collectors, kafka, prometheus }: Platform,
): Record<string, pulumi.Output<string>> {
  const given: Readonly<Partial<Record<string, string>>> = images;
  const unused = [
    ...(tenantCollectors || collectors.length > 0 ? [] : [COLLECTOR_RECIPE]),
    ...((kafka.bootstrapServers ?? kafka.strimzi) === undefined ? [] : ["kafka"]),
    ...(prometheus.url === undefined ? [] : ["prometheus"]),
  ];
  const needed = [...CLUSTER_IMAGES].filter(
    ([name, { recipe }]) => !unused.includes(recipe) || name in given,
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

function isolate(
  environment: string,
  apiServer: ApiServer,
  { conductor, metrics, keda }: KubernetesSettings,
  sides: PlatformSides,
) {
  const policies = platformPolicies({ environment }, apiServer, {
    ...{ ...sides, outside: conductor.egress },
    ...(metrics === "keda" ? { keda: keda.namespace } : {}),
  });
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
): Omit<ClusterSettings, "elsewhere"> {
  const { className, accessMode, tenant: sizeGiB } = storage;
  const { addresses, port } = apiServer;
  return {
    storage: { sizeGiB, ...(className === undefined ? {} : { className }) },
    collectorGiB: storage.collector,
    ...{ accessMode, cpuRequestShare, protectJobs, metrics },
    apiServer: { addresses: [...addresses], port },
    limit: tenantLimit,
    conductor: conductor.enabled,
    ...(headroom === undefined ? {} : { headroom: headroom.kind }),
  };
}
