import { kedaObjects } from "../../../infra/cluster/addons/keda";

const account = {
  ...{ apiVersion: "v1", kind: "ServiceAccount" },
  metadata: { name: "keda-operator", namespace: "keda" },
};
const deployment = (image: string, own: object, user: object = {}) => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment" },
  metadata: { name: "keda-operator", namespace: "keda" },
  spec: {
    replicas: 1,
    template: {
      metadata: { labels: { app: "keda-operator" } },
      spec: {
        securityContext: { runAsNonRoot: true, ...user },
        serviceAccountName: "keda-operator",
        containers: [{ name: "keda-operator", image, args: ["--leader-elect"], ...own }],
      },
    },
  },
});

it("KEDA's manifests are its own, but for image, program, user and resources", () => {
  const theirs = {
    ...{ command: ["/keda"], imagePullPolicy: "Always" },
    resources: { limits: { cpu: "1000m" } },
  };
  const upstream = [account, deployment("ghcr.io/kedacore/keda:latest", theirs)];
  const image = "127.0.0.1:5005/flinktide/keda-operator@sha256:0";
  const ours = {
    imagePullPolicy: "IfNotPresent",
    resources: { requests: { cpu: "20m", memory: "100Mi" } },
  };
  expect(kedaObjects(upstream, { "keda-operator": image })).toEqual([
    account,
    deployment(image, ours, { runAsUser: 1000 }),
  ]);
  // One that has no image of ours stays as it is.
  expect(kedaObjects(upstream, {})).toEqual(upstream);
});
