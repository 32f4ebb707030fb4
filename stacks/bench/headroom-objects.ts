import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { SIMULATED } from "../../infra/cluster/addons/kwok";
import type { KubernetesObject } from "../../infra/cluster/addons/objects";
import { recordProgram, type RecordedResource } from "../../infra/recorded-program";
import { planFor } from "../../policies/plan";
import type { HeadroomKind } from "../../policies/kubernetes/headroom";
import type { Tenant } from "../../policies/tenant";
import { kubernetesPlatform } from "../kubernetes/platform";
import { kubernetesCluster } from "../kubernetes/tenant";
import { IMAGE_NAMES } from "../kubernetes/image-names";
import { platformSchema, type Platform } from "../platform-schema";
import { isKubernetesObject, manifestsOf } from "../render/manifest";

/** A platform and its tenants. */
export interface FleetPlan {
  environment: string;
  tenants: readonly Tenant[];
  /** Left out: no room is made. */
  room?: RoomSettings;
}

export interface RoomSettings {
  kind: HeadroomKind;
  /** How long before TaskManagers start there is to be room, such as `2m`. */
  lead: string;
}

const STORAGE_CLASS = "simulated";
/** Nothing fetches an image on a simulated node. */
const IMAGE = `registry.example.com/image@sha256:${"0".repeat(64)}`;

/** The platform's settings for a fleet on simulated nodes. */
export function fleetPlatform({ room }: Pick<FleetPlan, "room">): Platform {
  return platformSchema.parse({
    target: "kubernetes",
    kubernetes: {
      registry: "registry.example.com",
      images: Object.fromEntries(IMAGE_NAMES.map((name) => [name, IMAGE])),
      apiServer: { addresses: ["192.0.2.1"] },
      storage: { className: STORAGE_CLASS },
      ...(room === undefined ? {} : { headroom: room }),
    },
  });
}

/** In the order in which they have to be there; what has no part in where pods run is left out. */
const PHASES = [
  ["Namespace", "PriorityClass"],
  [
    ...["ResourceQuota", "LimitRange", "ServiceAccount"],
    ...["PersistentVolume", "PersistentVolumeClaim", "PodDisruptionBudget"],
  ],
  ["Deployment", "PodTemplate", "CapacityBuffer"],
];

/**
 * What the product makes for a fleet at an instant, as far as it has a part in where pods run, in phases in which it
 * is to be made: exactly as it is rendered, but that pods go to simulated nodes, and volumes are there beforehand.
 */
export async function fleetObjects(fleet: FleetPlan, now: Date): Promise<KubernetesObject[][]> {
  const { environment, tenants } = fleet;
  const platform = fleetPlatform(fleet);
  const { resources } = await recordProgram(
    async () => {
      const { cluster } = await kubernetesPlatform(environment, platform);
      const shared: Record<string, unknown> = { cluster, images: platform.kubernetes?.images };
      const kafka = pulumi.output("");
      const output = async (name: string) => shared[name];
      const outputs = { target: "kubernetes", environment, kafka, kafkaOnHost: kafka, output };
      for (const tenant of tenants) {
        await kubernetesCluster(
          { ...outputs, target: "kubernetes" },
          tenant,
          planFor(tenant, now, {}),
        );
      }
    },
    { stack: environment, outputsOf: () => ({}) },
  );
  const wanted = resources.filter((each) => isKubernetesObject(each) && hasPart(each));
  const rendered = manifestsOf(wanted).map(({ yaml }) => placed(parse(yaml) as KubernetesObject));
  const objects = [...rendered, ...rendered.filter(isClaim).map(volumeOf)];
  return PHASES.map((kinds) => objects.filter(({ kind }) => kinds.includes(kind)));
}

function hasPart({ inputs }: RecordedResource): boolean {
  return PHASES.flat().includes(String(inputs["kind"]));
}

/** Its pods go to simulated nodes alone. */
function placed(object: KubernetesObject): KubernetesObject {
  if (object.kind === "PodTemplate") return withPlacedPods(object);
  if (object.kind !== "Deployment") return object;
  const { spec } = object as unknown as { spec: WithPods };
  return { ...object, spec: withPlacedPods(spec) };
}

interface WithPods {
  template: { spec: object };
}

function withPlacedPods<T extends object>(owner: T): T {
  const { template } = owner as unknown as WithPods;
  const tolerations = [{ ...SIMULATED, operator: "Equal", effect: "NoSchedule" }];
  const spec = { ...template.spec, nodeSelector: { type: "kwok" }, tolerations };
  return { ...owner, template: { ...template, spec } };
}

function isClaim({ kind }: KubernetesObject): boolean {
  return kind === "PersistentVolumeClaim";
}

/** What a claim is bound to without anything that provides volumes. */
function volumeOf({ metadata, spec }: KubernetesObject): KubernetesObject {
  const { namespace, name } = metadata;
  const { accessModes, resources } = spec as {
    accessModes: string[];
    resources: { requests: { storage: string } };
  };
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${namespace}-${name}` },
    spec: {
      ...{ accessModes, capacity: { storage: resources.requests.storage } },
      storageClassName: STORAGE_CLASS,
      claimRef: { namespace, name },
      hostPath: { path: "/nowhere" },
    },
  };
}
