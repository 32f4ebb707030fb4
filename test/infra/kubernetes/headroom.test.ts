import { Headroom, HeadroomPriority } from "../../../infra/kubernetes/headroom";
import { headroomAccess } from "../../../policies/kubernetes/access";
import { inputsOf, names, record } from "../../support/pulumi-recorder";

const IMAGE = `registry.example.com/flink@sha256:${"0".repeat(64)}`;
const SIZE = { cpus: 2, memoryMiB: 1024, cpuRequestShare: 0.5 };
const headroom = (change: object = {}) =>
  record(
    () =>
      new Headroom("headroom", {
        ...{ environment: "prod", tenant: "acme", image: IMAGE, size: SIZE, conducted: true },
        kind: "pods",
        ...change,
      }),
  );
const LABELS = { "app.kubernetes.io/name": "headroom", "flinktide.io/tenant": "acme" };

it("is below everything else, and pushes nothing aside", async () => {
  const all = await record(() => new HeadroomPriority("headroom", { environment: "prod" }));
  expect(names(all)).toEqual([
    "flinktide:kubernetes:HeadroomPriority headroom",
    "kubernetes:scheduling.k8s.io/v1:PriorityClass headroom-class",
  ]);
  expect(inputsOf(all, "headroom-class")).toMatchObject({
    metadata: { name: "flinktide-prod-headroom" },
    ...{ value: -10, preemptionPolicy: "Never", globalDefault: false },
  });
});

it("has exactly these children, and rights only for a conductor in the cluster", async () => {
  expect(names(await headroom())).toEqual([
    "flinktide:kubernetes:Headroom headroom",
    "kubernetes:apps/v1:Deployment headroom-balloons",
    "kubernetes:rbac.authorization.k8s.io/v1:Role headroom-role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding headroom-role-binding",
  ]);
  expect(names(await headroom({ conducted: false }))).toEqual([
    "flinktide:kubernetes:Headroom headroom",
    "kubernetes:apps/v1:Deployment headroom-balloons",
  ]);
});

describe("as a CapacityBuffer", () => {
  const buffer = () => headroom({ kind: "capacity-buffer" });

  it("has exactly these children, and rights on them alone", async () => {
    const all = await buffer();
    expect(names(all)).toEqual([
      "flinktide:kubernetes:Headroom headroom",
      "kubernetes:autoscaling.x-k8s.io/v1beta1:CapacityBuffer headroom-buffer",
      "kubernetes:rbac.authorization.k8s.io/v1:Role headroom-role",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding headroom-role-binding",
      "kubernetes:core/v1:PodTemplate headroom-template",
    ]);
    const rules = headroomAccess("headroom-acme", "capacity-buffer");
    expect(inputsOf(all, "headroom-role")).toMatchObject({ rules });
  });

  it("asks for the room of a TaskManager in the platform's namespace, for none at first", async () => {
    const all = await buffer();
    const where = { name: "headroom-acme", namespace: "flinktide-prod" };
    expect(inputsOf(all, "headroom-buffer")).toMatchObject({
      metadata: where,
      spec: { podTemplateRef: { name: "headroom-acme" }, replicas: 0 },
    });
    const template = inputsOf(all, "headroom-template") as unknown as {
      metadata: object;
      template: { spec: { containers: { resources: { requests: object } }[] } };
    };
    expect(template.metadata).toMatchObject(where);
    const [container] = template.template.spec.containers;
    expect(container?.resources.requests).toEqual({ cpu: "1000m", memory: "1024Mi" });
    expect(template.template.spec).not.toHaveProperty("priorityClassName");
  });
});

it("is in the platform's namespace, none at first, never one too many, and awaited by nobody", async () => {
  const { metadata, spec } = inputsOf(await headroom(), "headroom-balloons");
  expect(metadata).toMatchObject({
    ...{ name: "headroom-acme", namespace: "flinktide-prod" },
    annotations: { "pulumi.com/skipAwait": "true" },
  });
  expect(spec).toMatchObject({
    ...{ replicas: 0, strategy: { type: "Recreate" } },
    selector: { matchLabels: LABELS },
  });
});

it("is as large as a TaskManager, of its image, and may run where only restricted pods may", async () => {
  const { spec } = inputsOf(await headroom(), "headroom-balloons") as {
    spec: { template: { metadata: object; spec: object } };
  };
  const { template } = spec;
  expect(template.metadata).toMatchObject({ labels: LABELS });
  expect(template.spec).toMatchObject({
    ...{ priorityClassName: "flinktide-prod-headroom", terminationGracePeriodSeconds: 0 },
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 9999 },
    containers: [
      {
        ...{ image: IMAGE, command: ["sleep", "infinity"] },
        resources: {
          requests: { cpu: "1000m", memory: "1024Mi" },
          limits: { cpu: "2000m", memory: "1024Mi" },
        },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      },
    ],
  });
});

it("the conductor may move its number, and reads what an update reads", async () => {
  const all = await headroom();
  const where = { metadata: { name: "headroom-acme", namespace: "flinktide-prod" } };
  const rules = headroomAccess("headroom-acme", "pods");
  expect(inputsOf(all, "headroom-role")).toMatchObject({ ...where, rules });
  expect(inputsOf(all, "headroom-role-binding")).toMatchObject({
    ...where,
    roleRef: { kind: "Role", name: "headroom-acme" },
    subjects: [{ kind: "ServiceAccount", name: "conductor", namespace: "flinktide-prod" }],
  });
});

it("the pods can be changed", async () => {
  const all = await headroom({ transform: { balloons: { metadata: { name: "a" } } } });
  expect(inputsOf(all, "headroom-balloons")["metadata"]).toEqual({ name: "a" });
});
