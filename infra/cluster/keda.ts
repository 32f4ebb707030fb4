import { parseAllDocuments } from "yaml";
import { step } from "../progress";
import { kedaObjects } from "./addons/keda";
import type { KubernetesObject } from "./addons/objects";
import type { Cluster } from "./cluster";
import { ensureModuleImage } from "./images";
import { apply, awaitSuccess, kubectl } from "./kubectl";
import { EXTERNAL_METRICS, requireNoOther } from "./metrics-adapter";
import { kedaAdapter, kedaOperator } from "./modules";
import { upstreamFiles } from "./upstream-files";

const UPSTREAM = "github.com/kedacore/keda/v2";

const KINDS = [
  "eventing.keda.sh_cloudeventsources",
  "eventing.keda.sh_clustercloudeventsources",
  "keda.sh_clustertriggerauthentications",
  "keda.sh_scaledjobs",
  "keda.sh_scaledobjects",
  "keda.sh_triggerauthentications",
].map((name) => `config/crd/bases/${name}.yaml`);

const PARTS = [
  "general/namespace.yaml",
  "service_account/service_account.yaml",
  "rbac/role.yaml",
  "rbac/role_binding.yaml",
  "manager/manager.yaml",
  "manager/service.yaml",
  "metrics-server/role.yaml",
  "metrics-server/role_binding.yaml",
  "metrics-server/deployment.yaml",
  "metrics-server/service.yaml",
  "metrics-server/api_service.yaml",
].map((name) => `config/${name}`);

const NAMESPACE = "keda";

/**
 * Adds KEDA to a cluster, as its own manifests have it, but for its admission webhooks. Throws UserError where somebody
 * else serves external metrics already.
 */
export async function ensureKeda(cluster: Cluster): Promise<void> {
  await step("cluster: KEDA", async () => {
    await requireNoOther(cluster, NAMESPACE);
    await apply(cluster, await upstreamObjects(KINDS));
    await apply(cluster, await keda(cluster));
    // The operator makes the certificates of both, and starts anew with them.
    for (const name of ["keda-operator", "keda-metrics-apiserver"]) {
      const args = ["rollout", "status", `deployment/${name}`, "-n", NAMESPACE, "--timeout=10s"];
      await awaitSuccess(cluster, name, args);
    }
    const ready = ["--for=condition=Available", `apiservice/${EXTERNAL_METRICS}`, "--timeout=5s"];
    await awaitSuccess(cluster, "external metrics", ["wait", ...ready]);
  });
}

/** Takes it away again, with every ScaledObject in the cluster; those have to go while it runs. */
export async function removeKeda(cluster: Cluster): Promise<void> {
  await remove(cluster, await upstreamObjects(KINDS));
  await remove(cluster, await keda(cluster));
}

async function keda({ registry }: Cluster): Promise<KubernetesObject[]> {
  const images = {
    "keda-operator": await ensureModuleImage(registry, kedaOperator),
    "keda-metrics-apiserver": await ensureModuleImage(registry, kedaAdapter),
  };
  return kedaObjects(await upstreamObjects(PARTS), images);
}

async function remove(cluster: Cluster, items: readonly KubernetesObject[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await kubectl(cluster, ["delete", "--ignore-not-found", "-f", "-"], { input });
}

async function upstreamObjects(files: readonly string[]): Promise<KubernetesObject[]> {
  const texts = await upstreamFiles(kedaOperator, UPSTREAM, files);
  return texts.flatMap((text) =>
    parseAllDocuments(text)
      .map((document) => document.toJS() as KubernetesObject | null)
      .filter((object) => object !== null),
  );
}
