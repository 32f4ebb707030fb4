import { z } from "zod";
import { UserError } from "../../infra/errors";
import { COLLECTOR_IMAGE } from "../../infra/images/versions";
import { Collector } from "../../infra/kubernetes/collector";
import { namespaceOf } from "../../infra/kubernetes/names";
import type { CollectorSpec } from "../../policies/collector";
import { egressProblems } from "../../policies/kubernetes/collector-egress";
import type { Tenant } from "../../policies/tenant";
import type { PlatformOutputs } from "../built-cluster";
import type { CollectorPlace } from "../collectors";
import { imageName } from "./image-names";
import type { ClusterSettings } from "./settings";

/** Throws UserError where a collector could not be let through to its database or sink. */
export function requireReachable(collectors: readonly CollectorSpec[]): void {
  const problems = egressProblems(collectors);
  if (problems.length === 0) return;
  throw new UserError("Collectors could not reach what they need; nothing was changed:", problems);
}

/** What makes a tenant's collectors. Throws UserError where there are some and can't be, before anything is made. */
export async function tenantCollectors(
  platform: PlatformOutputs,
  tenant: Tenant,
  { cpuRequestShare, storage: { className }, collectorGiB, elsewhere }: ClusterSettings,
): Promise<CollectorPlace["make"]> {
  requireReachable(tenant.collectors);
  const { environment, kafka } = platform;
  const belongs = { environment, tenant: tenant.name };
  const image = tenant.collectors.length === 0 ? "" : await collectorImage(platform);
  const storage = { className, sizeGiB: collectorGiB };
  const shared = { ...belongs, namespace: namespaceOf(belongs), cpuRequestShare, elsewhere };
  return (name, collector, opts) =>
    new Collector(name, { ...shared, collector, image, kafka, storage }, opts);
}

async function collectorImage(platform: PlatformOutputs): Promise<string> {
  const images = z.partialRecord(z.string(), z.string()).parse(await platform.output("images"));
  const image = images[imageName(COLLECTOR_IMAGE)];
  if (image !== undefined) return image;
  throw new UserError(
    `The platform ${platform.environment} has no image for collectors. Fix: set kubernetes.tenantCollectors: true in ` +
      "its stack, run npm run setup -- --collector where its images are built, and update it.",
  );
}
