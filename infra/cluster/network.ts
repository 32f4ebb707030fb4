import * as fs from "node:fs";
import { exec, tryExec } from "../exec";
import { ensureProgram } from "../images/debian";
import { networkNamespace, type ClusterLayout } from "./layout";

/** Switches within the cluster's network namespace. */
const FORWARDING = [
  "echo 1 > /proc/sys/net/ipv4/ip_forward",
  // Absent where the kernel has the bridge's filter as a module that is not loaded.
  "echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null || true",
].join("; ");

/**
 * Makes the cluster's network namespace and the cable to it, unless they are there. No filter rule, bridge or setting
 * of this machine changes; two routes make pods and services reachable from it.
 */
export async function ensureNetwork(layout: ClusterLayout): Promise<void> {
  await ensureProgram("ip", ["iproute2"]);
  await ensureProgram("iptables", ["iptables"]);
  if (await isComplete(layout)) return;
  await removeNetwork(layout);
  await exec("ip", ["netns", "add", layout.name]);
  for (const command of networkCommands(layout)) await exec("ip", command.split(" "));
  await inside(layout, "sh", "-c", FORWARDING);
}

/** What `ip` is told, in order; the last makes it complete. */
export function networkCommands({ name, addresses }: ClusterLayout): string[] {
  const { host, node, hostInterface, nodeInterface, podRange, serviceRange } = addresses;
  return [
    `link add ${hostInterface} type veth peer name ${nodeInterface} netns ${name}`,
    `addr add ${host}/30 dev ${hostInterface}`,
    `link set ${hostInterface} up`,
    `-n ${name} link set lo up`,
    `-n ${name} addr add ${node}/30 dev ${nodeInterface}`,
    `-n ${name} link set ${nodeInterface} up`,
    `-n ${name} route add default via ${host}`,
    `route add ${podRange} via ${node}`,
    `route add ${serviceRange} via ${node}`,
  ];
}

async function isComplete({ addresses }: ClusterLayout): Promise<boolean> {
  const { code, stdout } = await tryExec("ip", ["route", "show", addresses.serviceRange]);
  return code === 0 && stdout.includes(addresses.hostInterface);
}

/** Runs a program in the cluster's network namespace. */
export function inside(layout: ClusterLayout, ...command: string[]): Promise<string> {
  return exec("nsenter", [`--net=${networkNamespace(layout)}`, ...command]);
}

/** Removes what of it is there. The routes go with the cable. */
export async function removeNetwork(layout: ClusterLayout): Promise<void> {
  await tryExec("ip", ["link", "delete", layout.addresses.hostInterface]);
  if (fs.existsSync(networkNamespace(layout))) {
    await exec("ip", ["netns", "delete", layout.name]);
  }
}

/** Ids of the processes in the cluster's network namespace, pods' own excepted. */
export function processesInside(layout: ClusterLayout): number[] {
  const file = networkNamespace(layout);
  if (!fs.existsSync(file)) return [];
  const { ino, dev } = fs.statSync(file);
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const own = fs.statSync(`/proc/${pid}/ns/net`);
        return own.ino === ino && own.dev === dev;
      } catch {
        return false;
      }
    })
    .map(Number);
}
