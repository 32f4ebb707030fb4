import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import type { ClusterLayout } from "./layout";

/** The kubelet sets these for the whole machine when it starts, below /proc/sys. */
export const KERNEL_SETTINGS = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
] as const;

const Saved = z.record(z.string(), z.string());

/** Notes the settings, unless that was done and they were not put back since. */
export function saveKernelSettings(layout: ClusterLayout, root = "/proc/sys"): void {
  const file = savedFile(layout);
  if (fs.existsSync(file)) return;
  const readable = KERNEL_SETTINGS.filter((name) => fs.existsSync(path.join(root, name)));
  const values = readable.map((name) => [name, fs.readFileSync(path.join(root, name), "utf8")]);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(Object.fromEntries(values)));
}

/**
 * Puts the settings back, if they were noted. The kubelet sets them only once, so that this is done as soon as it
 * runs: nothing of this machine stays changed while the cluster is up.
 */
export function restoreKernelSettings(layout: ClusterLayout, root = "/proc/sys"): void {
  const file = savedFile(layout);
  if (!fs.existsSync(file)) return;
  const saved = Saved.parse(JSON.parse(fs.readFileSync(file, "utf8")));
  for (const [name, value] of Object.entries(saved)) {
    const setting = path.join(root, name);
    if (fs.readFileSync(setting, "utf8") !== value) fs.writeFileSync(setting, value);
  }
  fs.rmSync(file);
}

function savedFile({ run }: ClusterLayout): string {
  return path.join(run, "kernel-settings.json");
}
