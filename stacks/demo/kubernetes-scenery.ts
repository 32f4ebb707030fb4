import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { namespaceOf, selectorOf } from "../../infra/kubernetes/names";
import { parseServiceUrl } from "../../infra/kubernetes/service-url";
import { deletePod, livePods } from "../../infra/kubernetes/pods";
import { stateDir } from "../../infra/toolchain/paths";
import { setup } from "../../infra/toolchain/setup";
import { podHealth } from "../driver/cleanup";
import { onSmallCluster } from "../driver/small-cluster";
import type { Scenery } from "./scenery";

const PLATFORM = "kube";
/** Whose tenant files are used, as they are. */
const TEMPLATE = "dev";

const namespaceSchema = z.object({ metadata: z.object({ uid: z.string() }) });

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

  /** A namespace's uid is its cluster's alone: one of the same name has another. */
  async isAnother(): Promise<boolean> {
    const system = { method: "GET", path: "/api/v1/namespaces/kube-system" } as const;
    const { uid } = (await (await kubernetesApi()).request(system, namespaceSchema)).metadata;
    const file = stateDir("demo", `cluster-${PLATFORM}`);
    const noted = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, uid);
    return noted !== undefined && noted !== uid;
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

  shown(url: string): string {
    const { namespace, service, port } = parseServiceUrl(url);
    const { kubeconfig } = this.cluster;
    return `kubectl --kubeconfig ${kubeconfig} -n ${namespace} port-forward svc/${service} ${port}`;
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
