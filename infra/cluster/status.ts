import { tryExec } from "../exec";
import { readOptions, runMain } from "../toolchain/main";
import { clusterLayout, readSlot, registryOf, type ClusterLayout } from "./layout";
import { kubectlOf } from "./local-up";
import { logFile, runningProcess, startedProcesses } from "./processes";

const HELP = `Usage: npm run cluster:status [-- --slot N]

Says what of the cluster on this machine runs. Ends with 0 if all of it does, with 1 otherwise.

  --slot N   which of this machine's clusters, 0 to 15 (0)
  --help     this text
`;

async function main(): Promise<number> {
  const options = readOptions(HELP, { slot: { type: "string" } });
  if (options === undefined) return 0;
  const layout = clusterLayout(readSlot(options.slot));
  const processes = startedProcesses(layout).sort();
  if (processes.length === 0) {
    process.stdout.write("No cluster. npm run cluster:up makes one.\n");
    return 1;
  }
  const lines = processes.map((name) => describe(layout, name));
  process.stdout.write(`${lines.map(({ text }) => text).join("\n")}\n`);
  const pods = await tryExec(kubectlOf(layout), [
    ...["--kubeconfig", layout.kubeconfig, "--request-timeout=10s"],
    ...["get", "nodes,pods", "--all-namespaces"],
  ]);
  process.stdout.write(pods.code === 0 ? pods.stdout : `the API server: ${pods.stderr}`);
  process.stdout.write(`kubeconfig  ${layout.kubeconfig}\nregistry    ${registryOf(layout)}\n`);
  return lines.every(({ runs }) => runs) && pods.code === 0 ? 0 : 1;
}

function describe(layout: ClusterLayout, name: string): { runs: boolean; text: string } {
  const process = runningProcess(layout, name);
  const state = process === undefined ? `ended; log: ${logFile(layout, name)}` : "runs";
  return { runs: process !== undefined, text: `${name.padEnd(24)} ${state}` };
}

if (require.main === module) runMain(main);
