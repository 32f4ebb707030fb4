import { step } from "../progress";
import { karpenterController, nodePool, type NodePoolArgs } from "./addons/karpenter";
import { kwokController, simulatedNode, type NodeSize } from "./addons/kwok";
import type { KubernetesObject } from "./addons/objects";
import type { Cluster } from "./cluster";
import { ensureModuleImage } from "./images";
import { apply, awaitSuccess, kubectl } from "./kubectl";
import { karpenter, kwok } from "./modules";
import { upstreamFiles } from "./upstream-files";

/** How kwok lets a node get and stay ready, mostly by its lease, and a pod get ready, complete and go. */
const STAGES = [
  "node/fast/node-initialize.yaml",
  "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
  "pod/fast/pod-ready.yaml",
  "pod/fast/pod-complete.yaml",
  "pod/fast/pod-delete.yaml",
].map((file) => `kustomize/stage/${file}`);

const KARPENTER_KINDS = [
  "pkg/apis/crds/karpenter.sh_nodeclaims.yaml",
  "pkg/apis/crds/karpenter.sh_nodepools.yaml",
  "pkg/apis/crds/autoscaling.x-k8s.io_capacitybuffers.yaml",
  "kwok/apis/crds/karpenter.kwok.sh_kwoknodeclasses.yaml",
];

export interface KwokArgs extends Partial<NodeSize> {
  /** Simulated nodes: `sim-0`, `sim-1`, ...; more than before are added, none is removed. @default 0 */
  nodes?: number;
}

/**
 * Adds simulated nodes to a cluster. What is scheduled to them seems to run and does not; they are open only to pods
 * that tolerate the taint `kwok.x-k8s.io/node=fake:NoSchedule`, and bear the label `type: kwok`.
 */
export async function ensureKwok(
  cluster: Cluster,
  { nodes = 0, cpu = "8", memory = "32Gi" }: KwokArgs = {},
): Promise<void> {
  await step(`kwok: ${nodes} simulated nodes`, async () => {
    const image = await ensureModuleImage(cluster.registry, kwok);
    const stages = await upstreamFiles(kwok, "sigs.k8s.io/kwok", STAGES);
    await apply(cluster, kwokController(image, stages));
    await rolledOut(cluster, "kwok-controller");
    const wanted = Array.from({ length: nodes }, (_, i) =>
      simulatedNode(`sim-${i}`, { cpu, memory }),
    );
    if (wanted.length > 0) await createMissing(cluster, wanted);
  });
}

/** A node that is there keeps the status that kwok gave it. */
async function createMissing(cluster: Cluster, nodes: readonly KubernetesObject[]): Promise<void> {
  const known = new Set((await kubectl(cluster, ["get", "nodes", "-o", "name"])).split("\n"));
  const items = nodes.filter(({ metadata }) => !known.has(`node/${metadata.name}`));
  if (items.length === 0) return;
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await kubectl(cluster, ["create", "-f", "-"], { input });
}

/**
 * Adds a real node autoscaler for simulated nodes: Karpenter orders one of the pool's nodes for a pod that fits nowhere,
 * and gives an empty one back. Needs kwok, which it brings.
 */
export async function ensureKarpenter(cluster: Cluster, pool: NodePoolArgs): Promise<void> {
  await ensureKwok(cluster);
  await step(`karpenter: node pool ${pool.name}`, async () => {
    const image = await ensureModuleImage(cluster.registry, karpenter);
    const kinds = await upstreamFiles(karpenter, "sigs.k8s.io/karpenter", KARPENTER_KINDS);
    const input = kinds.join("\n---\n");
    await kubectl(cluster, ["apply", "--server-side", "--force-conflicts", "-f", "-"], { input });
    await kubectl(cluster, [
      "wait",
      "--for=condition=Established",
      "crd",
      "nodepools.karpenter.sh",
    ]);
    await apply(cluster, karpenterController(image));
    await rolledOut(cluster, "karpenter");
    await apply(cluster, nodePool(pool));
  });
}

function rolledOut(cluster: Cluster, name: string): Promise<void> {
  const where = ["--namespace", "kube-system", "--timeout=10s"];
  return awaitSuccess(cluster, name, ["rollout", "status", `deployment/${name}`, ...where]);
}
