import { z } from "zod";
import type { Cluster } from "../../infra/cluster/cluster";
import { kubectl } from "../../infra/cluster/kubectl";
import { sleep } from "../../infra/flink/wait";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { namespaceOf, selectorOf } from "../../infra/kubernetes/names";
import { deletePod, livePods } from "../../infra/kubernetes/pods";
import type { Breaker, Leavers, PlatformPart, TenantProcess } from "./breaker";
import { LeaverWatch } from "./leaver-watch";

/** In which a node takes no pod, so that the first that are moved wait for another one. */
const NO_NODE_MS = 10_000;

/** Breaks the pods of a tenant and its platform. */
export class KubernetesBreaker implements Breaker {
  private readonly watch: LeaverWatch;

  constructor(
    private readonly cluster: Cluster,
    private readonly environment: string,
    private readonly tenant: string,
  ) {
    this.watch = new LeaverWatch(this.namespace);
  }

  async crash(process: TenantProcess): Promise<void> {
    const api = await kubernetesApi();
    const [pod] = await livePods(api, selectorOf(process), this.namespace);
    if (pod === undefined) throw new Error(`there is no ${process} to be killed`);
    await deletePod(api, this.namespace, pod.metadata.name, 0);
  }

  async stop(part: PlatformPart): Promise<void> {
    await this.scale(part, 0);
    const gone = ["wait", "--for=delete", "pod", "-l", `app.kubernetes.io/name=${part}`];
    await this.kubectl(...gone, "-n", this.shared, "--timeout=60s");
  }

  async start(part: PlatformPart): Promise<void> {
    await this.scale(part, 1);
  }

  /** While it drains, the only node of a small cluster takes pods again: what is moved comes back to it. */
  async drain(): Promise<void> {
    const nodes = z.object({
      items: z.array(z.object({ spec: z.object({ nodeName: z.string() }) })),
    });
    const pods = ["get", "pods", "-n", this.namespace, "-o", "json"];
    const [node] = nodes.parse(JSON.parse(await this.kubectl(...pods))).items;
    const name = node?.spec.nodeName ?? "";
    const only = [
      "--pod-selector",
      `flinktide.io/environment=${this.environment},flinktide.io/tenant=${this.tenant}`,
    ];
    const how = ["--ignore-daemonsets", "--delete-emptydir-data", "--timeout=180s"];
    const drained = this.kubectl("drain", name, ...only, ...how);
    try {
      await Promise.race([sleep(NO_NODE_MS), drained]);
      await this.kubectl("uncordon", name);
      await drained;
    } finally {
      await this.kubectl("uncordon", name);
    }
  }

  leavers(sinceMs: number): Promise<Leavers> {
    return this.watch.since(sinceMs);
  }

  async close(): Promise<void> {
    await this.watch.stop();
  }

  private get namespace(): string {
    return namespaceOf({ environment: this.environment, tenant: this.tenant });
  }

  private get shared(): string {
    return namespaceOf({ environment: this.environment });
  }

  private async scale(part: PlatformPart, replicas: number): Promise<void> {
    await this.kubectl("scale", `statefulset/${part}`, "-n", this.shared, `--replicas=${replicas}`);
  }

  private kubectl(...args: string[]): Promise<string> {
    return kubectl(this.cluster, args);
  }
}
