import { exec, tryExec, type ExecOptions } from "../exec";
import { UserError } from "../errors";
import { sleep } from "../flink/wait";
import type { KubernetesObject } from "./addons/objects";

/** A starved machine takes minutes for what usually takes seconds. */
const LIMIT_MS = 300_000;
const PAUSE_MS = 300;

/** What `kubectl` needs to know to talk to one cluster. */
export interface Kubectl {
  /** The executable. */
  kubectl: string;
  kubeconfig: string;
}

/** Runs kubectl against a cluster and gives what it prints. Throws ExecError when it fails. */
export function kubectl(
  { kubectl, kubeconfig }: Kubectl,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  return exec(kubectl, ["--kubeconfig", kubeconfig, ...args], options);
}

/** Applies objects: what is there is changed to them, what is not there is made. */
export async function apply(cluster: Kubectl, objects: readonly KubernetesObject[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await kubectl(cluster, ["apply", "--server-side", "--force-conflicts", "-f", "-"], { input });
}

/**
 * Waits until kubectl ends well. Throws UserError with its last complaint when the time is up.
 *
 * @param check is called before each try; what it throws ends the wait
 */
export async function awaitSuccess(
  cluster: Kubectl,
  what: string,
  args: readonly string[],
  check: () => void = () => undefined,
): Promise<void> {
  const all = ["--kubeconfig", cluster.kubeconfig, ...args];
  for (const deadline = Date.now() + LIMIT_MS; ; await sleep(PAUSE_MS)) {
    check();
    const { code, stdout, stderr } = await tryExec(cluster.kubectl, all);
    if (code === 0) return;
    if (Date.now() < deadline) continue;
    const reason = (stderr || stdout).trim();
    throw new UserError(
      `${what}: not within ${LIMIT_MS / 1000} s (${reason}). Fix: look at npm run cluster:status.`,
    );
  }
}
