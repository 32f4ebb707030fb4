import * as path from "node:path";
import type { GoModule } from "../toolchain/go-module";
import { VERSIONS } from "../toolchain/versions";
import { patchUpstream } from "./patch-upstream";

const GO_DIR = path.join(__dirname, "go");

type Build = Pick<GoModule, "duration" | "prepare"> &
  Partial<Pick<GoModule, "dir" | "package" | "linkerVariables">>;

function clusterModule(executable: string, version: string, build: Build): GoModule {
  return {
    dir: path.join(GO_DIR, executable),
    package: ".",
    executable,
    version,
    linkerVariables: [],
    // They run in images that hold nothing else.
    static: true,
    ...build,
  };
}

/** API server, controller manager, scheduler, kubelet, kube-proxy and kubectl in one executable. */
export const kube = clusterModule("kube", VERSIONS.kubernetes, {
  linkerVariables: ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap(
    (at) => [
      `${at}.gitVersion=v${VERSIONS.kubernetes}`,
      `${at}.gitMajor=1`,
      `${at}.gitMinor=${VERSIONS.kubernetes.split(".")[1]}`,
    ],
  ),
  duration: "about 10 minutes on 2 cores",
});

/** The first process of every pod. */
export const pause = clusterModule("pause", "1", { duration: "seconds" });

export const coredns = clusterModule("coredns", VERSIONS.coredns, {
  duration: "about 2 minutes on 2 cores",
});

export const localPathProvisioner = clusterModule(
  "local-path-provisioner",
  VERSIONS.localPathProvisioner,
  { package: "github.com/rancher/local-path-provisioner", duration: "about 1 minute on 2 cores" },
);

export const kubeNetworkPolicies = clusterModule(
  "kube-network-policies",
  VERSIONS.kubeNetworkPolicies,
  {
    package: "sigs.k8s.io/kube-network-policies/cmd",
    prepare: (copy) => patchUpstream(copy, "sigs.k8s.io/kube-network-policies"),
    duration: "about 1 minute on 2 cores",
  },
);

export const prometheusAdapter = clusterModule("prometheus-adapter", VERSIONS.prometheusAdapter, {
  package: "sigs.k8s.io/prometheus-adapter/cmd/adapter",
  prepare: (copy) => patchUpstream(copy, "sigs.k8s.io/prometheus-adapter"),
  duration: "about 1 minute on 2 cores",
});

/** Simulates nodes and the pods on them. */
export const kwok = clusterModule("kwok", VERSIONS.kwok, {
  package: "sigs.k8s.io/kwok/cmd/kwok",
  duration: "about 3 minutes on 2 cores",
});

/** Karpenter with a provider that makes kwok's nodes. */
export const karpenter = clusterModule("karpenter", VERSIONS.karpenter, {
  package: "sigs.k8s.io/karpenter/kwok",
  duration: "about 3 minutes on 2 cores",
});

function kedaProgram(executable: string, command: string, duration: string): GoModule {
  const upstream = "github.com/kedacore/keda/v2";
  return clusterModule(executable, VERSIONS.keda, {
    dir: path.join(GO_DIR, "keda"),
    package: `${upstream}/cmd/${command}`,
    linkerVariables: [`${upstream}/version.Version=${VERSIONS.keda}`],
    duration,
  });
}

/** Makes HorizontalPodAutoscalers from ScaledObjects, and asks for their metrics. */
export const kedaOperator = kedaProgram("keda-operator", "operator", "about 40 minutes on 2 cores");

/** Serves those metrics. */
export const kedaAdapter = kedaProgram("keda-adapter", "adapter", "about 5 minutes on 2 cores");

/** Checks manifests against the schemas of a Kubernetes version. */
export const kubeconform = clusterModule("kubeconform", VERSIONS.kubeconform, {
  package: "github.com/yannh/kubeconform/cmd/kubeconform",
  duration: "seconds",
});
