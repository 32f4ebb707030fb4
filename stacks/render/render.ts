import * as fs from "node:fs/promises";
import * as path from "node:path";
import { UserError } from "../../infra/errors";
import {
  recordProgram,
  STACK_REFERENCE,
  type RecordedResource,
} from "../../infra/recorded-program";
import { distinct } from "../../policies/problem";
import { readStackFile } from "../conductor/catalog";
import { interpretConfig, type RawConfig, type TenantConfig } from "../config";
import { CLUSTER_IMAGES } from "../kubernetes/image-names";
import type { KubernetesSettings } from "../kubernetes/platform-settings";
import { buildPlatform } from "../platform";
import type { Platform } from "../platform-schema";
import { buildTenant } from "../tenant";
import { hasSecret, isKubernetesObject, manifestsOf, type Manifest } from "./manifest";

/** What a stack would make. */
export interface Rendered {
  stack: string;
  manifests: Manifest[];
  /** Images whose digest nobody knows yet. */
  unpinned: string[];
  /** What it makes besides, a line each. */
  others: string[];
  /** Kubernetes objects that are not written down, a line each. */
  secrets: string[];
  /** A tenant's, at the instant for which it is rendered. */
  window?: string;
}

export interface RenderOptions {
  /** Folder of the stack files. */
  folder: string;
  /** Now, unless the stack says another instant. */
  clock: () => Date;
}

/**
 * What `pulumi up` of a stack would make, without a cluster, an engine or a backend. Throws UserError for a stack
 * that is not for Kubernetes or has problems.
 */
export async function renderStack(stack: string, options: RenderOptions): Promise<Rendered> {
  const { config, raw } = await readStack(stack, options);
  if (config.role === "platform") {
    const { recording, unpinned } = await recordPlatform(stack, config.platform, raw);
    return rendered(stack, recording.resources, unpinned);
  }
  const { recording, unpinned } = await recordTenant(stack, config, raw, options);
  const { window } = recording.result;
  return { ...rendered(stack, recording.resources, unpinned), window };
}

function rendered(
  stack: string,
  resources: readonly RecordedResource[],
  images: readonly string[],
): Rendered {
  const objects = resources.filter(isKubernetesObject);
  const isPart = ({ type }: RecordedResource) =>
    type.startsWith("flinktide:") || type === STACK_REFERENCE;
  const others = resources.filter((each) => !isKubernetesObject(each) && !isPart(each));
  const manifests = manifestsOf(objects.filter((each) => !hasSecret(each)));
  return {
    ...{ stack, manifests },
    unpinned: images.filter((image) => manifests.some(({ yaml }) => yaml.includes(image))),
    others: linesOf(others),
    secrets: linesOf(objects.filter(hasSecret)),
  };
}

function linesOf(resources: readonly RecordedResource[]): string[] {
  return resources.map(({ type, name }) => `${type} \`${name}\``).sort();
}

async function readStack(stack: string, { folder, clock }: RenderOptions) {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  const text = await fs.readFile(file, "utf8").catch(() => {
    throw new UserError(
      `There is no stack ${stack}: ${file} does not exist. ` +
        "Fix: give the name of a stack, or the folder of its file with --stacks.",
    );
  });
  const raw = readStackFile(file, text);
  const { config, problems } = interpretConfig(raw, clock);
  if (config !== undefined && problems.length === 0) return { config, raw };
  throw new UserError(`${path.basename(file)} has problems:`, distinct(problems));
}

async function recordPlatform(stack: string, platform: Platform, config: RawConfig) {
  const { settings, unpinned } = offline(stack, platform);
  const recording = await recordProgram(
    () => buildPlatform(stack, { ...platform, kubernetes: settings }),
    { stack, config, outputsOf: () => ({}) },
  );
  return { recording, unpinned };
}

async function recordTenant(
  stack: string,
  tenant: TenantConfig,
  config: RawConfig,
  options: RenderOptions,
) {
  const name = tenant.platform.split("/").at(-1) ?? tenant.platform;
  const { config: platform, raw } = await readStack(name, options);
  if (platform.role !== "platform") {
    throw new UserError(
      `${name} is no platform. Fix: name one under flinktide:platform in Pulumi.${stack}.yaml.`,
    );
  }
  const { recording: shared, unpinned } = await recordPlatform(name, platform.platform, raw);
  const outputs = shared.result as Record<string, unknown>;
  const recording = await recordProgram(
    // Which jar it is changes no object of a cluster.
    () => buildTenant(tenant, { hashOf: async () => "" }),
    // What ran before is not known: it goes by the clock alone.
    { stack, config, outputsOf: (of) => (of.endsWith(`/${stack}`) ? {} : outputs) },
  );
  return { recording, unpinned };
}

/** The platform's settings with all that `pulumi up` asks of cluster and registry. Throws UserError where it is not known. */
function offline(stack: string, { target, kubernetes }: Platform) {
  const fix = (what: string) => new UserError(`${what} in Pulumi.${stack}.yaml.`);
  if (target !== "kubernetes" || kubernetes === undefined) {
    throw fix(
      `${stack} runs on Docker, so that there is nothing to render. Fix: set target: kubernetes`,
    );
  }
  if (kubernetes.apiServer === undefined) {
    throw fix(
      "Where the API server answers is not known without a cluster, and NetworkPolicies name it. " +
        "Fix: give what kubectl get endpoints kubernetes -n default shows under kubernetes.apiServer",
    );
  }
  const { images, unpinned } = tagged(kubernetes);
  return { settings: { ...kubernetes, images }, unpinned };
}

/** Every image that has no digest yet, by its tag. */
function tagged({ images: given, registry }: KubernetesSettings) {
  const known: Readonly<Partial<Record<string, string>>> = given;
  const missing = [...CLUSTER_IMAGES].filter(([name]) => known[name] === undefined);
  const tags = missing.map(
    ([name, { recipe, version }]) => [name, `${registry}/${recipe}:${version}`] as const,
  );
  return {
    images: { ...given, ...Object.fromEntries(tags) },
    unpinned: tags.map(([, tag]) => tag),
  };
}
