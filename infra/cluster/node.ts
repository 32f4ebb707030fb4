import * as path from "node:path";
import { flags } from "./control-plane";
import {
  CLUSTER_DOMAIN,
  containerdSocket,
  keyFile,
  registryOf,
  type ClusterLayout,
} from "./layout";
import type { ProcessSpec } from "./processes";
import type { Programs } from "./programs";

/** Files that a node's processes read, by their path below the cluster's state folder. */
export function nodeFiles(layout: ClusterLayout, programs: Programs, pauseImage: string) {
  return {
    "containerd.toml": containerdConfig(layout, programs, pauseImage),
    [`certs.d/${registryOf(layout)}/hosts.toml`]: registryHosts(layout),
    "cni/10-bridge.conflist": json(cniConfig(layout)),
    "kubelet.json": json(kubeletConfig(layout)),
    "kube-proxy.json": json(proxyConfig(layout)),
    "resolv.conf": `nameserver ${layout.addresses.dnsService}\n`,
  };
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

export function containerd(layout: ClusterLayout): ProcessSpec {
  const config = path.join(layout.state, "containerd.toml");
  return { name: "containerd", command: "containerd", args: ["-c", config], network: "cluster" };
}

export function kubelet(layout: ClusterLayout, { kube }: Programs): ProcessSpec {
  const root = path.join(layout.state, "kubelet");
  const options = {
    config: path.join(layout.state, "kubelet.json"),
    kubeconfig: keyFile(layout, "kubelet.kubeconfig"),
    "hostname-override": layout.node,
    "node-ip": layout.addresses.node,
    "node-labels": "topology.kubernetes.io/zone=local",
    "root-dir": root,
    "cert-dir": path.join(root, "pki"),
  };
  return {
    name: "kubelet",
    command: kube,
    args: ["kubelet", ...flags(options)],
    network: "cluster",
  };
}

export function kubeProxy(layout: ClusterLayout, { kube }: Programs): ProcessSpec {
  const config = path.join(layout.state, "kube-proxy.json");
  const args = ["kube-proxy", `--config=${config}`];
  return { name: "kube-proxy", command: kube, args, network: "cluster" };
}

/**
 * A containerd of the cluster's own, beside the machine's. It lowers no process's chance to be killed when memory runs
 * out: without CAP_SYS_RESOURCE that is refused, and no pod would start.
 */
export function containerdConfig(
  layout: ClusterLayout,
  { cni }: Programs,
  pauseImage: string,
): string {
  const unused = ["aufs", "btrfs", "zfs", "devmapper"].map(
    (name) => `"io.containerd.snapshotter.v1.${name}"`,
  );
  const tracing = [
    '"io.containerd.tracing.processor.v1.otlp"',
    '"io.containerd.internal.v1.tracing"',
  ];
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${path.join(layout.cache, "containerd")}"
state = "${path.join(layout.run, "containerd")}"
oom_score = 0
disabled_plugins = [${[...unused, ...tracing].join(", ")}]
[grpc]
  address = "${containerdSocket(layout)}"
[${cri}]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  netns_mounts_under_state_dir = true
[${cri}.cni]
  bin_dir = "${cni}"
  conf_dir = "${path.join(layout.state, "cni")}"
[${cri}.registry]
  config_path = "${path.join(layout.state, "certs.d")}"
[${cri}.containerd]
  snapshotter = "overlayfs"
  discard_unpacked_layers = true
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.internal.v1.opt"]
  path = "${path.join(layout.state, "containerd-opt")}"
`;
}

/** The address under which images are pushed on this machine is the node's own loopback there: another one serves it. */
export function registryHosts({ addresses }: ClusterLayout): string {
  const server = `http://${addresses.host}:${addresses.registryPort}`;
  return `server = "${server}"\n[host."${server}"]\n  capabilities = ["pull", "resolve"]\n`;
}

export function cniConfig({ addresses, run }: ClusterLayout) {
  return {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: addresses.bridge,
        isDefaultGateway: true,
        hairpinMode: true,
        ipMasq: false,
        ipam: {
          type: "host-local",
          // Gone after a reboot, as the pods are.
          dataDir: path.join(run, "pod-addresses"),
          ranges: [[{ subnet: addresses.podRange }]],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

export function kubeletConfig(layout: ClusterLayout) {
  const { addresses, state } = layout;
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: addresses.node,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: keyFile(layout, "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: keyFile(layout, "kubelet-server.crt"),
    tlsPrivateKeyFile: keyFile(layout, "kubelet-server.key"),
    containerRuntimeEndpoint: `unix://${containerdSocket(layout)}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${layout.name}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    clusterDNS: [addresses.dnsService],
    clusterDomain: CLUSTER_DOMAIN,
    resolvConf: path.join(state, "resolv.conf"),
    podLogsDir: path.join(state, "pod-logs"),
    volumePluginDir: path.join(state, "volume-plugins"),
    // A machine that is nearly full still runs a test.
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "1%",
      "imagefs.available": "1%",
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    nodeStatusUpdateFrequency: "5s",
    syncFrequency: "10s",
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
  };
}

export function proxyConfig(layout: ClusterLayout) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    oomScoreAdj: 0,
    clientConnection: { kubeconfig: keyFile(layout, "kube-proxy.kubeconfig") },
    clusterCIDR: layout.addresses.podRange,
    hostnameOverride: layout.node,
    bindAddress: layout.addresses.node,
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    // Limits of the whole machine's, which a network namespace may not set.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    iptables: { minSyncPeriod: "100ms", syncPeriod: "30s" },
  };
}
