import { say } from "../progress";
import { readOptions, runMain } from "../toolchain/main";
import { ensureCluster } from "./cluster";
import { readSlot } from "./layout";

const HELP = `Usage: npm run cluster:up [-- --slot N]

Starts a Kubernetes cluster of one node on this machine, for trying and testing flinktide: a real
control plane, kubelet and containerd, DNS, volumes, network policies, and a registry. It lives in
a network namespace of its own and leaves this machine's network as it is. The first run builds
Kubernetes from its Go modules (about 15 minutes on 2 cores); later ones take seconds. May be
interrupted and repeated. With KUBECONFIG set, that cluster is used and nothing is started.

  --slot N   which of this machine's clusters, 0 to 15 (0)
  --help     this text
`;

async function main(): Promise<number> {
  const options = readOptions(HELP, { slot: { type: "string" } });
  if (options === undefined) return 0;
  const { kubeconfig, kubectl, registry } = await ensureCluster({ slot: readSlot(options.slot) });
  say(`Ready. Images go to ${registry}; npm run cluster:down removes the cluster. To use it:`);
  process.stdout.write(`export KUBECONFIG='${kubeconfig}'\nalias kubectl='${kubectl}'\n`);
  return 0;
}

if (require.main === module) runMain(main);
