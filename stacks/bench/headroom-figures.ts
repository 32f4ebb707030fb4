import Table from "cli-table3";
import { milliOf } from "../../policies/guard-rails/quantity";
import { distribution, type Distribution } from "./distribution";
import type { Place, PodTimes, Quota } from "./headroom-cluster";

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
  /** The room that was held just before; empty where none was made. */
  held: readonly Place[];
  /** Afterwards. */
  taskManagers: readonly PodTimes[];
  /** When each node was ordered. */
  orderedMs: readonly number[];
}

export interface FleetFigures {
  /** TaskManagers that the window takes beyond those of the night, and of these that ran in the end. */
  wanted: number;
  ran: number;
  /** From a pod's creation to its place on a node, s. */
  placedSeconds: Distribution;
  /** And to its running there, as far as kwok had come to say so. */
  runningSeconds: Distribution;
  /** Nodes that were ordered in all, those of other fleets too. */
  nodes: number;
  /** Nodes that were ordered once TaskManagers had been started. */
  nodesOrderedLate: number;
}

/** What headroom comes to; times ahead are before the window's beginning, s. */
export interface RoomFigures {
  /** TaskManagers for which there was room just before the first of them was started. */
  held: number;
  /** Of those for which there should have been. */
  heldWanted: number;
  askedAheadSeconds: number;
  /** When the last place was there, for which its node had to be ready. */
  readyAheadSeconds: number;
  /** So long before its window a tenant starts its TaskManagers. */
  leadSeconds: number;
  /** TaskManagers that run on a node with such a place. */
  tookAPlace: number;
}

/** TaskManagers of the window, as far as they run. Throws where none does. */
export function fleetFigures(seen: Seen): FleetFigures {
  const started = newcomers(seen);
  const until = (when: "scheduledMs" | "runningMs") =>
    started.flatMap((pod) => {
      const ms = pod[when];
      return ms === undefined ? [] : [(ms - pod.createdMs) / 1000];
    });
  const running = until("runningMs");
  return {
    ...{ wanted: seen.wanted, ran: running.length },
    placedSeconds: distribution(until("scheduledMs")),
    runningSeconds: distribution(running),
    nodes: seen.orderedMs.length,
    nodesOrderedLate: seen.orderedMs.filter((ms) => ms > seen.startedMs).length,
  };
}

/** A pod's creation is told to the second. */
function newcomers({ taskManagers, startedMs }: Seen): PodTimes[] {
  return taskManagers.filter(({ createdMs }) => createdMs > startedMs - 1000);
}

export function roomFigures(seen: Seen): RoomFigures {
  const { held, beginsMs } = seen;
  const there = held.filter(({ scheduledMs }) => scheduledMs !== undefined);
  const places = new Set(there.map(({ node }) => node));
  // One that is not there yet is too late, whenever it comes.
  const readyMs = Math.max(...held.map(({ scheduledMs }) => scheduledMs ?? Infinity));
  const ahead = (ms: number) => (beginsMs - ms) / 1000;
  return {
    ...{ held: there.length, heldWanted: seen.wanted },
    askedAheadSeconds: ahead(Math.min(...held.map(({ createdMs }) => createdMs))),
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
  const wait = withHeadroom.placedSeconds.median;
  const promises: [boolean, string][] = [
    [
      room.held >= room.heldWanted,
      `there was room for ${room.held} of ${room.heldWanted} TaskManagers when the first were started`,
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
      `a TaskManager waited ${wait} s for its place (median), and may wait ${MOST_SECONDS} s`,
    ],
    [
      without.placedSeconds.median > wait,
      `without headroom TaskManagers waited no longer (${without.placedSeconds.median} s, median)`,
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
  const head = ["TaskManagers, s from being asked for", "n", "min", "median", "p90", "max"];
  const table = new Table({ head, style: { head: [], border: [] } });
  const rows = [
    ["with headroom, to a place", withHeadroom.placedSeconds],
    ["without, to a place", without.placedSeconds],
    ["with headroom, to running", withHeadroom.runningSeconds],
    ["without, to running", without.runningSeconds],
  ] as const;
  for (const [title, { count, min, median, p90, max }] of rows) {
    table.push([title, count, ...[min, median, p90, max].map((each) => each.toFixed(1))]);
  }
  return (
    `${table.toString()}\nRoom was held for ${room.held} TaskManagers, the last had its node ` +
    `${room.readyAheadSeconds.toFixed(0)} s before the window (TaskManagers start ${room.leadSeconds} s before it); ` +
    `${room.tookAPlace} of ${withHeadroom.ran} TaskManagers came to where it was, and ` +
    `${withHeadroom.nodesOrderedLate} of ${withHeadroom.nodes} nodes were ordered late.`
  );
}
