import {
  apiServer,
  controllerManager,
  etcd,
  scheduler,
} from "../../../infra/cluster/control-plane";
import { clusterLayout } from "../../../infra/cluster/layout";
import { networkCommands } from "../../../infra/cluster/network";
import {
  cniConfig,
  containerdConfig,
  kubelet,
  kubeletConfig,
  kubeProxy,
  nodeFiles,
  proxyConfig,
  registryHosts,
} from "../../../infra/cluster/node";
import { registries, registryFiles } from "../../../infra/cluster/registry";

const layout = { ...clusterLayout(2), state: "/s", run: "/r", cache: "/c" };
const programs = {
  etcd: "/d/etcd",
  kube: "/d/kube",
  dockerRegistry: "/d/docker-registry",
  busybox: "/d/busybox",
  cni: "/d/cni",
};

it("should cable the cluster's network to this machine's, its routes last", () => {
  expect(networkCommands(layout)).toEqual([
    "link add ftide2h type veth peer name ftide2n netns flinktide-2",
    "addr add 10.99.2.1/30 dev ftide2h",
    "link set ftide2h up",
    "-n flinktide-2 link set lo up",
    "-n flinktide-2 addr add 10.99.2.2/30 dev ftide2n",
    "-n flinktide-2 link set ftide2n up",
    "-n flinktide-2 route add default via 10.99.2.1",
    "route add 10.244.2.0/24 via 10.99.2.2",
    "route add 10.96.32.0/20 via 10.99.2.2",
  ]);
});

it("should run the control plane's parts with what they must know", () => {
  const specs = [
    etcd(layout, programs),
    apiServer(layout, programs),
    controllerManager(layout, programs),
    scheduler(layout, programs),
  ];
  expect(specs.map(({ name, command, network }) => [name, command, network])).toEqual([
    ["etcd", "/d/etcd", "cluster"],
    ["kube-apiserver", "/d/kube", "cluster"],
    ["kube-controller-manager", "/d/kube", "cluster"],
    ["kube-scheduler", "/d/kube", "cluster"],
  ]);
  const [, api, controllers, scheduling] = specs.map(({ args }) => args);
  expect(api?.[0]).toBe("kube-apiserver");
  expect(api).toEqual(
    expect.arrayContaining([
      "--advertise-address=10.99.2.2",
      "--service-cluster-ip-range=10.96.32.0/20",
      "--authorization-mode=Node,RBAC",
      "--client-ca-file=/s/pki/ca.crt",
      "--proxy-client-key-file=/s/pki/front-proxy-client.key",
    ]),
  );
  expect(controllers).toEqual(
    expect.arrayContaining([
      "--horizontal-pod-autoscaler-sync-period=5s",
      "--node-monitor-grace-period=150s",
      "--kube-api-qps=300",
    ]),
  );
  expect(scheduling).toEqual([
    "kube-scheduler",
    "--kubeconfig=/s/pki/kube-scheduler.kubeconfig",
    "--authentication-kubeconfig=/s/pki/kube-scheduler.kubeconfig",
    "--authorization-kubeconfig=/s/pki/kube-scheduler.kubeconfig",
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
    "--profiling=false",
    "--kube-api-qps=300",
    "--kube-api-burst=600",
  ]);
});

it("should give containerd a place of its own and the pods no privilege that this machine may lack", () => {
  const config = containerdConfig(layout, programs, "127.0.0.1:5007/pause@sha256:1").split("\n");
  expect(config).toEqual(
    expect.arrayContaining([
      'root = "/c/containerd"',
      'state = "/r/containerd"',
      "oom_score = 0",
      '  address = "/r/containerd.sock"',
      '  sandbox_image = "127.0.0.1:5007/pause@sha256:1"',
      "  restrict_oom_score_adj = true",
      "  netns_mounts_under_state_dir = true",
      '  bin_dir = "/d/cni"',
      '  config_path = "/s/certs.d"',
    ]),
  );
});

it("should let nodes pull what is pushed to this machine's loopback address", () => {
  const files = nodeFiles(layout, programs, "pause");
  expect(Object.keys(files)).toEqual([
    "containerd.toml",
    "certs.d/127.0.0.1:5007/hosts.toml",
    "cni/10-bridge.conflist",
    "kubelet.json",
    "kube-proxy.json",
    "resolv.conf",
  ]);
  expect(registryHosts(layout)).toBe(
    'server = "http://10.99.2.1:5007"\n[host."http://10.99.2.1:5007"]\n  capabilities = ["pull", "resolve"]\n',
  );
  const served = Object.values(registryFiles(layout)).map((text) => JSON.parse(text));
  expect(served.map(({ http }) => http.addr)).toEqual(["127.0.0.1:5007", "10.99.2.1:5007"]);
  expect(served.map(({ storage }) => storage.maintenance.readonly.enabled)).toEqual([false, true]);
  expect(new Set(served.map(({ storage }) => storage.filesystem.rootdirectory))).toEqual(
    new Set(["/c/registry"]),
  );
  expect(registries(layout, programs).map(({ args, network }) => [args[1], network])).toEqual([
    ["/s/registry.json", "host"],
    ["/s/registry-mirror.json", "host"],
  ]);
});

it("should keep the kubelet from what the whole machine owns", () => {
  const config = kubeletConfig(layout);
  expect(config).toMatchObject({
    address: "10.99.2.2",
    cgroupRoot: "/flinktide-2",
    containerRuntimeEndpoint: "unix:///r/containerd.sock",
    clusterDNS: ["10.96.32.10"],
    oomScoreAdj: 0,
    authentication: { anonymous: { enabled: false } },
    authorization: { mode: "Webhook" },
  });
  // Without it cadvisor's disk metrics fail, and with them the eviction manager.
  expect(config).not.toHaveProperty("localStorageCapacityIsolation");
  expect(proxyConfig(layout)).toMatchObject({
    mode: "iptables",
    oomScoreAdj: 0,
    clusterCIDR: "10.244.2.0/24",
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  });
  expect(cniConfig(layout).plugins[0]).toEqual({
    type: "bridge",
    bridge: "ftide2b",
    isDefaultGateway: true,
    hairpinMode: true,
    ipMasq: false,
    ipam: {
      type: "host-local",
      dataDir: "/r/pod-addresses",
      ranges: [[{ subnet: "10.244.2.0/24" }]],
    },
  });
  expect(kubelet(layout, programs).args).toEqual([
    "kubelet",
    "--config=/s/kubelet.json",
    "--kubeconfig=/s/pki/kubelet.kubeconfig",
    "--hostname-override=flinktide-node-2",
    "--node-ip=10.99.2.2",
    "--node-labels=topology.kubernetes.io/zone=local",
    "--root-dir=/s/kubelet",
    "--cert-dir=/s/kubelet/pki",
  ]);
  expect(kubeProxy(layout, programs).args).toEqual(["kube-proxy", "--config=/s/kube-proxy.json"]);
});
