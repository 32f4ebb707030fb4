import { ConductedTenant } from "../../../infra/kubernetes/conducted-tenant";
import { Conductor, type ConductorArgs } from "../../../infra/kubernetes/conductor";
import {
  CONDUCTOR_KEDA_ACCESS,
  CONDUCTOR_TENANT_ACCESS,
  conductorPlatformAccess,
} from "../../../policies/kubernetes/access";
import { HELP, OPTIONS, settingsFrom } from "../../../stacks/conductor/options";
import { parseArgs } from "node:util";
import { inputsOf, names, record } from "../../support/pulumi-recorder";

const IMAGE = `registry.example.com/conductor@sha256:${"0".repeat(64)}`;
const ARGS: ConductorArgs = {
  ...{ environment: "prod", namespace: "flinktide-prod", image: IMAGE },
  ...{ memoryMiB: 2048, cpus: 2, cpuRequestShare: 0.5, storage: { sizeGiB: 5 } },
  stackFile: { name: "Pulumi.prod.yaml", text: "config: {}" },
};
const conductor = (change: Partial<ConductorArgs> = {}) =>
  record(() => new Conductor("conductor", { ...ARGS, ...change }));

interface Container {
  args: string[];
  env: { name: string; value: string }[];
  envFrom?: object[];
  [key: string]: unknown;
}
interface Pod {
  containers: [Container];
  [key: string]: unknown;
}
interface Deployment {
  replicas: number;
  strategy: object;
  template: { metadata: { labels: object }; spec: Pod };
}
async function deployment(change: Partial<ConductorArgs> = {}): Promise<Deployment> {
  return inputsOf(await conductor(change), "conductor-deployment")["spec"] as Deployment;
}

it("has exactly these children", async () => {
  expect(names(await conductor())).toEqual([
    "flinktide:kubernetes:Conductor conductor",
    "kubernetes:core/v1:ServiceAccount conductor-account",
    "kubernetes:apps/v1:Deployment conductor-deployment",
    "kubernetes:rbac.authorization.k8s.io/v1:Role conductor-role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding conductor-role-binding",
    "kubernetes:core/v1:ConfigMap conductor-stacks",
    "kubernetes:core/v1:PersistentVolumeClaim conductor-state",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole conductor-tenant-role",
  ]);
});

describe("on a schedule", () => {
  const scheduled = () => conductor({ schedule: "*/5 * * * *", secretName: "conductor" });
  interface Cron {
    jobTemplate: { spec: { backoffLimit: number; template: { spec: Pod } } };
    [key: string]: unknown;
  }
  const spec = async () => inputsOf(await scheduled(), "conductor-cron-job")["spec"] as Cron;

  it("is a CronJob instead of a Deployment, and has all else", async () => {
    const [always, now] = [names(await conductor()), names(await scheduled())];
    expect(now.filter((name) => !always.includes(name))).toEqual([
      "kubernetes:batch/v1:CronJob conductor-cron-job",
    ]);
    expect(always.filter((name) => !now.includes(name))).toEqual([
      "kubernetes:apps/v1:Deployment conductor-deployment",
    ]);
  });

  it("never runs beside itself, and a look that failed is not repeated before its time", async () => {
    expect(await spec()).toMatchObject({
      ...{ schedule: "*/5 * * * *", timeZone: "Etc/UTC", concurrencyPolicy: "Forbid" },
      jobTemplate: { spec: { backoffLimit: 0, template: { spec: { restartPolicy: "Never" } } } },
    });
  });

  it("looks once under the same lease, with options that it takes, and is not probed", async () => {
    const { containers, ...pod } = (await spec()).jobTemplate.spec.template.spec;
    const [container] = containers;
    expect(pod).toMatchObject({ hostname: "conductor", terminationGracePeriodSeconds: 900 });
    const { values } = parseArgs({ args: container.args, options: OPTIONS });
    expect(settingsFrom(values)).toMatchObject({
      ...{ once: true, lease: { namespace: "flinktide-prod", name: "conductor" } },
    });
    expect(settingsFrom(values)).not.toHaveProperty("port");
    const always = (await deployment({ secretName: "conductor" })).template.spec.containers[0];
    expect(container.env).toEqual(always.env);
    expect(container.envFrom).toEqual(always.envFrom);
    expect(Object.keys(container)).not.toContain("livenessProbe");
  });
});

it("is one at a time, goes gracefully, and keeps its host's name", async () => {
  const { replicas, strategy, template } = await deployment();
  expect({ replicas, strategy }).toEqual({ replicas: 1, strategy: { type: "Recreate" } });
  expect(template.spec).toMatchObject({
    ...{ serviceAccountName: "conductor", hostname: "conductor" },
    terminationGracePeriodSeconds: 900,
  });
});

it("may run where only restricted pods may, and writes to its volume and /tmp alone", async () => {
  const { securityContext, containers, volumes } = (await deployment()).template.spec;
  expect(securityContext).toEqual({
    ...{ runAsNonRoot: true, runAsUser: 7070, runAsGroup: 7070, fsGroup: 7070 },
    ...{ fsGroupChangePolicy: "OnRootMismatch", seccompProfile: { type: "RuntimeDefault" } },
  });
  const [{ securityContext: own, volumeMounts, resources }] = containers;
  expect(own).toEqual({
    ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
    capabilities: { drop: ["ALL"] },
  });
  expect(volumeMounts).toEqual([
    { name: "tmp", mountPath: "/tmp" },
    { name: "stacks", mountPath: "/stacks", readOnly: true },
    { name: "state", mountPath: "/state" },
  ]);
  expect(volumes).toEqual([
    { name: "tmp", emptyDir: {} },
    { name: "stacks", configMap: { name: "conductor-stacks" } },
    { name: "state", persistentVolumeClaim: { claimName: "conductor-state" } },
  ]);
  expect(resources).toEqual({
    requests: { cpu: "1000m", memory: "2048Mi" },
    limits: { cpu: "2000m", memory: "2048Mi" },
  });
});

it("is started with options that the conductor has, under the lease of its environment", async () => {
  const { args, env } = (await deployment()).template.spec.containers[0];
  expect(HELP).toContain("--probes");
  expect(settingsFrom(parseArgs({ args, options: OPTIONS }).values)).toMatchObject({
    ...{ probes: 9091, once: false, dryRun: false },
    lease: { namespace: "flinktide-prod", name: "conductor" },
  });
  expect(env).toEqual([
    { name: "CONDUCTOR_ENV", value: "prod" },
    { name: "CONDUCTOR_STACKS", value: "/stacks" },
    { name: "FLINKTIDE_STATE", value: "/state" },
  ]);
});

it("is asked for its health, and scraped, on one port", async () => {
  const { ports, livenessProbe, readinessProbe } = (await deployment()).template.spec.containers[0];
  expect(ports).toEqual([{ name: "metrics", containerPort: 9091 }]);
  expect(livenessProbe).toMatchObject({ httpGet: { path: "/healthz", port: "metrics" } });
  expect(readinessProbe).toMatchObject({ httpGet: { path: "/readyz", port: "metrics" } });
  const { labels } = (await deployment()).template.metadata;
  expect(labels).toMatchObject({
    "app.kubernetes.io/name": "conductor",
    "flinktide.io/environment": "prod",
  });
});

it("keeps its stacks' state where it is told, with a Secret by reference only", async () => {
  const change = { backendUrl: "s3://states?region=eu", secretName: "conductor-secrets" };
  const { env, envFrom } = (await deployment(change)).template.spec.containers[0];
  expect(env).toContainEqual({ name: "PULUMI_BACKEND_URL", value: "s3://states?region=eu" });
  expect(envFrom).toEqual([{ secretRef: { name: "conductor-secrets" } }]);
  expect((await deployment()).template.spec.containers[0].envFrom).toBeUndefined();
});

it("has the rights of the policy, bound in its own namespace alone", async () => {
  const all = await conductor();
  const given = { lease: "conductor", stacks: "conductor-stacks" };
  expect(inputsOf(all, "conductor-role")["rules"]).toEqual(conductorPlatformAccess(given));
  expect(inputsOf(all, "conductor-tenant-role")).toMatchObject({
    metadata: { name: "flinktide-prod-conductor" },
    rules: CONDUCTOR_TENANT_ACCESS,
  });
  expect(names(all).join()).not.toContain("ClusterRoleBinding");
  expect(inputsOf(await conductor({ keda: true }), "conductor-tenant-role")["rules"]).toEqual([
    ...CONDUCTOR_TENANT_ACCESS,
    ...CONDUCTOR_KEDA_ACCESS,
  ]);
});

it("a tenant gives it rights in its own namespace, and adds its stack file", async () => {
  const stackFile = { name: "Pulumi.prod-acme.yaml", text: "config: {}" };
  const all = await record(
    () => new ConductedTenant("conducted", { environment: "prod", tenant: "acme", stackFile }),
  );
  expect(names(all)).toEqual([
    "flinktide:kubernetes:ConductedTenant conducted",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding conducted-rights",
    "kubernetes:core/v1:ConfigMapPatch conducted-stack-file",
  ]);
  expect(inputsOf(all, "conducted-rights")).toMatchObject({
    metadata: { namespace: "flinktide-prod-acme" },
    roleRef: { kind: "ClusterRole", name: "flinktide-prod-conductor" },
    subjects: [{ kind: "ServiceAccount", name: "conductor", namespace: "flinktide-prod" }],
  });
  expect(inputsOf(all, "conducted-stack-file")).toEqual({
    ...{ apiVersion: "v1", kind: "ConfigMap" },
    metadata: { name: "conductor-stacks", namespace: "flinktide-prod" },
    data: { "Pulumi.prod-acme.yaml": "config: {}" },
  });
});

it("each child that may have to differ can be changed", async () => {
  const change = (name: string) => ({ metadata: { name } });
  const all = await conductor({ transform: { storage: change("a"), deployment: change("b") } });
  expect(inputsOf(all, "conductor-state")["metadata"]).toEqual({ name: "a" });
  expect(inputsOf(all, "conductor-deployment")["metadata"]).toEqual({ name: "b" });
});
