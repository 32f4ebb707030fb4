import { serviceAccount, workload, type KubernetesObject } from "./objects";

const NAME = "local-path-provisioner";
const namespace = "local-path-storage";
const CONFIG = "local-path-config";
const PROVISIONER = "rancher.io/local-path";

export interface StorageArgs {
  /** Of the provisioner. */
  image: string;
  /** With a shell, for the pods that make and remove folders. */
  toolbox: string;
  /** The node whose folders they are. */
  node: string;
  /** Where volumes become folders. */
  folder: string;
}

/**
 * The default StorageClass `standard`: a volume is a folder of the one real node, so that any number of its pods may
 * share one, whatever the claim's access mode. By the provisioner that kind and k3d come with, so that a volume
 * behaves here as it does there.
 */
export function storage(args: StorageArgs): KubernetesObject[] {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    ...serviceAccount(NAME, namespace, RULES),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: CONFIG, namespace },
      data: configFiles(args),
    },
    workload("Deployment", { name: NAME, namespace }, podSpec(args.image)),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name: "standard",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: PROVISIONER,
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
    },
  ];
}

const READ = ["get", "list", "watch"];
const WRITE = [...READ, "create", "patch", "update", "delete"];
const RULES = [
  {
    apiGroups: [""],
    resources: ["nodes", "persistentvolumeclaims", "configmaps", "pods/log"],
    verbs: READ,
  },
  { apiGroups: [""], resources: ["persistentvolumes", "pods", "endpoints"], verbs: WRITE },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: WRITE },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: READ },
];

function configFiles({ toolbox, node, folder }: StorageArgs): Record<string, string> {
  const helper = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "helper-pod" },
    spec: {
      // Not on a simulated node, where it would only seem to run.
      nodeSelector: { "kubernetes.io/hostname": node },
      priorityClassName: "system-node-critical",
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "helper-pod", image: toolbox, securityContext: { runAsUser: 0 } }],
    },
  };
  return {
    "config.json": JSON.stringify({ sharedFileSystemPath: folder }),
    setup: '#!/bin/sh\nset -eu\nmkdir -p "$VOL_DIR"\nchmod 0777 "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    "helperPod.yaml": JSON.stringify(helper),
  };
}

function podSpec(image: string) {
  const field = { fieldRef: { fieldPath: "metadata.namespace" } };
  return {
    containers: [
      {
        name: NAME,
        image,
        args: ["start", "--config", "/etc/config/config.json", "--service-account-name", NAME],
        env: [
          { name: "POD_NAMESPACE", valueFrom: field },
          { name: "CONFIG_MOUNT_PATH", value: "/etc/config/" },
        ],
        volumeMounts: [{ name: "config", mountPath: "/etc/config" }],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
      },
    ],
    volumes: [{ name: "config", configMap: { name: CONFIG } }],
  };
}
