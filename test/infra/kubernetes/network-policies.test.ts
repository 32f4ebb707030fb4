import { namespaceOf, labelsOf, selectorOf, type Belongs } from "../../../infra/kubernetes/names";
import {
  collectorPolicy,
  platformPolicies,
  tenantPolicies,
  type ApiServer,
} from "../../../infra/kubernetes/network-policies";
import type { NamedPolicy } from "../../../infra/kubernetes/isolated-namespace";
import { checkFlows, type Player } from "../../../policies/kubernetes/check-flows";
import { platformFlows, tenantFlows, type Party } from "../../../policies/kubernetes/flows";
import { networkPolicySchema, passes } from "../../../policies/kubernetes/network-policy";

const API: ApiServer = { addresses: ["10.99.0.2"], port: 6443 };
const OF = { apiServerPort: API.port };
const ACME = { environment: "prod", tenant: "acme" };
const PLATFORM = { environment: "prod" };

let addresses = 0;
/** A pod that plays a part, or one that may take part in nothing. */
function pod(belongs: Belongs, app: string, party: Party | null): Player {
  const namespace = namespaceOf(belongs);
  addresses += 1;
  return {
    name: `${namespace}/${app}`,
    ip: `10.244.0.${addresses}`,
    party,
    pod: {
      namespace,
      namespaceLabels: { ...labelsOf(belongs), "kubernetes.io/metadata.name": namespace },
      labels: { ...labelsOf(belongs), ...selectorOf(app as "kafka") },
    },
  };
}
const outside = (name: string, ip: string, party: Party | null): Player => ({ name, ip, party });
const DNS: Player = {
  ...{ name: "dns", ip: "10.244.0.250", party: "dns" as const },
  pod: {
    namespace: "kube-system",
    namespaceLabels: { "kubernetes.io/metadata.name": "kube-system" },
    labels: { "k8s-app": "kube-dns" },
  },
};
const TENANT_PODS = ["jobmanager", "taskmanager"] as const;
const PLATFORM_PODS = ["kafka", "prometheus", "conductor", "metrics-adapter"] as const;
const DATABASE = outside("database", "203.0.113.7", null);
const PLAYERS: Player[] = [
  pod(ACME, "collector", "collector"),
  pod(PLATFORM, "collector", "shared-collector"),
  ...TENANT_PODS.map((app) => pod(ACME, app, app)),
  ...PLATFORM_PODS.map((app) => pod(PLATFORM, app, app)),
  outside("api-server", "10.99.0.2", "api-server"),
  DNS,
  outside("internet", "93.184.216.34", null),
];
const OTHER_TENANT = [...TENANT_PODS, "collector"].map((app) =>
  pod({ environment: "prod", tenant: "globex" }, app, null),
);
const OTHER_ENVIRONMENT = [
  pod({ environment: "dev", tenant: "acme" }, "collector", null),
  pod({ environment: "dev" }, "collector", null),
  ...TENANT_PODS.map((app) => pod({ environment: "dev", tenant: "acme" }, app, null)),
  ...PLATFORM_PODS.map((app) => pod({ environment: "dev" }, app, null)),
];

const inNamespace = (belongs: Belongs, policies: readonly NamedPolicy[]) =>
  [
    { name: "default-deny", spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
    ...policies,
  ].map(({ name, spec }) =>
    networkPolicySchema.parse({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
      metadata: { name, namespace: namespaceOf(belongs) },
      spec,
    }),
  );
const collector = (belongs: Belongs, kafka = true): NamedPolicy => ({
  name: "collector-orders",
  spec: collectorPolicy(belongs, { labels: selectorOf("collector"), kafka, outside: [] }),
});
const OWN = inNamespace(ACME, [...tenantPolicies(ACME, API), collector(ACME)]);
const SHARED = inNamespace(PLATFORM, [...platformPolicies(PLATFORM, API), collector(PLATFORM)]);
const ALL_FLOWS = [...tenantFlows(OF), ...platformFlows(OF)];

it("a tenant's and the platform's policies let exactly through what is needed", () => {
  const players = [...PLAYERS, ...OTHER_ENVIRONMENT];
  expect(checkFlows([...OWN, ...SHARED], players, ALL_FLOWS)).toEqual([]);
});

it("another tenant of the environment reaches neither this one, nor more of the platform than Kafka", () => {
  expect(checkFlows(OWN, [...PLAYERS, ...OTHER_TENANT], tenantFlows(OF))).toEqual([]);
});

it("a policy too few, or one too wide, is found", () => {
  const [deny, jobManager, ...rest] = OWN;
  if (deny === undefined || jobManager === undefined) throw new Error("there is no policy");
  expect(checkFlows([deny, ...rest, ...SHARED], PLAYERS, ALL_FLOWS)).toContain(
    "flinktide-prod-acme/taskmanager to flinktide-prod-acme/jobmanager on TCP 6123 is blocked, and is needed: registers, reports",
  );
  const open = { ...jobManager, spec: { ...jobManager.spec, ingress: [{ peers: [], ports: [] }] } };
  expect(checkFlows([deny, open, ...rest, ...SHARED], PLAYERS, ALL_FLOWS)).toContain(
    "internet to flinktide-prod-acme/jobmanager on TCP 8081 passes, and nothing needs it",
  );
});

it("a collector reaches its database on its port, and Kafka only where it sends there", () => {
  const sides = { labels: selectorOf("collector"), kafka: false };
  const spec = collectorPolicy(ACME, {
    ...sides,
    outside: [{ cidr: "203.0.113.7/32", port: 3306 }],
  });
  const policies = inNamespace(ACME, [{ name: "collector-orders", spec }]);
  const [own] = PLAYERS;
  const kafka = PLAYERS.find(({ party }) => party === "kafka");
  if (own === undefined || kafka === undefined) throw new Error("there is no such player");
  const reaches = (to: Player, port: number) =>
    passes(policies, own, to, { port, protocol: "TCP" });
  expect(reaches(DATABASE, 3306)).toBe(true);
  expect(reaches(DATABASE, 22)).toBe(false);
  expect(reaches(outside("neighbour", "203.0.113.8", null), 3306)).toBe(false);
  expect(reaches(kafka, 9092)).toBe(false);
});

describe("with KEDA", () => {
  const kedaPod = (namespace: string, app: string, party: Party | null): Player => ({
    ...{ name: `${namespace}/${app}`, ip: `10.244.2.${(addresses += 1)}`, party },
    pod: {
      namespace,
      namespaceLabels: { "kubernetes.io/metadata.name": namespace },
      labels: { app },
    },
  });
  const players = [
    ...PLAYERS,
    kedaPod("scaling", "keda-operator", "keda"),
    kedaPod("scaling", "keda-metrics-apiserver", null),
    kedaPod("elsewhere", "keda-operator", null),
  ];
  const of = { ...OF, keda: true };
  const flows = [...tenantFlows(of), ...platformFlows(of)];
  const policies = (keda?: string) => [
    ...OWN,
    ...inNamespace(PLATFORM, [...platformPolicies(PLATFORM, API, { keda }), collector(PLATFORM)]),
  ];

  it("its operator reaches Prometheus, and nothing else of it anything", () => {
    expect(checkFlows(policies("scaling"), players, flows)).toEqual([]);
  });

  it("does not where it does not scale", () => {
    expect(checkFlows(policies(), players, flows)).toEqual([
      "scaling/keda-operator to flinktide-prod/prometheus on TCP 9090 is blocked, and is needed: reads what the autoscalers follow",
    ]);
  });
});

describe("with Kafka and Prometheus elsewhere", () => {
  const kafka = { namespaces: ["streams"], networks: ["203.0.113.0/24"], ports: [9092, 9094] };
  const prometheus = { namespaces: ["monitoring"], networks: [], ports: [9091] };
  const elsewhere = { kafka, prometheus };
  const podOf = (namespace: string, party: Party | null, ip: string): Player => ({
    ...{ name: `${namespace}/pod`, ip, party },
    pod: {
      namespace,
      namespaceLabels: { "kubernetes.io/metadata.name": namespace },
      labels: { any: "label" },
    },
  });
  const own = PLAYERS.filter(({ party }) => party !== "kafka" && party !== "prometheus");
  const players = [
    ...own,
    podOf("streams", "kafka", "10.244.1.1"),
    outside("broker", "203.0.113.20", "kafka"),
    podOf("monitoring", "prometheus", "10.244.1.2"),
    podOf("elsewhere", null, "10.244.1.3"),
    pod(PLATFORM, "kafka", null),
  ];
  const of = { ...OF, elsewhere };
  const flows = [...tenantFlows(of), ...platformFlows(of)];
  const policies = [
    ...inNamespace(ACME, tenantPolicies(ACME, API, elsewhere)),
    ...inNamespace(PLATFORM, platformPolicies(PLATFORM, API, { elsewhere })),
    ...[ACME, PLATFORM].flatMap((belongs) => {
      const sides = { labels: selectorOf("collector"), kafka: true, outside: [], elsewhere };
      const spec = collectorPolicy(belongs, sides);
      return inNamespace(belongs, [{ name: "collector-orders", spec }]);
    }),
  ];

  it("exactly what is needed passes, to and from there", () => {
    expect(checkFlows(policies, players, flows)).toEqual([]);
  });

  it("nothing is let through to servers of which nobody knows where they are", () => {
    const nowhere = { kafka: { namespaces: [], networks: [], ports: [9092] } };
    const [jobManager] = tenantPolicies(ACME, API, nowhere);
    const egress = jobManager?.spec.egress as { to: object[] }[];
    expect(egress.map(({ to }) => to.length)).toEqual([1, 1, 1]);
  });
});

it("lets Strimzi's brokers reach each other on its own ports", () => {
  const [kafka] = platformPolicies(PLATFORM, API, { strimzi: true });
  expect(kafka?.spec.egress).toContainEqual({
    to: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "kafka" } } }],
    ports: [9090, 9091].map((port) => ({ port, protocol: "TCP" })),
  });
});

it("names both sides of a flow over namespaces by environment and tenant", () => {
  const kafka = platformPolicies(PLATFORM, API).find(({ name }) => name === "kafka");
  expect(kafka?.spec.ingress).toContainEqual({
    from: [
      {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "taskmanager" } },
        namespaceSelector: {
          matchLabels: { "flinktide.io/environment": "prod" },
          matchExpressions: [{ key: "flinktide.io/tenant", operator: "Exists" }],
        },
      },
    ],
    ports: [{ port: 9092, protocol: "TCP" }],
  });
});
