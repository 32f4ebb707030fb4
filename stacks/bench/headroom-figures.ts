import Table from "cli-table3";
import { milliOf } from "../../policies/guard-rails/quantity";
import { distribution, type Distribution } from "./distribution";
import type { OrderedNode, PodTimes, Quota } from "./headroom-cluster";

/** A TaskManager takes a balloon's place within this, median, s. */
const MOST_SECONDS = 5;

/** What was seen of a fleet around a window's beginning; times in ms since the epoch. */
export interface Seen {
  beginsMs: number;
  /** When the conductor started the first TaskManagers. */
  startedMs: number;
  /** What a tenant starts its TaskManagers ahead of its window. */
  leadMs: number;
  /** TaskManagers that the window takes beyond those of the night. */
  wanted: number;
  /** Just before; empty where no room was made. */
  balloons: readonly PodTimes[];
  /** Afterwards. */
  taskManagers: readonly PodTimes[];
  nodes: readonly OrderedNode[];
}

export interface FleetFigures {
  /** TaskManagers that the window takes beyond those of the night, and of these that ran in the end. */
  wanted: number;
  ran: number;
  /** From a pod's creation to its running on a node, s. */
  waitSeconds: Distribution;
  /** Nodes that Karpenter made and that were ready in the end, those of other fleets too. */
  nodes: number;
  /** Nodes that were ordered once TaskManagers had been started. */
  nodesOrderedLate: number;
}

/** What headroom comes to; times ahead are before the window's beginning, s. */
export interface RoomFigures {
  /** Pods that held room and ran, just before the first TaskManager was started. */
  balloons: number;
  /** Of those that should have. */
  balloonsWanted: number;
  askedAheadSeconds: number;
  /** When the last of their nodes was ready. */
  readyAheadSeconds: number;
  /** So long before its window a tenant starts its TaskManagers. */
  leadSeconds: number;
  /** TaskManagers that run on a node which a balloon had. */
  tookAPlace: number;
}

/** TaskManagers of the window, as far as they run. Throws where none does. */
export function fleetFigures(seen: Seen): FleetFigures {
  const started = newcomers(seen);
  const waits = started.flatMap(({ createdMs, runningMs }) =>
    runningMs === undefined ? [] : [(runningMs - createdMs) / 1000],
  );
  return {
    ...{ wanted: seen.wanted, ran: waits.length },
    waitSeconds: distribution(waits),
    nodes: seen.nodes.filter(({ readyMs }) => readyMs !== undefined).length,
    nodesOrderedLate: seen.nodes.filter(({ orderedMs }) => orderedMs > seen.startedMs).length,
  };
}

/** A pod's creation is told to the second. */
function newcomers({ taskManagers, startedMs }: Seen): PodTimes[] {
  return taskManagers.filter(({ createdMs }) => createdMs > startedMs - 1000);
}

export function roomFigures(seen: Seen): RoomFigures {
  const { balloons, beginsMs, nodes } = seen;
  const ready = new Map(nodes.map(({ node, readyMs }) => [node, readyMs]));
  const running = balloons.filter(({ runningMs }) => runningMs !== undefined);
  const places = new Set(running.map(({ node }) => node));
  // A node that nobody told to be ready is never ready.
  const readyMs = Math.max(...[...places].map((node) => ready.get(node) ?? Infinity));
  const ahead = (ms: number) => (beginsMs - ms) / 1000;
  return {
    ...{ balloons: running.length, balloonsWanted: seen.wanted },
    askedAheadSeconds: ahead(Math.min(...balloons.map(({ createdMs }) => createdMs))),
    readyAheadSeconds: ahead(readyMs),
    leadSeconds: seen.leadMs / 1000,
    tookAPlace: newcomers(seen).filter(({ node }) => places.has(node)).length,
  };
}

/** Resources of which more is used than may be, such as `flinktide-bench-t001: pods 8 of 7`. */
export function aboveQuota(quotas: readonly Quota[]): string[] {
  return quotas.flatMap(({ metadata: { namespace }, status: { hard, used } }) =>
    Object.entries(hard).flatMap(([resource, most]) => {
      const uses = used[resource] ?? "0";
      return amount(uses) > amount(most) ? [`${namespace}: ${resource} ${uses} of ${most}`] : [];
    }),
  );
}

function amount(text: string): number {
  const found = milliOf(text);
  if (found === undefined) throw new Error(`${text} is no quantity`);
  return found;
}

export interface HeadroomFigures {
  nodes: number;
  tenants: number;
  room: RoomFigures;
  withHeadroom: FleetFigures;
  /** The same without headroom, for fewer tenants. */
  without: FleetFigures;
  quotas: { tenants: number; above: string[]; refusal: string | undefined };
}

/** What is promised and does not hold, a sentence each. */
export function brokenPromises(figures: HeadroomFigures): string[] {
  const { room, withHeadroom, without, quotas, tenants } = figures;
  const wait = withHeadroom.waitSeconds.median;
  const promises: [boolean, string][] = [
    [
      room.balloons === room.balloonsWanted,
      `${room.balloons} of ${room.balloonsWanted} pods held room when the first TaskManagers were started`,
    ],
    [
      room.readyAheadSeconds >= room.leadSeconds,
      `the last node was ready ${room.readyAheadSeconds} s ahead, and TaskManagers start ${room.leadSeconds} s ahead`,
    ],
    [
      withHeadroom.ran === withHeadroom.wanted,
      `${withHeadroom.ran} of ${withHeadroom.wanted} TaskManagers ran`,
    ],
    [
      wait <= MOST_SECONDS,
      `a TaskManager waited ${wait} s (median), and may wait ${MOST_SECONDS} s`,
    ],
    [
      without.waitSeconds.median > wait,
      `without headroom TaskManagers waited no longer (${without.waitSeconds.median} s, median)`,
    ],
    [quotas.tenants >= tenants, `${quotas.tenants} of ${tenants} tenants have a quota`],
    [quotas.above.length === 0, `above quota: ${quotas.above.join("; ")}`],
    [
      quotas.refusal?.includes("exceeded quota") === true,
      `a pod beyond a tenant's quota was not refused for it (${quotas.refusal ?? "it was made"})`,
    ],
  ];
  return promises.flatMap(([holds, otherwise]) => (holds ? [] : [otherwise]));
}

export function headroomTable({ room, withHeadroom, without }: HeadroomFigures): string {
  const head = ["TaskManager: asked for to running, s", "n", "min", "median", "p90", "max"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [title, { waitSeconds: s, ran }] of [
    ["with headroom", withHeadroom],
    ["without", without],
  ] as const) {
    table.push([title, ran, ...[s.min, s.median, s.p90, s.max].map((each) => each.toFixed(1))]);
  }
  return (
    `${table.toString()}\n${room.balloons} pods held room, the last node was ready ` +
    `${room.readyAheadSeconds.toFixed(0)} s before the window (TaskManagers start ${room.leadSeconds} s before it); ` +
    `${room.tookAPlace} of ${withHeadroom.ran} TaskManagers came to where one of them had been, and ` +
    `${withHeadroom.nodesOrderedLate} of ${withHeadroom.nodes} nodes were ordered late.`
  );
}
