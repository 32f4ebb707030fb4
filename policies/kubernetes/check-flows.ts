import type { Flow, Party } from "./flows";
import { passes, type Endpoint, type NetworkPolicy, type Port } from "./network-policy";

/** An endpoint and the party that it plays; null for one that may take part in nothing: another tenant, a stranger. */
export interface Player extends Endpoint {
  party: Party | null;
}

/**
 * What is wrong with NetworkPolicies, as sentences: flows that are needed and do not pass, then those that pass and
 * are not needed. Tried are every pair of players, on every port that a flow or a policy names and on one that none
 * does. Pairs none of whose sides a policy guards are left out: they are nobody's here.
 *
 * @param flows all that is to pass among the players
 */
export function checkFlows(
  policies: readonly NetworkPolicy[],
  players: readonly Player[],
  flows: readonly Flow[],
): string[] {
  const guarded = new Set(policies.map(({ metadata }) => metadata.namespace));
  const isGuarded = ({ pod }: Player) => pod !== undefined && guarded.has(pod.namespace);
  const [missing, excess]: [string[], string[]] = [[], []];
  for (const from of players) {
    for (const to of players) {
      if (!isGuarded(from) && !isGuarded(to)) continue;
      for (const port of portsToTry(policies, flows)) {
        const flow = flows.find((each) => isFlow(each, from, to, port));
        if (passes(policies, from, to, port) === (flow !== undefined)) continue;
        const text = `${from.name} to ${to.name} on ${port.protocol} ${port.port}`;
        if (flow === undefined) excess.push(`${text} passes, and nothing needs it`);
        else missing.push(`${text} is blocked, and is needed: ${flow.why}`);
      }
    }
  }
  return [...missing, ...excess];
}

function isFlow(flow: Flow, from: Player, to: Player, { port, protocol }: Port): boolean {
  const ends = flow.from === from.party && flow.to === to.party;
  return ends && flow.port === port && flow.protocol === protocol;
}

/** A port that no flow and no policy should name. */
const ANY_OTHER = 31_999;

function portsToTry(policies: readonly NetworkPolicy[], flows: readonly Flow[]): Port[] {
  const named = policies
    .flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    .flatMap(({ ports }) => ports)
    .flatMap(({ port, endPort }) => [port, endPort].filter((each) => typeof each === "number"));
  const numbers = new Set([...flows.map(({ port }) => port), ...named, ANY_OTHER]);
  return [...numbers].flatMap((port) => [
    { port, protocol: "TCP" as const },
    { port, protocol: "UDP" as const },
  ]);
}
