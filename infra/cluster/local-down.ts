import * as fs from "node:fs";
import { tryExec } from "../exec";
import { waitFor } from "../flink/wait";
import { step } from "../progress";
import { podProcesses, removeCgroups } from "./cgroups";
import { restoreKernelSettings } from "./kernel-settings";
import { containerdSocket, type ClusterLayout } from "./layout";
import { kubectlOf } from "./local-up";
import { processesInside, removeNetwork } from "./network";
import { endProcess, runningProcess, signal, startedProcesses } from "./processes";

const PODS_LIMIT_MS = 30_000;
const KILL_LIMIT_MS = 15_000;

/**
 * Removes the cluster of this machine: processes, pods, mounts, network, cgroups, and its state. Works on what an
 * interrupted run or a crash left, and does nothing where nothing is. The images in the cache stay.
 */
export async function removeLocalCluster(layout: ClusterLayout): Promise<void> {
  if (!fs.existsSync(layout.state) && !fs.existsSync(layout.run)) return;
  await step(`removing the cluster ${layout.name}`, async () => {
    await endPods(layout);
    await endAll(layout, ["kube-proxy", "kubelet", "kube-apiserver", "etcd"]);
    await killPods(layout);
    await removeContainers(layout);
    await endAll(layout, startedProcesses(layout));
    await kill(() => processesInside(layout));
    await unmountAll(layout);
    await waitFor(async () => removeCgroups(layout) || undefined, KILL_LIMIT_MS);
    await removeNetwork(layout);
    restoreKernelSettings(layout);
    for (const folder of [layout.run, layout.state]) {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** The kubelet takes the pods down with their networks; without the controller manager nothing makes new ones. */
async function endPods(layout: ClusterLayout): Promise<void> {
  await endAll(layout, ["kube-controller-manager", "kube-scheduler"]);
  const needed = ["kube-apiserver", "etcd", "kubelet", "containerd"];
  if (needed.some((name) => runningProcess(layout, name) === undefined)) return;
  const all = ["delete", "pods", "--all-namespaces", "--all", "--grace-period=1", "--wait=false"];
  await tryExec(kubectlOf(layout), ["--kubeconfig", layout.kubeconfig, ...all]);
  await waitFor(
    async () => (podProcesses(layout).length === 0 ? true : undefined),
    PODS_LIMIT_MS,
    200,
  );
}

async function endAll(layout: ClusterLayout, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => endProcess(layout, name)));
}

async function killPods(layout: ClusterLayout): Promise<void> {
  await kill(() => podProcesses(layout));
}

/** Kills processes until none is left. */
async function kill(find: () => number[]): Promise<void> {
  await waitFor(async () => {
    const left = find();
    left.forEach((pid) => signal(pid, "SIGKILL"));
    return left.length === 0 ? true : undefined;
  }, KILL_LIMIT_MS);
}

/** What containerd would still know of the pods when it starts the next time. */
async function removeContainers(layout: ClusterLayout): Promise<void> {
  if (runningProcess(layout, "containerd") === undefined) return;
  const ctr = (...args: string[]) =>
    tryExec("ctr", ["--address", containerdSocket(layout), "--namespace", "k8s.io", ...args]);
  const list = async (kind: string) =>
    (await ctr(kind, "ls", "-q")).stdout.split("\n").filter(Boolean);
  for (const task of await list("tasks")) await ctr("tasks", "rm", "--force", task);
  for (const container of await list("containers")) await ctr("containers", "rm", container);
}

/** The deepest first. A mount that is still busy goes when its last user does. */
async function unmountAll({ run, state }: ClusterLayout): Promise<void> {
  const mounts = fs
    .readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replaceAll("\\040", " "))
    .filter((at) => [run, state].some((folder) => at.startsWith(`${folder}/`)));
  for (const mount of mounts.reverse()) await tryExec("umount", ["--lazy", mount]);
}
