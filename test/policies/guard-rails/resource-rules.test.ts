import { resourceRules } from "../../../policies/guard-rails/rules";
import type { GuardedResource } from "../../../policies/guard-rails/resource";
import {
  DIGEST,
  guardedContainer,
  guardedDeployment,
  kubernetesObject,
  LIMITS,
} from "../../support/guarded";

const RULES = resourceRules({ ingress: false });
const container = "spec.template.spec.containers[0]";

/** Every problem of a resource, by the rule that it breaks: path and value. */
function broken(resource: GuardedResource, rules = RULES) {
  return rules.flatMap((rule) =>
    rule.check(resource).map(({ path, value }) => ({ rule: rule.name, path, value })),
  );
}

it("a container and a Deployment as flinktide makes them break no rule", () => {
  expect(broken(guardedContainer())).toEqual([]);
  expect(broken(guardedDeployment())).toEqual([]);
});

it.each<[string, string, unknown, GuardedResource]>([
  ["no-privileges", "privileged", true, guardedContainer({ privileged: true })],
  [
    "no-privileges",
    "capabilities.adds",
    ["SYS_ADMIN"],
    guardedContainer({ capabilities: { adds: ["SYS_ADMIN"], drops: ["ALL"] } }),
  ],
  ["no-privileges", "pidMode", "host", guardedContainer({ pidMode: "host" })],
  ["no-privileges", "ipcMode", "host", guardedContainer({ ipcMode: "host" })],
  ["limits-set", "memory", undefined, guardedContainer({ memory: undefined })],
  ["limits-set", "memory", 0, guardedContainer({ memory: 0 })],
  ["limits-set", "cpuShares", undefined, guardedContainer({ cpuShares: undefined })],
  ["image-pinned", "image", "flink:1.14.6", guardedContainer({ image: "flink:1.14.6" })],
  ["image-pinned", "image", "sha256:abc", guardedContainer({ image: "sha256:abc" })],
  ["image-pinned", "image", undefined, guardedContainer({ image: undefined })],
  ["ports-private", "ports[1].ip", "0.0.0.0", withPorts({ ip: "127.0.0.1" }, { ip: "0.0.0.0" })],
  ["ports-private", "ports[0].ip", undefined, withPorts({ internal: 1 })],
  ["ports-private", "publishAllPorts", true, guardedContainer({ publishAllPorts: true })],
  ["ports-private", "networkMode", "host", guardedContainer({ networkMode: "host" })],
])("%s finds %s %j of a container", (rule, path, value, resource) => {
  expect(broken(resource)).toEqual([{ rule, path: `acme-jobmanager ${path}`, value }]);
});

it.each<[string, string, unknown, GuardedResource]>([
  [
    "no-privileges",
    "spec.template.spec.hostPID",
    true,
    guardedDeployment({ pod: { hostPID: true } }),
  ],
  [
    "no-privileges",
    "spec.template.spec.hostIPC",
    true,
    guardedDeployment({ pod: { hostIPC: true } }),
  ],
  ["no-privileges", `${container}.securityContext.privileged`, true, secured({ privileged: true })],
  [
    "no-privileges",
    `${container}.securityContext.allowPrivilegeEscalation`,
    true,
    secured({ allowPrivilegeEscalation: true }),
  ],
  [
    "no-privileges",
    `${container}.securityContext.capabilities.add`,
    ["NET_ADMIN"],
    secured({ capabilities: { add: ["NET_ADMIN"] } }),
  ],
  ["limits-set", `${container}.resources.limits.cpu`, undefined, limited({ memory: "1Gi" })],
  ["limits-set", `${container}.resources.limits.memory`, undefined, limited({ cpu: "1" })],
  [
    "image-pinned",
    `${container}.image`,
    "flink:1",
    guardedDeployment({ container: { image: "flink:1" } }),
  ],
  [
    "image-pinned",
    `${container}.image`,
    DIGEST,
    guardedDeployment({ container: { image: DIGEST } }),
  ],
  [
    "ports-private",
    "spec.template.spec.hostNetwork",
    true,
    guardedDeployment({ pod: { hostNetwork: true } }),
  ],
  [
    "ports-private",
    `${container}.ports[0].hostPort`,
    8081,
    guardedDeployment({ container: { ports: [{ containerPort: 8081, hostPort: 8081 }] } }),
  ],
])("%s finds %s %j of a pod", (rule, path, value, resource) => {
  expect(broken(resource)).toEqual([{ rule, path: `acme-taskmanager ${path}`, value }]);
});

const OF_POD = { containers: [{ image: "a" }] };

it.each<[string, string, object]>([
  ["core/v1:Pod", "spec", OF_POD],
  ["apps/v1:StatefulSet", "spec.template.spec", { template: { spec: OF_POD } }],
  ["apps/v1:DaemonSet", "spec.template.spec", { template: { spec: OF_POD } }],
  ["batch/v1:Job", "spec.template.spec", { template: { spec: OF_POD } }],
  [
    "batch/v1:CronJob",
    "spec.jobTemplate.spec.template.spec",
    { jobTemplate: { spec: { template: { spec: OF_POD } } } },
  ],
])("the pod of a %s is found at %s", (token, path, spec) => {
  const rules = broken(kubernetesObject(token, "x", spec as Record<string, unknown>));
  expect(rules).toEqual([
    { rule: "limits-set", path: `acme-x ${path}.containers[0].resources.limits.cpu` },
    { rule: "limits-set", path: `acme-x ${path}.containers[0].resources.limits.memory` },
    { rule: "image-pinned", path: `acme-x ${path}.containers[0].image`, value: "a" },
  ]);
});

it("a container that runs before the others is held to the same", () => {
  const first = { image: "a", resources: LIMITS };
  expect(broken(guardedDeployment({ pod: { initContainers: [first] } }))).toEqual([
    {
      rule: "image-pinned",
      path: "acme-taskmanager spec.template.spec.initContainers[0].image",
      value: "a",
    },
  ]);
});

describe("a way in from outside", () => {
  const service = (spec: Record<string, unknown>) =>
    kubernetesObject("core/v1:Service", "kafka", spec);

  it.each([
    ["spec.type", "LoadBalancer", service({ type: "LoadBalancer" })],
    ["spec.type", "NodePort", service({ type: "NodePort" })],
    ["spec.externalIPs", ["192.0.2.1"], service({ externalIPs: ["192.0.2.1"] })],
  ])("%s %s of a service is found", (path, value, resource) => {
    expect(broken(resource)).toEqual([
      { rule: "ports-private", path: `acme-kafka ${path}`, value },
    ]);
  });

  it("a service for the cluster is none", () => {
    expect(broken(service({ type: "ClusterIP", clusterIP: "None" }))).toEqual([]);
    expect(broken(service({}))).toEqual([]);
  });

  it.each([
    ["networking.k8s.io/v1:Ingress", "Ingress"],
    ["gateway.networking.k8s.io/v1:HTTPRoute", "HTTPRoute"],
  ])("%s is one unless it is allowed", (token, value) => {
    const resource = kubernetesObject(token, "page", {});
    expect(broken(resource)).toEqual([{ rule: "ports-private", path: "acme-page kind", value }]);
    expect(broken(resource, resourceRules({ ingress: true }))).toEqual([]);
  });
});

it("what a rule says has the value, the fault and the fix", () => {
  const [, , , ports] = RULES;
  expect(ports?.check(withPorts({ ip: "0.0.0.0" }))).toEqual([
    {
      path: "acme-jobmanager ports[0].ip",
      value: "0.0.0.0",
      fault: "the port is open to whoever reaches this machine",
      fix: "set it to 127.0.0.1",
    },
  ]);
});

it("other resources are no matter of theirs", () => {
  const other = { type: "flink:index:Job", name: "words", props: { privileged: true, image: "a" } };
  expect(broken(other)).toEqual([]);
});

function withPorts(...ports: object[]): GuardedResource {
  return guardedContainer({ ports });
}

function secured(securityContext: object): GuardedResource {
  return guardedDeployment({ container: { securityContext } });
}

function limited(limits: object): GuardedResource {
  return guardedDeployment({ container: { resources: { limits } } });
}
