import * as fs from "node:fs";
import * as path from "node:path";
import type { ClusterLayout } from "./layout";

/** The folders in which the cluster's cgroup lies: one with cgroup v2, one a controller with v1. */
export function cgroupFolders({ name }: ClusterLayout, mounts = readMounts()): string[] {
  const hierarchies = cgroupHierarchies(mounts);
  return hierarchies.map((hierarchy) => path.join(hierarchy, name));
}

/** Mount points of the cgroup hierarchies in use. Where both versions are mounted, v1 has the controllers. */
export function cgroupHierarchies(mounts: string): string[] {
  const ofType = (type: string) =>
    mounts
      .split("\n")
      .map((line) => line.split(" "))
      .filter((fields) => fields[2] === type)
      .map((fields) => fields[1] ?? "");
  const first = ofType("cgroup");
  return first.length > 0 ? first : ofType("cgroup2");
}

function readMounts(): string {
  return fs.readFileSync("/proc/self/mounts", "utf8");
}

/** Makes the cgroup below which the kubelet puts all pods; it insists that it is there. */
export function ensureCgroups(layout: ClusterLayout): void {
  for (const folder of cgroupFolders(layout)) fs.mkdirSync(folder, { recursive: true });
}

/** Ids of the processes in the cluster's pods. */
export function podProcesses(layout: ClusterLayout): number[] {
  const ids = cgroupFolders(layout)
    .flatMap(withChildren)
    .flatMap((folder) => processesIn(folder));
  return [...new Set(ids)];
}

/** Removes the cgroup with all below it. False while a process that is ending is still counted in one of them. */
export function removeCgroups(layout: ClusterLayout): boolean {
  try {
    for (const folder of cgroupFolders(layout).flatMap(withChildren))
      unlessGone(() => fs.rmdirSync(folder));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
    return false;
  }
}

/** A cgroup and those below it, the deepest first. */
function withChildren(folder: string): string[] {
  const entries = unlessGone(() => fs.readdirSync(folder, { withFileTypes: true }));
  if (entries === undefined) return [];
  const children = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(folder, entry.name));
  return [...children.flatMap(withChildren), folder];
}

function processesIn(folder: string): number[] {
  const text = unlessGone(() => fs.readFileSync(path.join(folder, "cgroup.procs"), "utf8"));
  return (text ?? "").split("\n").filter(Boolean).map(Number);
}

/** A pod that ends takes its cgroup away while it is being looked at. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}
