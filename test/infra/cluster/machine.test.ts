import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { cgroupFolders, cgroupHierarchies } from "../../../infra/cluster/cgroups";
import { broughtCluster } from "../../../infra/cluster/cluster";
import { certificatesOf } from "../../../infra/cluster/certificates";
import { splitTag } from "../../../infra/cluster/images";
import {
  KERNEL_SETTINGS,
  restoreKernelSettings,
  saveKernelSettings,
} from "../../../infra/cluster/kernel-settings";
import { renderKubeconfig } from "../../../infra/cluster/kubeconfig";
import { clusterLayout } from "../../../infra/cluster/layout";
import * as modules from "../../../infra/cluster/modules";

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-machine-"));
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

describe("the kernel's settings", () => {
  const write = (name: string, value: string) => {
    const file = path.join(folder, "sys", name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, value);
  };
  const read = () => fs.readFileSync(path.join(folder, "sys", "kernel/panic"), "utf8");

  it("should be what they were before the kubelet came", () => {
    const layout = { ...clusterLayout(), run: path.join(folder, "run") };
    const root = path.join(folder, "sys");
    for (const name of KERNEL_SETTINGS.slice(1)) write(name, "0\n");
    saveKernelSettings(layout, root);
    write("kernel/panic", "10\n");
    // An interrupted run is repeated: what the kubelet set is not what is to come back.
    saveKernelSettings(layout, root);
    restoreKernelSettings(layout, root);
    expect(read()).toBe("0\n");
    write("kernel/panic", "7\n");
    restoreKernelSettings(layout, root);
    expect(read()).toBe("7\n");
  });
});

describe("cgroups", () => {
  const V1 = [
    "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0",
    "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0",
  ];
  const V2 = "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0";

  it("should be made once a hierarchy", () => {
    expect(cgroupHierarchies(V1.join("\n"))).toEqual([
      "/sys/fs/cgroup/cpu",
      "/sys/fs/cgroup/memory",
    ]);
    expect(cgroupHierarchies([...V1, V2].join("\n"))).toHaveLength(2);
    expect(cgroupFolders(clusterLayout(1), V2)).toEqual(["/sys/fs/cgroup/unified/flinktide-1"]);
  });
});

it("should name in the API server's certificate all that it is reached by", () => {
  const certificates = certificatesOf(clusterLayout(1));
  expect(certificates.map(({ name, authority, subject }) => [name, authority, subject])).toEqual([
    ["apiserver", "ca", "/CN=kube-apiserver"],
    ["kubelet-server", "ca", "/CN=flinktide-node-1"],
    ["apiserver-kubelet-client", "ca", "/O=system:masters/CN=kube-apiserver-kubelet-client"],
    ["front-proxy-client", "front-proxy-ca", "/CN=front-proxy-client"],
    ["admin", "ca", "/O=system:masters/CN=admin"],
    ["kube-controller-manager", "ca", "/CN=system:kube-controller-manager"],
    ["kube-scheduler", "ca", "/CN=system:kube-scheduler"],
    ["kube-proxy", "ca", "/CN=system:kube-proxy"],
    ["kubelet", "ca", "/O=system:nodes/CN=system:node:flinktide-node-1"],
  ]);
  expect(certificates[0]?.names?.split(",").filter((name) => name.startsWith("IP:"))).toEqual([
    "IP:127.0.0.1",
    "IP:10.99.1.2",
    "IP:10.96.16.1",
  ]);
});

it("should write a kubeconfig that carries its keys", () => {
  const [authority, certificate, key] = ["a", "b", "c"].map((text) => Buffer.from(text)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const server = "https://h:1";
  const config = JSON.parse(renderKubeconfig({ server, authority, certificate, key }));
  expect(config.clusters[0].cluster).toEqual({
    server: "https://h:1",
    "certificate-authority-data": "YQ==",
  });
  expect(config.users[0].user).toEqual({
    "client-certificate-data": "Yg==",
    "client-key-data": "Yw==",
  });
  expect(config["current-context"]).toBe(config.contexts[0].name);
});

it.each([
  ["flinktide/flink:1.14.6-fd4496a1", "flinktide/flink", "1.14.6-fd4496a1"],
  ["debian", "debian", "latest"],
  ["host:5000/a/b", "host:5000/a/b", "latest"],
  ["host:5000/a/b:2", "host:5000/a/b", "2"],
])("should split %s", (image, repository, tag) => {
  expect(splitTag(image)).toEqual({ repository, tag });
});

describe("a cluster that the user brings", () => {
  const before = { ...process.env };
  const kubeconfig = () => path.join(folder, "kubeconfig");
  const surroundings = (env: Record<string, string>) => {
    process.env = { PATH: folder, ...env };
  };

  afterEach(() => {
    process.env = { ...before };
  });

  it("should be used if KUBECONFIG names it", () => {
    fs.writeFileSync(kubeconfig(), "{}");
    fs.writeFileSync(path.join(folder, "kubectl"), "#!/bin/sh\n", { mode: 0o755 });
    surroundings({ KUBECONFIG: kubeconfig(), FLINKTIDE_REGISTRY: "r:1" });
    const brought = { kubeconfig: kubeconfig(), registry: "r:1", kubectl: "kubectl" };
    expect(broughtCluster("/own")).toEqual(brought);
    expect(broughtCluster(kubeconfig())).toBeUndefined();
    surroundings({});
    expect(broughtCluster("/own")).toBeUndefined();
  });

  it("should be refused for what it lacks, with what to do", () => {
    surroundings({ KUBECONFIG: kubeconfig() });
    expect(() => broughtCluster("/own")).toThrow("there is no such file. Fix: set it");
    fs.writeFileSync(kubeconfig(), "{}");
    expect(() => broughtCluster("/own")).toThrow("Fix: export FLINKTIDE_REGISTRY=host:port.");
    surroundings({ KUBECONFIG: kubeconfig(), FLINKTIDE_REGISTRY: "r:1" });
    expect(() => broughtCluster("/own")).toThrow("Fix: install kubectl");
  });
});

it("should build what its table of versions says", () => {
  for (const [name, upstream] of Object.entries({
    kube: "k8s.io/kubernetes",
    coredns: "github.com/coredns/coredns",
    localPathProvisioner: "github.com/rancher/local-path-provisioner",
    kubeNetworkPolicies: "sigs.k8s.io/kube-network-policies",
    prometheusAdapter: "sigs.k8s.io/prometheus-adapter",
    kwok: "sigs.k8s.io/kwok",
    karpenter: "sigs.k8s.io/karpenter",
    kubeconform: "github.com/yannh/kubeconform",
  })) {
    const { dir, version } = modules[name as keyof typeof modules];
    const goMod = fs.readFileSync(path.join(dir, "go.mod"), "utf8");
    expect(goMod.split("\n").map((line) => line.replace("require ", "").trim())).toContain(
      `${upstream} v${version}`,
    );
  }
});
