import * as path from "node:path";
import { API_PORT, keyFile, type ClusterLayout } from "./layout";
import type { ProcessSpec } from "./processes";
import type { Programs } from "./programs";

const ETCD = "http://127.0.0.1:2379";
const ETCD_PEER = "http://127.0.0.1:2380";

/** Requests a second of a controller, instead of 20 and 50: hundreds of pods that come at once don't wait for them. */
const REQUESTS = { "kube-api-qps": "300", "kube-api-burst": "600" };

/** A node that is not heard of counts as gone after this, instead of 50 s: a starved machine hears of some late. */
const NODE_PATIENCE = "150s";

/** How often the HPA looks, instead of every 15 s: a test waits for it. */
const HPA_PERIOD = "5s";

export function etcd(layout: ClusterLayout, { etcd }: Programs): ProcessSpec {
  const options = {
    "data-dir": path.join(layout.state, "etcd"),
    "listen-client-urls": ETCD,
    "advertise-client-urls": ETCD,
    "listen-peer-urls": ETCD_PEER,
    "initial-advertise-peer-urls": ETCD_PEER,
    "initial-cluster": `default=${ETCD_PEER}`,
  };
  return { name: "etcd", command: etcd, args: flags(options), network: "cluster" };
}

export function apiServer(layout: ClusterLayout, programs: Programs): ProcessSpec {
  const key = (name: string) => keyFile(layout, name);
  const options = {
    "etcd-servers": ETCD,
    "bind-address": "0.0.0.0",
    "secure-port": String(API_PORT),
    // Not loopback: the endpoint of the service `kubernetes` could not be reached from a pod.
    "advertise-address": layout.addresses.node,
    "service-cluster-ip-range": layout.addresses.serviceRange,
    "tls-cert-file": key("apiserver.crt"),
    "tls-private-key-file": key("apiserver.key"),
    "client-ca-file": key("ca.crt"),
    "kubelet-client-certificate": key("apiserver-kubelet-client.crt"),
    "kubelet-client-key": key("apiserver-kubelet-client.key"),
    "kubelet-certificate-authority": key("ca.crt"),
    "kubelet-preferred-address-types": "InternalIP",
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": key("sa.pub"),
    "service-account-signing-key-file": key("sa.key"),
    ...aggregation(layout),
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "allow-privileged": "true",
    profiling: "false",
  };
  return kubeProcess("kube-apiserver", programs, options);
}

/** How other API servers, as prometheus-adapter, know who asks through this one. */
function aggregation(layout: ClusterLayout): Record<string, string> {
  return {
    "requestheader-client-ca-file": keyFile(layout, "front-proxy-ca.crt"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "proxy-client-cert-file": keyFile(layout, "front-proxy-client.crt"),
    "proxy-client-key-file": keyFile(layout, "front-proxy-client.key"),
  };
}

export function controllerManager(layout: ClusterLayout, programs: Programs): ProcessSpec {
  const key = (name: string) => keyFile(layout, name);
  return kubeProcess("kube-controller-manager", programs, {
    ...asUser(layout, "kube-controller-manager"),
    "service-account-private-key-file": key("sa.key"),
    "root-ca-file": key("ca.crt"),
    "use-service-account-credentials": "true",
    "cluster-signing-cert-file": key("ca.crt"),
    "cluster-signing-key-file": key("ca.key"),
    "requestheader-client-ca-file": key("front-proxy-ca.crt"),
    "horizontal-pod-autoscaler-sync-period": HPA_PERIOD,
    "node-monitor-grace-period": NODE_PATIENCE,
    ...REQUESTS,
  });
}

export function scheduler(layout: ClusterLayout, programs: Programs): ProcessSpec {
  return kubeProcess("kube-scheduler", programs, {
    ...asUser(layout, "kube-scheduler"),
    ...REQUESTS,
  });
}

function asUser(layout: ClusterLayout, user: string): Record<string, string> {
  const kubeconfig = keyFile(layout, `${user}.kubeconfig`);
  return {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    // There is only one of each.
    "leader-elect": "false",
    "bind-address": "127.0.0.1",
    profiling: "false",
  };
}

function kubeProcess(
  name: string,
  { kube }: Programs,
  options: Readonly<Record<string, string>>,
): ProcessSpec {
  return { name, command: kube, args: [name, ...flags(options)], network: "cluster" };
}

/** `--name=value` each. */
export function flags(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}
