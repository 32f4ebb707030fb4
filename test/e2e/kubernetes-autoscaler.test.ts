import { randomBytes } from "node:crypto";
import type { KubernetesObject } from "../../infra/cluster/addons/objects";
import { ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { ensureToolbox, publishImage } from "../../infra/cluster/images";
import { apply, kubectl } from "../../infra/cluster/kubectl";
import { ensureMetricsAdapter } from "../../infra/cluster/metrics-adapter";
import { ensurePrograms } from "../../infra/cluster/programs";
import { builtImage } from "../../infra/images/built-image";
import { labelsOf, namespaceOf, selectorOf } from "../../infra/kubernetes/names";
import { autoscalerSpec } from "../../infra/kubernetes/task-manager-autoscaler";
import { VERSIONS } from "../../infra/toolchain/versions";
import { PRESSURE_METRIC } from "../../policies/kubernetes/capacity-pressure";
import { removeFromCluster } from "../../stacks/driver/cleanup";
import { eventually } from "../support/containers";

/** The TaskManagers' autoscaler at work: Prometheus, prometheus-adapter and Kubernetes's own controller. */

const environment = `hpa${randomBytes(3).toString("hex")}`;
const namespace = namespaceOf({ environment });
const MOST = 1000;

/** A tenant of `pods` pods, and what its pressure is; without one there is no such series. */
interface Case {
  pods: number;
  pressure?: number;
  least?: number;
  behavior?: object;
}
const CASES: Record<string, Case> = {
  five: { pods: 5, pressure: 2 },
  ten: { pods: 10, pressure: 2 },
  eleven: { pods: 11, pressure: 2 },
  calm: { pods: 3, pressure: 0.5, least: 1 },
  unknown: { pods: 3, least: 1 },
  // What an autoscaler does that may scale down.
  control: {
    pods: 3,
    pressure: 0.5,
    least: 1,
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
  },
};

let cluster: Cluster;
const k = (...args: string[]) => kubectl(cluster, args);

beforeAll(async () => {
  cluster = await ensureCluster();
  process.env.KUBECONFIG = cluster.kubeconfig;
  const metadata = { name: namespace, labels: labelsOf({ environment }) };
  await apply(cluster, [{ apiVersion: "v1", kind: "Namespace", metadata }]);
  await apply(cluster, await prometheus());
  await k("rollout", "status", "deployment/prometheus", "-n", namespace, "--timeout=120s");
  const prometheusUrl = `http://prometheus.${namespace}.svc:9090`;
  await ensureMetricsAdapter(cluster, { environment, namespace, prometheusUrl });
}, 600_000);

afterAll(() => removeFromCluster(environment), 200_000);

async function prometheus(): Promise<KubernetesObject[]> {
  const version = VERSIONS.prometheus;
  const image = await publishImage(
    cluster.registry,
    await builtImage({ recipe: "prometheus", version }),
  );
  const rules = Object.entries(CASES)
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
  const service = { selector: selectorOf("prometheus"), ports: [{ port: 9090 }] };
  return [
    deployment("prometheus", { pods: 1, selector: selectorOf("prometheus"), container }),
    {
      ...{ apiVersion: "v1", kind: "Service", metadata: { name: "prometheus", namespace } },
      spec: service,
    },
  ];
}

interface Pods {
  pods: number;
  selector: Record<string, string>;
  container: object;
}

function deployment(name: string, { pods, selector, container }: Pods): KubernetesObject {
  const metadata = { name, namespace };
  const spec = { containers: [container], terminationGracePeriodSeconds: 0 };
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
    spec: {
      ...{ replicas: pods, selector: { matchLabels: selector } },
      template: { metadata: { labels: selector }, spec },
    },
  };
}

function tenantObjects(tenant: string, image: string): KubernetesObject[] {
  const { pods, least = pods, behavior } = CASES[tenant] ?? { pods: 0 };
  const container = { name: "taskmanager", image, command: ["sleep", "600"] };
  const spec = autoscalerSpec({
    ...{ environment, tenant, least },
    most: MOST,
    metric: PRESSURE_METRIC,
  });
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: tenant };
  return [
    deployment(tenant, { pods, selector: { tenant }, container }),
    {
      ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
      metadata: { name: tenant, namespace },
      spec: { ...spec, scaleTargetRef, ...(behavior && { behavior }) },
    },
  ];
}

async function replicas(): Promise<Record<string, number>> {
  const columns = "jsonpath={range .items[*]}{.metadata.name} {.spec.replicas}{'\\n'}{end}";
  const lines = (await k("get", "deployments", "-n", namespace, "-o", columns)).trim().split("\n");
  return Object.fromEntries(lines.map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]));
}

const conditionOf = (tenant: string) => {
  const reason = "jsonpath={.status.conditions[?(@.type=='ScalingActive')].reason}";
  return k("get", "hpa", tenant, "-n", namespace, "-o", reason);
};

it("adds a fifth at once, and takes nothing away, whether the metric asks for less or is missing", async () => {
  const image = await ensureToolbox(cluster.registry, (await ensurePrograms()).busybox);
  await apply(
    cluster,
    Object.keys(CASES).flatMap((tenant) => tenantObjects(tenant, image)),
  );
  const seen: Record<string, number[]> = {};
  await eventually(
    "a step of each autoscaler",
    async () => {
      const now = await replicas();
      for (const tenant of Object.keys(CASES)) {
        const steps = (seen[tenant] ??= []);
        if (steps.at(-1) !== now[tenant]) steps.push(now[tenant] ?? NaN);
      }
      const stepped = ["five", "ten", "eleven"].every((tenant) => (seen[tenant]?.length ?? 0) > 1);
      const why = await conditionOf("unknown");
      const done = stepped && (now.control ?? 0) < 3 && why === "FailedGetExternalMetric";
      if (!done) throw new Error(`${JSON.stringify(seen)}, unknown is ${why}`);
      return true;
    },
    120,
  );
  const { control, ...rest } = seen;
  expect(rest).toMatchObject({
    ...{ five: [5, 6], ten: [10, 12], eleven: [11, 14], calm: [3], unknown: [3] },
  });
  expect(control?.at(-1)).toBeLessThan(3);
  expect(await conditionOf("calm")).toBe("ValidMetricFound");
}, 240_000);

it("is nobody else's: a second server of external metrics is refused", async () => {
  const other = {
    environment: "other",
    namespace: "flinktide-other",
    prometheusUrl: "http://none",
  };
  await expect(ensureMetricsAdapter(cluster, other)).rejects.toThrow(
    `External metrics are served by ${namespace}/metrics-adapter already; nothing was changed.`,
  );
});
