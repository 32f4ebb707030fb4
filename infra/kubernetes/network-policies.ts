import type { types } from "@pulumi/kubernetes";
import type { Outside } from "../../policies/kubernetes/collector-egress";
import type { Elsewhere, ElsewhereParts } from "../../policies/kubernetes/elsewhere";
import {
  platformFlows,
  tenantFlows,
  type Flow,
  type FlowSettings,
  type Party,
} from "../../policies/kubernetes/flows";
import type { NamedPolicy } from "./isolated-namespace";
import { ENVIRONMENT_LABEL, selectorOf, TENANT_LABEL, type AppName, type Belongs } from "./names";

type Peer = types.input.networking.v1.NetworkPolicyPeer;

/** Where the API server answers, and where it calls from when it passes a request on. */
export interface ApiServer {
  /** IPv4 addresses. */
  addresses: readonly string[];
  port: number;
}

const OF_TENANT = ["jobmanager", "taskmanager"] as const;
const OF_PLATFORM = ["kafka", "prometheus", "conductor", "metrics-adapter"] as const;
type PodParty =
  (typeof OF_TENANT)[number] | (typeof OF_PLATFORM)[number] | "collector" | "shared-collector";

/** What may enter and leave a tenant's namespace, one policy for each of its processes. */
export function tenantPolicies(
  belongs: Required<Belongs>,
  apiServer: ApiServer,
  elsewhere: ElsewhereParts = {},
): NamedPolicy[] {
  const flows = tenantFlows({ apiServerPort: apiServer.port, elsewhere });
  return OF_TENANT.map((app) => policyOf(app, flows, { belongs, apiServer, elsewhere }));
}

export interface PlatformSides extends Pick<FlowSettings, "elsewhere" | "strimzi"> {
  /** Where the conductor may go besides. @default nowhere */
  outside?: readonly Outside[];
  /** Namespace of the KEDA that scales. @default it does not */
  keda?: string;
}

/** What may enter and leave the namespace of what tenants share: any tenant of the environment may be a side. */
export function platformPolicies(
  belongs: Belongs,
  apiServer: ApiServer,
  { outside = [], elsewhere = {}, strimzi = false, keda }: PlatformSides = {},
): NamedPolicy[] {
  const of = { apiServerPort: apiServer.port, elsewhere, strimzi, keda: keda !== undefined };
  const flows = [...platformFlows(of), ...tenantFlows(of)];
  const here = OF_PLATFORM.filter((app) => !(app in elsewhere));
  const policies = here.map((app) => policyOf(app, flows, { belongs, apiServer, elsewhere, keda }));
  return policies.map((policy) =>
    policy.name === "conductor" ? leaving(policy, outside) : policy,
  );
}

/**
 * What may enter and leave one collector, a tenant's or the platform's.
 *
 * @param outside where its database is, and its sink unless that is the platform's Kafka
 */
export function collectorPolicy(
  belongs: Belongs,
  { labels, kafka, outside, elsewhere = {} }: CollectorSides,
): NamedPolicy["spec"] {
  // No flow of it has the API server as a side.
  const apiServer = { addresses: [], port: 0 };
  const party = belongs.tenant === undefined ? "shared-collector" : "collector";
  const all = belongs.tenant === undefined ? platformFlows : tenantFlows;
  const of = { apiServerPort: apiServer.port, elsewhere };
  const flows = all(of).filter(({ to }) => kafka || to !== "kafka");
  const policy = policyOf(party, flows, { belongs, apiServer, elsewhere });
  return { ...leaving(policy, outside).spec, podSelector: { matchLabels: labels } };
}

export interface CollectorSides {
  /** What selects its pod. */
  labels: Record<string, string>;
  /** Whether it sends to the platform's Kafka. */
  kafka: boolean;
  outside: readonly Outside[];
  /** Parts that the platform does not run itself. @default none */
  elsewhere?: ElsewhereParts;
}

function leaving({ name, spec }: PlainPolicy, outside: readonly Outside[]): PlainPolicy {
  const rules = outside.map(({ cidr, port }) => ({
    to: [{ ipBlock: { cidr } }],
    ports: [{ port, protocol: "TCP" }],
  }));
  return { name, spec: { ...spec, egress: [...spec.egress, ...rules] } };
}

type PlainPolicy = ReturnType<typeof policyOf>;

interface Place {
  /** The namespace that the policy is for. */
  belongs: Belongs;
  apiServer: ApiServer;
  elsewhere: ElsewhereParts;
  keda?: string;
}

function policyOf(app: PodParty, flows: readonly Flow[], place: Place) {
  const enters = flows.filter(({ to }) => to === app);
  const leaves = flows.filter(({ from }) => from === app);
  return {
    name: app,
    spec: {
      podSelector: { matchLabels: selectorOf(appOf(app)) },
      policyTypes: ["Ingress", "Egress"],
      ingress: rulesOf(enters, ({ from }) => from, place).map(([from, ports]) => ({ from, ports })),
      egress: rulesOf(leaves, ({ to }) => to, place).map(([to, ports]) => ({ to, ports })),
    },
  };
}

/** Without sides of which nobody knows where they are: no peer at all would stand for everybody. */
function rulesOf(flows: readonly Flow[], by: (flow: Flow) => Party, place: Place) {
  return grouped(flows, by)
    .map(([party, of]) => [peersOf(party, place), portsOf(of)] as const)
    .filter(([peers]) => peers.length > 0);
}

/** In the order in which each party comes first. */
function grouped(flows: readonly Flow[], by: (flow: Flow) => Party): [Party, Flow[]][] {
  const groups = new Map<Party, Flow[]>();
  for (const flow of flows) groups.set(by(flow), [...(groups.get(by(flow)) ?? []), flow]);
  return [...groups];
}

function portsOf(flows: readonly Flow[]): types.input.networking.v1.NetworkPolicyPort[] {
  return flows.map(({ port, protocol }) => ({ port, protocol }));
}

function peersOf(party: Party, { belongs, apiServer, elsewhere, keda }: Place): Peer[] {
  if (party === "api-server") {
    return apiServer.addresses.map((address) => ({ ipBlock: { cidr: `${address}/32` } }));
  }
  if (party === "dns") return [CLUSTER_DNS];
  if (party === "keda") return keda === undefined ? [] : [kedaOperator(keda)];
  const away = party === "kafka" || party === "prometheus" ? elsewhere[party] : undefined;
  if (away !== undefined) return peersElsewhere(away);
  const podSelector = { matchLabels: selectorOf(appOf(party)) };
  if (isOfTenant(party) === (belongs.tenant !== undefined)) return [{ podSelector }];
  return [{ podSelector, namespaceSelector: namespacesOf(party, belongs) }];
}

function peersElsewhere({ namespaces, networks }: Elsewhere): Peer[] {
  return [
    ...namespaces.map((name) => ({ namespaceSelector: namespaceNamed(name) })),
    ...networks.map((cidr) => ({ ipBlock: { cidr } })),
  ];
}

function isOfTenant(party: PodParty): boolean {
  return party === "collector" || (OF_TENANT as readonly string[]).includes(party);
}

function appOf(party: PodParty): AppName {
  return party === "shared-collector" ? "collector" : party;
}

/** The other side's namespaces: those of all tenants of the environment, or the one that they share. */
function namespacesOf(
  party: PodParty,
  { environment }: Belongs,
): types.input.meta.v1.LabelSelector {
  const operator = isOfTenant(party) ? "Exists" : "DoesNotExist";
  return {
    matchLabels: { [ENVIRONMENT_LABEL]: environment },
    matchExpressions: [{ key: TENANT_LABEL, operator }],
  };
}

function namespaceNamed(name: string): types.input.meta.v1.LabelSelector {
  return { matchLabels: { "kubernetes.io/metadata.name": name } };
}

/** As KEDA's manifests and its chart label it. */
function kedaOperator(namespace: string): Peer {
  return {
    namespaceSelector: namespaceNamed(namespace),
    podSelector: { matchLabels: { app: "keda-operator" } },
  };
}

/** The cluster's DNS, whichever it is: it goes by the name of the first one. */
const CLUSTER_DNS: Peer = {
  namespaceSelector: namespaceNamed("kube-system"),
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};
