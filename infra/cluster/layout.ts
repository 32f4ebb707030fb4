import * as path from "node:path";
import { z } from "zod";
import { UserError } from "../errors";
import { cacheDir, stateDir } from "../toolchain/paths";

/** Clusters of one machine are told apart by a number, from which their names and addresses follow. */
const Slot = z.coerce.number().int().min(0).max(15);

/** Reads the option `--slot`. Throws UserError for what is no slot. */
export function readSlot(text = "0"): number {
  const slot = Slot.safeParse(text === "" ? undefined : text);
  if (slot.success) return slot.data;
  throw new UserError(`--slot ${text}: there is no such slot. Fix: give a number from 0 to 15.`);
}

/** Where a cluster on this machine keeps its things, and what they are called. Nothing here is made yet. */
export interface ClusterLayout {
  /** Names its network namespace, its cgroup, and what it has in /run. */
  name: string;
  node: string;
  /** Keys, kubeconfigs, configurations, logs, etcd's data, volumes; goes with the cluster. */
  state: string;
  /** Sockets, process ids, saved kernel settings; gone after a reboot, as what they are about is. */
  run: string;
  /** The node's images and the registry's; stays when the cluster goes. */
  cache: string;
  kubeconfig: string;
  addresses: ClusterAddresses;
}

export interface ClusterAddresses {
  /** This machine's end of the cable between it and the cluster. */
  host: string;
  /** The node's end; the API server's address too. */
  node: string;
  /** Interfaces at both ends. */
  hostInterface: string;
  nodeInterface: string;
  bridge: string;
  podRange: string;
  serviceRange: string;
  /** Service `kubernetes`. */
  apiService: string;
  /** Service `kube-dns`. */
  dnsService: string;
  /** Under it, on 127.0.0.1 of this machine, images are pushed; their references begin with it. */
  registryPort: number;
}

export const API_PORT = 6443;
export const CLUSTER_DOMAIN = "cluster.local";

/**
 * The layout of a machine's cluster.
 *
 * @param slot 0 to 15. @default 0, the one that `npm run cluster:up` makes
 */
export function clusterLayout(slot = 0): ClusterLayout {
  const suffix = Slot.parse(slot) === 0 ? "" : `-${slot}`;
  const state = stateDir(`cluster${suffix}`);
  return {
    name: `flinktide${suffix}`,
    node: `flinktide-node${suffix}`,
    state,
    run: `/run/flinktide${suffix}`,
    cache: cacheDir(`cluster${suffix}`),
    kubeconfig: path.join(state, "kubeconfig"),
    addresses: addressesOf(slot),
  };
}

function addressesOf(slot: number): ClusterAddresses {
  const services = `10.96.${slot * 16}`;
  return {
    host: `10.99.${slot}.1`,
    node: `10.99.${slot}.2`,
    hostInterface: `ftide${slot}h`,
    nodeInterface: `ftide${slot}n`,
    bridge: `ftide${slot}b`,
    podRange: `10.244.${slot}.0/24`,
    serviceRange: `${services}.0/20`,
    apiService: `${services}.1`,
    dnsService: `${services}.10`,
    registryPort: 5005 + slot,
  };
}

/** `127.0.0.1:<port>`, with which the references of the cluster's images begin. */
export function registryOf({ addresses }: ClusterLayout): string {
  return `127.0.0.1:${addresses.registryPort}`;
}

/** Where containerd listens. */
export function containerdSocket({ run }: ClusterLayout): string {
  return path.join(run, "containerd.sock");
}

/** The network namespace in which all of the cluster but its registry lives. */
export function networkNamespace({ name }: ClusterLayout): string {
  return `/run/netns/${name}`;
}

/** Key and certificate files, made by `ensureCertificates`. */
export function keyFile({ state }: ClusterLayout, name: string): string {
  return path.join(state, "pki", name);
}
