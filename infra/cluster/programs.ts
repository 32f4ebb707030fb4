import * as path from "node:path";
import { ensureProgram } from "../images/debian";
import { ensureBuilt } from "../toolchain/go-module";
import { debianFiles } from "./debian-files";
import { kube } from "./modules";

/** Executables on this machine. */
export interface Programs {
  etcd: string;
  /** The multi-call executable of Kubernetes. */
  kube: string;
  dockerRegistry: string;
  /** Static. */
  busybox: string;
  /** Folder of the CNI plugins. */
  cni: string;
}

const DEBIAN_PACKAGES = [
  "etcd-server",
  "containernetworking-plugins",
  "docker-registry",
  "busybox-static",
] as const;

/** Gets what the cluster is made of: from Debian, and built from Go modules. */
export async function ensurePrograms(): Promise<Programs> {
  const files = await debianFiles(DEBIAN_PACKAGES);
  // Both come with the Docker engine's packages; here they are named for an engine that has its own.
  await ensureProgram("containerd", ["containerd"]);
  await ensureProgram("runc", ["runc"]);
  await ensureProgram("nsenter", ["util-linux"]);
  return {
    etcd: path.join(files, "usr/bin/etcd"),
    dockerRegistry: path.join(files, "usr/bin/docker-registry"),
    busybox: path.join(files, "bin/busybox"),
    cni: path.join(files, "usr/lib/cni"),
    kube: await ensureBuilt(kube),
  };
}
