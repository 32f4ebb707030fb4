import { randomBytes } from "node:crypto";
import type { KubernetesObject } from "../../infra/cluster/addons/objects";
import { ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { ensureToolbox, publishImage } from "../../infra/cluster/images";
import { ensureKeda, removeKeda } from "../../infra/cluster/keda";
import { apply, kubectl } from "../../infra/cluster/kubectl";
import { ensurePrograms } from "../../infra/cluster/programs";
import { sleep } from "../../infra/flink/wait";
import { builtImage } from "../../infra/images/built-image";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { findApiServer } from "../../infra/kubernetes/api-server";
import { labelsOf, namespaceOf, selectorOf } from "../../infra/kubernetes/names";
import { platformPolicies } from "../../infra/kubernetes/network-policies";
import { autoscalerMetadata } from "../../infra/kubernetes/task-manager-autoscaler";
import { TaskManagerCount } from "../../infra/kubernetes/task-manager-count";
import { scaledObjectSpec } from "../../infra/kubernetes/task-manager-scaled-object";
import { VERSIONS } from "../../infra/toolchain/versions";
import { PRESSURE_METRIC } from "../../policies/kubernetes/capacity-pressure";
import { removeFromCluster } from "../../stacks/driver/cleanup";
import { eventually } from "../support/containers";

/** The TaskManagers' ScaledObject at work: KEDA itself, Prometheus behind its NetworkPolicy, Kubernetes's controller. */

const environment = `keda${randomBytes(3).toString("hex")}`;
const namespace = namespaceOf({ environment });
const HOURS = 3_600_000;
/** Several rounds of the controller, which looks every 5 s here and every 15 s elsewhere. */
const STAYS_MS = 40_000;

/** A tenant's TaskManagers, their bounds, and its pressure; without one there is no such series. */
interface Case {
  pods: number;
  least: number;
  most: number;
  pressure?: number;
}
const CASES = {
  pressed: { pods: 5, least: 5, most: 9, pressure: 2 },
  calm: { pods: 3, least: 1, most: 9, pressure: 0.5 },
  unknown: { pods: 3, least: 1, most: 9 },
  leaving: { pods: 5, least: 4, most: 9, pressure: 1 },
  growing: { pods: 2, least: 2, most: 3, pressure: 1 },
} satisfies Record<string, Case>;
type Tenant = keyof typeof CASES;
const TENANTS = Object.keys(CASES) as Tenant[];

jest.setTimeout(300_000);

let cluster: Cluster;
let toolbox: string;
const k = (...args: string[]) => kubectl(cluster, args);

beforeAll(async () => {
  cluster = await ensureCluster();
  process.env.KUBECONFIG = cluster.kubeconfig;
  toolbox = await ensureToolbox(cluster.registry, (await ensurePrograms()).busybox);
  await ensureKeda(cluster);
  await apply(cluster, await platform());
  await k("rollout", "status", "deployment/prometheus", "-n", namespace, "--timeout=120s");
  await apply(cluster, TENANTS.flatMap(tenantObjects));
}, 3 * HOURS);

afterAll(async () => {
  await removeFromCluster(environment);
  await removeKeda(cluster);
}, 600_000);

/** Prometheus, which nobody reaches but as the platform's policies let them. */
async function platform(): Promise<KubernetesObject[]> {
  const image = await publishImage(
    cluster.registry,
    await builtImage({ recipe: "prometheus", version: VERSIONS.prometheus }),
  );
  const rules = Object.entries<Case>(CASES)
    .filter(([, { pressure }]) => pressure !== undefined)
    .map(([tenant, { pressure }]) => ({
      ...{ record: PRESSURE_METRIC, expr: `vector(${pressure})`, labels: { environment, tenant } },
    }));
  const config = { global: { evaluation_interval: "1s" }, rule_files: ["/tmp/rules.yml"] };
  const env = {
    PROMETHEUS_CONFIG: JSON.stringify(config),
    PROMETHEUS_RULES: JSON.stringify({ groups: [{ name: "pressure", rules }] }),
  };
  const container = {
    ...{ name: "prometheus", image },
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    readinessProbe: { httpGet: { path: "/-/ready", port: 9090 }, periodSeconds: 1 },
  };
  const metadata = { name: "prometheus", namespace };
  const spec = { selector: selectorOf("prometheus"), ports: [{ port: 9090 }] };
  const policies = platformPolicies({ environment }, await findApiServer(), { keda: "keda" });
  return [
    namespaceObject(namespace, labelsOf({ environment })),
    ...[
      { name: "default-deny", spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
      ...policies,
    ].map(({ name, spec: of }) => ({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
      ...{ metadata: { name, namespace }, spec: of },
    })),
    deployment(metadata, { pods: 1, selector: selectorOf("prometheus"), container }),
    { ...{ apiVersion: "v1", kind: "Service", metadata }, spec },
  ];
}

function namespaceObject(name: string, labels: Record<string, string>): KubernetesObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

interface Pods {
  pods: number;
  selector: Record<string, string>;
  container: object;
}

function deployment(
  metadata: KubernetesObject["metadata"],
  { pods, selector, container }: Pods,
): KubernetesObject {
  const spec = { containers: [container], terminationGracePeriodSeconds: 0 };
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
    spec: {
      ...{ replicas: pods, selector: { matchLabels: selector } },
      template: { metadata: { labels: selector }, spec },
    },
  };
}

function tenantObjects(tenant: Tenant): KubernetesObject[] {
  const of = { environment, tenant };
  const container = { name: "taskmanager", image: toolbox, command: ["sleep", "3600"] };
  const selector = selectorOf("taskmanager");
  const { pods } = CASES[tenant];
  return [
    namespaceObject(namespaceOf(of), labelsOf(of)),
    deployment({ name: "taskmanager", namespace: namespaceOf(of) }, { pods, selector, container }),
    scaledObject(tenant, CASES[tenant]),
  ];
}

function scaledObject(tenant: Tenant, bounds: { least: number; most: number }): KubernetesObject {
  const prometheusUrl = `http://prometheus.${namespace}.svc:9090`;
  const args = { environment, tenant, ...bounds, prometheusUrl };
  const type = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" };
  return { ...type, metadata: autoscalerMetadata(args), spec: scaledObjectSpec(args) };
}

const of = (tenant: Tenant) => ["-n", namespaceOf({ environment, tenant })];
const replicas = async (tenant: Tenant) =>
  Number(
    await k("get", "deployment", "taskmanager", ...of(tenant), "-o", "jsonpath={.spec.replicas}"),
  );
const bounds = async (tenant: Tenant) => {
  const both = "jsonpath={.spec.minReplicas} {.spec.maxReplicas}";
  return (await k("get", "hpa", "taskmanager", ...of(tenant), "-o", both)).split(" ").map(Number);
};
const conditionOf = (tenant: Tenant) => {
  const reason = "jsonpath={.status.conditions[?(@.type=='ScalingActive')].reason}";
  return k("get", "hpa", "taskmanager", ...of(tenant), "-o", reason);
};
const countOf = async (tenant: Tenant) =>
  new TaskManagerCount(await kubernetesApi(), namespaceOf({ environment, tenant }));

/** Every number of replicas that is seen from now on. */
async function seen(tenant: Tenant): Promise<number[]> {
  const numbers = new Set<number>();
  for (const end = Date.now() + STAYS_MS; Date.now() < end; await sleep(500))
    numbers.add(await replicas(tenant));
  return [...numbers];
}

it("the server takes the ScaledObject, and KEDA makes the autoscaler from it", async () => {
  await eventually("an autoscaler of each tenant", () => Promise.all(TENANTS.map(bounds)), 120);
  for (const tenant of TENANTS) {
    const { least, most } = CASES[tenant];
    expect(await bounds(tenant)).toEqual([least, most]);
  }
  const behavior = JSON.parse(
    await k("get", "hpa", "taskmanager", ...of("calm"), "-o", "jsonpath={.spec.behavior}"),
  ) as unknown;
  expect(behavior).toMatchObject(
    scaledObjectSpec({
      ...{ environment, tenant: "calm", least: 1, most: 9, prometheusUrl: "http://p" },
    }).advanced.horizontalPodAutoscalerConfig.behavior,
  );
});

it("adds a fifth at once, and takes nothing away, whether the metric asks for less or is missing", async () => {
  const steps: number[] = [];
  await eventually(
    "a step, and an answer for each",
    async () => {
      const now = await replicas("pressed");
      if (steps.at(-1) !== now) steps.push(now);
      const why = await conditionOf("unknown");
      const calm = await conditionOf("calm");
      const done = steps.length > 1 && why === "FailedGetExternalMetric";
      if (!done || calm !== "ValidMetricFound")
        throw new Error(`${steps.join()}, unknown is ${why}, calm is ${calm}`);
      return true;
    },
    180,
  );
  expect(steps.slice(0, 2)).toEqual([5, 6]);
  expect(await Promise.all([seen("calm"), seen("unknown")])).toEqual([[3], [3]]);
});

it("its bounds are the ScaledObject's: others are made like them again", async () => {
  const spec = JSON.stringify({ spec: { minReplicas: 1, maxReplicas: 2 } });
  await k("patch", "hpa", "taskmanager", ...of("unknown"), "--type=merge", "-p", spec);
  const { least, most } = CASES.unknown;
  await eventually(
    "the bounds of before",
    async () => {
      expect(await bounds("unknown")).toEqual([least, most]);
      return true;
    },
    60,
  );
});

it("TaskManagers that leave are exactly those that are named, and no others come in their place", async () => {
  const count = await countOf("leaving");
  const before = await count.pods();
  expect(before).toHaveLength(5);
  const leaving = before.slice(1, 3);
  expect(await count.remove(leaving)).toBe(true);
  const left = before.filter((pod) => !leaving.includes(pod)).sort();
  expect((await count.pods()).sort()).toEqual(left);
  expect(await seen("leaving")).toEqual([3]);
  expect((await count.pods()).sort()).toEqual(left);
  expect(await bounds("leaving")).toEqual([3, CASES.leaving.most]);
});

it("TaskManagers that come with new bounds are not taken back", async () => {
  await apply(cluster, [scaledObject("growing", { least: 6, most: 9 })]);
  await (await countOf("growing")).raise(6);
  expect(await seen("growing")).toEqual([6]);
});

it("a control: fewer without lower bounds are made again", async () => {
  await k("scale", "deployment", "taskmanager", ...of("growing"), "--replicas=4");
  await eventually(
    "the floor",
    async () => {
      expect(await replicas("growing")).toBe(6);
      return true;
    },
    60,
  );
});
