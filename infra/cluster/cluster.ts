import * as fs from "node:fs";
import { withLock } from "../cached";
import { UserError } from "../errors";
import { onPath } from "../images/debian";
import { say } from "../progress";
import { clusterLayout, registryOf } from "./layout";
import { removeLocalCluster } from "./local-down";
import { ensureLocalCluster } from "./local-up";

/** A cluster that answers. */
export interface Cluster {
  /** Path of a kubeconfig file. */
  kubeconfig: string;
  /** `host:port` of the registry to which this machine's Docker engine pushes and from which the nodes pull. */
  registry: string;
  /** Path of an executable kubectl. */
  kubectl: string;
}

export interface ClusterOptions {
  /** Which of this machine's clusters, 0 to 15. @default 0 */
  slot?: number;
}

/** Names the registry of a cluster that the user brings. */
const REGISTRY_VARIABLE = "FLINKTIDE_REGISTRY";

/**
 * Makes sure that a cluster is there: the one of KUBECONFIG, else one on this machine, which is made where it is
 * missing. Safe to repeat, beside another run too. Throws UserError where there can't be one.
 */
export async function ensureCluster({ slot }: ClusterOptions = {}): Promise<Cluster> {
  const layout = clusterLayout(slot);
  const brought = broughtCluster(layout.kubeconfig);
  if (brought !== undefined) {
    say(`   KUBECONFIG is set: its cluster is used, and none is started here`);
    return brought;
  }
  return withLock(`${layout.state}.up`, async () => {
    const local = await ensureLocalCluster(layout);
    return { ...local, registry: registryOf(layout) };
  });
}

/**
 * Removes the cluster of this machine, with everything in it. The one of KUBECONFIG is left alone.
 */
export async function removeCluster({ slot }: ClusterOptions = {}): Promise<void> {
  const layout = clusterLayout(slot);
  await withLock(`${layout.state}.up`, () => removeLocalCluster(layout));
}

/**
 * The user's own cluster, where KUBECONFIG names one; a KUBECONFIG that names the cluster made here does not count.
 *
 * @param own the kubeconfig of the cluster made here
 */
export function broughtCluster(own: string): Cluster | undefined {
  const kubeconfig = process.env.KUBECONFIG ?? "";
  if (kubeconfig === "" || kubeconfig === own) return undefined;
  if (!fs.existsSync(kubeconfig)) {
    throw new UserError(
      `KUBECONFIG is ${kubeconfig}: there is no such file. Fix: set it to one kubeconfig, or unset it to have a cluster made on this machine.`,
    );
  }
  const registry = process.env[REGISTRY_VARIABLE] ?? "";
  if (registry === "") {
    throw new UserError(
      `KUBECONFIG is set, and ${REGISTRY_VARIABLE} is not: the cluster's images need a registry that both this machine and its nodes reach. Fix: export ${REGISTRY_VARIABLE}=host:port.`,
    );
  }
  if (!onPath("kubectl")) {
    throw new UserError(
      "KUBECONFIG is set, and kubectl is not on PATH. Fix: install kubectl, or unset KUBECONFIG to have a cluster made on this machine.",
    );
  }
  return { kubeconfig, registry, kubectl: "kubectl" };
}
