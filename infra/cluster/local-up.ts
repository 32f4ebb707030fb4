import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../errors";
import { waitFor } from "../flink/wait";
import { step } from "../progress";
import { ensureDocker } from "../toolchain/docker-engine";
import { runtimeAnswers } from "./container-runtime";
import { dns } from "./addons/dns";
import { networkPolicies } from "./addons/network-policies";
import { storage } from "./addons/storage";
import { ensureCertificates } from "./certificates";
import { ensureCgroups } from "./cgroups";
import { apiServer, controllerManager, etcd, scheduler } from "./control-plane";
import { ensureModuleImage, ensureToolbox, registryAnswers } from "./images";
import { restoreKernelSettings, saveKernelSettings } from "./kernel-settings";
import { apply, awaitSuccess, type Kubectl } from "./kubectl";
import { containerdSocket, keyFile, registryOf, type ClusterLayout } from "./layout";
import { coredns, kubeNetworkPolicies, localPathProvisioner, pause } from "./modules";
import { ensureNetwork } from "./network";
import { containerd, kubeProxy, kubelet, nodeFiles } from "./node";
import { ensureProcess, forgetEnded, requireRunning, type ProcessSpec } from "./processes";
import { ensurePrograms, type Programs } from "./programs";
import { registries, registryFiles } from "./registry";

const COMES_UP_MS = 60_000;

/** Images of what every cluster runs, by digest. */
interface SystemImages {
  pause: string;
  coredns: string;
  localPathProvisioner: string;
  kubeNetworkPolicies: string;
  toolbox: string;
}

/**
 * Makes the cluster of this machine, or completes what is there of it. Each step does nothing where it was done, so
 * that it may be interrupted anywhere and repeated. Throws UserError where the machine can't have one.
 */
export async function ensureLocalCluster(layout: ClusterLayout): Promise<Kubectl> {
  requireRootOnLinux();
  const programs = await ensurePrograms();
  await ensureDocker();
  await ensureCertificates(layout);
  await ensureNetwork(layout);
  forgetEnded(layout);
  const images = await step("cluster: registry and images", () => publishAll(layout, programs));
  const cluster = { kubectl: linkKubectl(layout, programs), kubeconfig: layout.kubeconfig };
  await step("cluster: control plane", () => startControlPlane(layout, programs, cluster));
  await step("cluster: node", () => startNode(layout, programs, images.pause, cluster));
  await step("cluster: DNS, volumes, policies", () => startAddons(layout, images, cluster));
  return cluster;
}

function requireRootOnLinux(): void {
  if (process.platform === "linux" && process.getuid?.() === 0) return;
  throw new UserError(
    "a cluster on this machine needs root on Linux. Fix: set KUBECONFIG to a cluster that runs.",
  );
}

/** Starts the registry and puts the cluster's own images into it. */
async function publishAll(layout: ClusterLayout, programs: Programs): Promise<SystemImages> {
  writeFiles(layout, registryFiles(layout));
  fs.mkdirSync(path.join(layout.cache, "registry"), { recursive: true });
  start(layout, registries(layout, programs));
  const registry = registryOf(layout);
  await comesUp(layout, () => registryAnswers(registry));
  return {
    pause: await ensureModuleImage(registry, pause),
    coredns: await ensureModuleImage(registry, coredns),
    localPathProvisioner: await ensureModuleImage(registry, localPathProvisioner),
    kubeNetworkPolicies: await ensureModuleImage(registry, kubeNetworkPolicies),
    toolbox: await ensureToolbox(registry, programs.busybox),
  };
}

/** Waits, as long as the cluster's processes run, until one of them does what it is there for. */
async function comesUp(layout: ClusterLayout, look: () => Promise<boolean>): Promise<void> {
  await waitFor(async () => {
    requireRunning(layout);
    return (await look()) || undefined;
  }, COMES_UP_MS);
}

/** By its name, the multi-call executable is kubectl. Its kubeconfig is put where people look for it. */
function linkKubectl(layout: ClusterLayout, { kube }: Programs): string {
  const link = kubectlOf(layout);
  fs.mkdirSync(path.dirname(link), { recursive: true });
  fs.rmSync(link, { force: true });
  fs.symlinkSync(kube, link);
  fs.copyFileSync(keyFile(layout, "admin.kubeconfig"), layout.kubeconfig);
  return link;
}

/** The cluster's own kubectl, there while the cluster is. */
export function kubectlOf({ state }: ClusterLayout): string {
  return path.join(state, "bin", "kubectl");
}

async function startControlPlane(
  layout: ClusterLayout,
  programs: Programs,
  cluster: Kubectl,
): Promise<void> {
  start(layout, [etcd(layout, programs), apiServer(layout, programs)]);
  await answers(layout, cluster, "the API server", ["get", "--raw=/readyz"]);
  start(layout, [controllerManager(layout, programs), scheduler(layout, programs)]);
}

async function startNode(
  layout: ClusterLayout,
  programs: Programs,
  pauseImage: string,
  cluster: Kubectl,
): Promise<void> {
  writeFiles(layout, nodeFiles(layout, programs, pauseImage));
  ensureCgroups(layout);
  saveKernelSettings(layout);
  start(layout, [containerd(layout)]);
  // A kubelet that gets no answer there ends at once.
  await comesUp(layout, () => runtimeAnswers(containerdSocket(layout)));
  start(layout, [kubelet(layout, programs), kubeProxy(layout, programs)]);
  const ready = ["wait", "--for=condition=Ready", `node/${layout.node}`, "--timeout=5s"];
  await answers(layout, cluster, "the node", ready);
  restoreKernelSettings(layout);
  // Without it a pod of the namespace can't start, and waits long before its next try.
  for (const namespace of ["default", "kube-system"]) {
    const args = ["get", "configmap", "kube-root-ca.crt", "--namespace", namespace];
    await answers(layout, cluster, `namespace ${namespace}`, args);
  }
}

async function startAddons(
  layout: ClusterLayout,
  images: SystemImages,
  cluster: Kubectl,
): Promise<void> {
  await apply(cluster, [
    ...dns(images.coredns, layout.addresses.dnsService),
    ...networkPolicies(images.kubeNetworkPolicies),
    ...storage({
      image: images.localPathProvisioner,
      toolbox: images.toolbox,
      node: layout.node,
      folder: path.join(layout.state, "volumes"),
    }),
  ]);
  const rollouts = [
    ["deployment/coredns", "kube-system"],
    ["daemonset/kube-network-policies", "kube-system"],
    ["deployment/local-path-provisioner", "local-path-storage"],
  ] as const;
  for (const [name, namespace] of rollouts) {
    const args = ["rollout", "status", name, "--namespace", namespace, "--timeout=10s"];
    await answers(layout, cluster, name, args);
  }
}

/** Waits for an answer as long as the cluster's processes run. */
function answers(
  layout: ClusterLayout,
  cluster: Kubectl,
  what: string,
  args: readonly string[],
): Promise<void> {
  return awaitSuccess(cluster, what, args, () => requireRunning(layout));
}

function start(layout: ClusterLayout, specs: readonly ProcessSpec[]): void {
  for (const spec of specs) ensureProcess(layout, spec);
}

function writeFiles(layout: ClusterLayout, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(layout.state, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // kube-proxy ends when its configuration is written anew, though nothing in it has changed.
    if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text)
      fs.writeFileSync(file, text);
  }
}
