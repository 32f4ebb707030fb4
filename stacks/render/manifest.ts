import { stringify } from "yaml";
import type { RecordedResource } from "../../infra/recorded-program";

/** An object as a cluster takes it. */
export interface Manifest {
  /** Beside the others of its stack. */
  file: string;
  /** Kind, namespace and name, for people. */
  title: string;
  yaml: string;
}

const KUBERNETES = "kubernetes:";
const OF_PULUMI = "pulumi.com/";

interface Meta {
  name: string;
  namespace?: string;
  annotations?: Record<string, string>;
}
interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: Meta;
}

/** In the order in which they have to be there; any other kind comes with the workloads. */
const RANKS = [
  ["Namespace", "PriorityClass"],
  ["ResourceQuota", "LimitRange", "NetworkPolicy"],
  ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
  ["PersistentVolumeClaim", "ConfigMap", "Service", "PodDisruptionBudget"],
];

/** True for an object of a cluster; false for what flinktide itself or another provider makes. */
export function isKubernetesObject({ type }: RecordedResource): boolean {
  return type.startsWith(KUBERNETES);
}

/** Pulumi's sign of a secret value, which in a recording stands where the value would. */
const SECRET_SIGN = "4dabf18193072939515e22adb298388d";

/** True where a value that is secret would stand in the manifest, at any depth; also for every Secret. */
export function hasSecret({ type, inputs }: RecordedResource): boolean {
  return /:Secret(Patch)?$/.test(type) || carriesSign(inputs);
}

function carriesSign(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return SECRET_SIGN in value || Object.values(value).some(carriesSign);
}

/** The objects as files, in an order in which they can be applied. */
export function manifestsOf(resources: readonly RecordedResource[]): Manifest[] {
  const objects = resources.map(objectOf);
  const files = objects.map(fileName);
  return objects
    .map((object, i) => {
      const plain = files[i] ?? "";
      const isTaken = files.filter((each) => each === plain).length > 1;
      const file = isTaken ? `${plain}.${object.metadata.namespace}.yaml` : `${plain}.yaml`;
      return { file, title: titleOf(object), yaml: printObject(object) };
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Without what only Pulumi reads; the part of an object that a patch sets is told as the object. */
function objectOf({ name, inputs }: RecordedResource): KubernetesObject {
  const { apiVersion, kind, metadata, ...rest } = inputs as unknown as KubernetesObject;
  if (metadata?.name === undefined) throw new Error(`the resource ${name} has no name of its own`);
  const { name: own, namespace, annotations = {}, ...meta } = metadata;
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith(OF_PULUMI));
  const named = { name: own, ...(namespace === undefined ? {} : { namespace }) };
  const noted = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
  return { apiVersion, kind, metadata: { ...named, ...meta, ...noted }, ...rest };
}

function fileName({ kind, metadata }: KubernetesObject): string {
  const found = RANKS.findIndex((kinds) => kinds.includes(kind));
  const rank = found === -1 ? RANKS.length : found;
  // Also a ClusterRole's name, which may hold a colon, is a file's.
  return `${rank}-${kind.toLowerCase()}-${metadata.name.replace(/[^a-z0-9.-]/g, "-")}`;
}

function titleOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function printObject(object: KubernetesObject): string {
  return stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
}
