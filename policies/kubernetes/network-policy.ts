import { z } from "zod";

/** What a set of NetworkPolicies lets through, as Kubernetes defines it. */

const expression = z.strictObject({
  key: z.string(),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
  values: z.array(z.string()).default([]),
});
const selectorSchema = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z.array(expression).default([]),
});
const peerSchema = z.strictObject({
  podSelector: selectorSchema.optional(),
  namespaceSelector: selectorSchema.optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).default([]) }).optional(),
});
const portSchema = z.strictObject({
  port: z.union([z.int(), z.string()]).optional(),
  endPort: z.int().optional(),
  protocol: z.enum(["TCP", "UDP", "SCTP"]).default("TCP"),
});
const peers = z.array(peerSchema).default([]);
const ports = z.array(portSchema).default([]);
const ingressRule = z
  .strictObject({ from: peers, ports })
  .transform((rule) => ({ peers: rule.from, ports: rule.ports }));
const egressRule = z
  .strictObject({ to: peers, ports })
  .transform((rule) => ({ peers: rule.to, ports: rule.ports }));

/** An object of kind NetworkPolicy, as far as it decides. */
export const networkPolicySchema = z.object({
  kind: z.literal("NetworkPolicy"),
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.strictObject({
    podSelector: selectorSchema,
    policyTypes: z.array(z.enum(["Ingress", "Egress"])).optional(),
    ingress: z.array(ingressRule).optional(),
    egress: z.array(egressRule).optional(),
  }),
});
export type NetworkPolicy = z.output<typeof networkPolicySchema>;

/** A pod, or an address outside the cluster's pods; NetworkPolicies know nothing else. */
export interface Endpoint {
  /** For the reader; unique. */
  name: string;
  /** Left out of an address. */
  pod?: {
    namespace: string;
    namespaceLabels: Readonly<Record<string, string>>;
    labels: Readonly<Record<string, string>>;
    /** Ports by the names that policies may use. @default none */
    portNames?: Readonly<Record<string, number>>;
  };
  /** IPv4 address that `ipBlock`s are compared with. */
  ip: string;
}

export interface Port {
  port: number;
  protocol: "TCP" | "UDP";
}

/** Whether a connection passes: what leaves the one side and what enters the other, each as its policies have it. */
export function passes(
  policies: readonly NetworkPolicy[],
  from: Endpoint,
  to: Endpoint,
  port: Port,
): boolean {
  return (
    allows(policies, "Egress", { of: from, peer: to, to, port }) &&
    allows(policies, "Ingress", { of: to, peer: from, to, port })
  );
}

interface Connection {
  of: Endpoint;
  peer: Endpoint;
  /** Whose named ports count. */
  to: Endpoint;
  port: Port;
}

function allows(
  policies: readonly NetworkPolicy[],
  type: "Ingress" | "Egress",
  { of, peer, to, port }: Connection,
): boolean {
  const selecting = policies.filter((policy) => selects(policy, of) && typesOf(policy).has(type));
  if (selecting.length === 0) return true;
  return selecting.some(({ spec, metadata }) => {
    const rules = (type === "Ingress" ? spec.ingress : spec.egress) ?? [];
    return rules.some(
      (rule) =>
        (rule.peers.length === 0 ||
          rule.peers.some((each) => isPeer(each, metadata.namespace, peer))) &&
        (rule.ports.length === 0 || rule.ports.some((each) => isPort(each, to, port))),
    );
  });
}

/** Left out, a policy is for what enters and, where it says anything of it, for what leaves. */
function typesOf({ spec }: NetworkPolicy): Set<"Ingress" | "Egress"> {
  return new Set(spec.policyTypes ?? ["Ingress", ...(spec.egress ? (["Egress"] as const) : [])]);
}

function selects({ metadata, spec }: NetworkPolicy, { pod }: Endpoint): boolean {
  return pod?.namespace === metadata.namespace && matches(spec.podSelector, pod.labels);
}

function isPeer(
  { podSelector, namespaceSelector, ipBlock }: z.output<typeof peerSchema>,
  own: string,
  { pod, ip }: Endpoint,
): boolean {
  if (ipBlock !== undefined) {
    return isWithin(ip, ipBlock.cidr) && !ipBlock.except.some((cidr) => isWithin(ip, cidr));
  }
  if (pod === undefined) return false;
  const inNamespace =
    namespaceSelector === undefined
      ? pod.namespace === own
      : matches(namespaceSelector, pod.namespaceLabels);
  return inNamespace && (podSelector === undefined || matches(podSelector, pod.labels));
}

function isPort(
  { port: wanted, endPort, protocol }: z.output<typeof portSchema>,
  { pod }: Endpoint,
  { port, protocol: used }: Port,
): boolean {
  if (protocol !== used) return false;
  if (wanted === undefined) return true;
  if (typeof wanted === "string") return pod?.portNames?.[wanted] === port;
  return wanted <= port && port <= (endPort ?? wanted);
}

function matches(
  { matchLabels, matchExpressions }: z.output<typeof selectorSchema>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const all = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return all && matchExpressions.every((each) => holds(each, labels));
}

function holds(
  { key, operator, values }: z.output<typeof expression>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key];
  if (operator === "Exists") return value !== undefined;
  if (operator === "DoesNotExist") return value === undefined;
  const isIn = value !== undefined && values.includes(value);
  return operator === "In" ? isIn : !isIn;
}

function isWithin(ip: string, cidr: string): boolean {
  const [base = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  return Math.floor(addressOf(ip) / size) === Math.floor(addressOf(base) / size);
}

function addressOf(ip: string): number {
  return ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
