import type { Cluster } from "./cluster";
import { ensureModuleImage } from "./images";
import { prometheusAdapter } from "./modules";

/**
 * The image of prometheus-adapter, which serves external.metrics.k8s.io to the HPA from Prometheus; built and pushed
 * unless the cluster's registry has it. Gives its reference by digest.
 */
export function ensureMetricsAdapterImage({ registry }: Cluster): Promise<string> {
  return ensureModuleImage(registry, prometheusAdapter);
}
