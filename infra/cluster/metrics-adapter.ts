import { z } from "zod";
import { UserError } from "../errors";
import { step } from "../progress";
import { metricsAdapter, type MetricsAdapterArgs } from "./addons/metrics-adapter";
import type { Cluster } from "./cluster";
import { ensureModuleImage } from "./images";
import { apply, awaitSuccess, kubectl } from "./kubectl";
import { prometheusAdapter } from "./modules";

/** APIService of external metrics: one for the whole cluster. */
export const EXTERNAL_METRICS = "v1beta1.external.metrics.k8s.io";

const ownerSchema = z.object({
  spec: z.object({ service: z.object({ name: z.string(), namespace: z.string() }).optional() }),
});

/**
 * Sets up prometheus-adapter, which serves external metrics to autoscalers from a Prometheus. Throws UserError where
 * somebody else serves them already: a second one would silently take them over.
 */
export async function ensureMetricsAdapter(
  cluster: Cluster,
  args: Omit<MetricsAdapterArgs, "image">,
): Promise<void> {
  await step("cluster: external metrics", async () => {
    await requireNoOther(cluster, args.namespace);
    const image = await ensureModuleImage(cluster.registry, prometheusAdapter);
    await apply(cluster, metricsAdapter({ ...args, image }));
    const ready = [
      "wait",
      "--for=condition=Available",
      `apiservice/${EXTERNAL_METRICS}`,
      "--timeout=5s",
    ];
    await awaitSuccess(cluster, "external metrics", ready);
  });
}

/** Throws UserError where somebody of another namespace serves external metrics. */
export async function requireNoOther(cluster: Cluster, namespace: string): Promise<void> {
  const args = ["get", "apiservice", EXTERNAL_METRICS, "--ignore-not-found", "-o", "json"];
  const found = await kubectl(cluster, args);
  if (found.trim() === "") return;
  const owner = ownerSchema.parse(JSON.parse(found)).spec.service;
  if (owner === undefined || owner.namespace === namespace) return;
  throw new UserError(
    `External metrics are served by ${owner.namespace}/${owner.name} already; nothing was changed. ` +
      "Fix: use that one, or remove it first.",
  );
}
