import { ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { namespaceOf, selectorOf } from "../../infra/kubernetes/names";
import { deletePod, livePods } from "../../infra/kubernetes/pods";
import { setup } from "../../infra/toolchain/setup";
import { podHealth } from "../driver/cleanup";
import { onSmallCluster } from "../driver/small-cluster";
import type { Scenery } from "./scenery";

const PLATFORM = "kube";
/** Whose tenant files are used, as they are. */
const TEMPLATE = "dev";

/** A Kubernetes cluster, the one of KUBECONFIG or one made here, with Docker's tenant files as they are. */
export class KubernetesScenery implements Scenery {
  readonly platform = PLATFORM;
  readonly runIn = "pods";
  private cluster!: Cluster;

  async prepare(): Promise<Record<string, string>> {
    const { env } = await setup({ kubernetes: true });
    this.cluster = await ensureCluster();
    return { ...env, KUBECONFIG: this.cluster.kubeconfig };
  }

  writeStackFiles(
    environment: Parameters<Scenery["writeStackFiles"]>[0],
    tenants: readonly string[],
  ): void {
    environment.takeConfig(TEMPLATE, PLATFORM, ({ platform, ...rest }) => ({
      ...rest,
      platform: { ...(platform as object), ...onSmallCluster(this.cluster.registry) },
    }));
    for (const tenant of tenants) {
      environment.takeConfig(`${TEMPLATE}-${tenant}`, `${PLATFORM}-${tenant}`, (config) => ({
        ...config,
        platform: PLATFORM,
      }));
    }
  }

  health(): Promise<Record<string, string>> {
    return podHealth(PLATFORM);
  }

  async crashTaskManager(tenant: string): Promise<string> {
    const api = await kubernetesApi();
    const namespace = namespaceOf({ environment: PLATFORM, tenant });
    const [pod] = await livePods(api, selectorOf("taskmanager"), namespace);
    const victim = pod?.metadata.name ?? "";
    await deletePod(api, namespace, victim, 0);
    return victim;
  }
}
