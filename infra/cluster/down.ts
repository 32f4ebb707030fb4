import { say } from "../progress";
import { readOptions, runMain } from "../toolchain/main";
import { removeCluster } from "./cluster";
import { readSlot } from "./layout";

const HELP = `Usage: npm run cluster:down [-- --slot N]

Removes the cluster that npm run cluster:up made, with all that runs in it and all its volumes. Its
images stay in the cache. Does nothing where there is no cluster; a cluster of KUBECONFIG is left
alone.

  --slot N   which of this machine's clusters, 0 to 15 (0)
  --help     this text
`;

async function main(): Promise<number> {
  const options = readOptions(HELP, { slot: { type: "string" } });
  if (options === undefined) return 0;
  await removeCluster({ slot: readSlot(options.slot) });
  say("No cluster is left.");
  return 0;
}

if (require.main === module) runMain(main);
