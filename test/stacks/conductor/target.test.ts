import { DockerClusterHost } from "../../../infra/flink/cluster-host";
import { KubernetesClusterHost } from "../../../infra/kubernetes/kubernetes-host";
import { prometheusUrl, tenantTarget } from "../../../stacks/conductor/target";
import type { TenantObservation } from "../../../stacks/conductor/observe/tenant-observer";
import { platformSchema } from "../../../stacks/platform-schema";
import type { Decision } from "../../../policies/decision";

const docker = platformSchema.parse({ prometheus: { port: 9191 } });
const kubernetes = platformSchema.parse({
  ...{ target: "kubernetes", kubernetes: { registry: "registry.example.com" } },
});
const decision = { to: { taskManagers: 2 } } as Decision;
const seen = {
  cluster: { taskManagers: [{ id: "taskmanager-x1" }, { id: "taskmanager-x2" }] },
} as unknown as TenantObservation;

it("containers have names, which a decision asks for", () => {
  const { host, wanted } = tenantTarget(docker, "dev", "acme");
  expect(host).toEqual(new DockerClusterHost("dev-acme-jobmanager"));
  expect(wanted(decision, seen)).toEqual(["dev-acme-taskmanager-1", "dev-acme-taskmanager-2"]);
  expect(prometheusUrl(docker, "dev")).toBe("http://127.0.0.1:9191");
});

it("pods are wanted as they are seen: Kubernetes brings back those that are not", () => {
  const { host, wanted } = tenantTarget(kubernetes, "prod", "acme");
  expect(host).toBeInstanceOf(KubernetesClusterHost);
  expect(host).toMatchObject({ namespace: "flinktide-prod-acme" });
  expect(wanted(decision, seen)).toEqual(["taskmanager-x1", "taskmanager-x2"]);
  expect(wanted(decision, undefined)).toEqual([]);
  expect(prometheusUrl(kubernetes, "prod")).toBe("kubernetes://flinktide-prod/prometheus:9090");
});
