import type { OrderedNode, PodTimes } from "../../../stacks/bench/headroom-cluster";
import {
  aboveQuota,
  brokenPromises,
  fleetFigures,
  headroomTable,
  roomFigures,
  type HeadroomFigures,
  type Seen,
} from "../../../stacks/bench/headroom-figures";

const BEGINS = 1_000_000;
const STARTED = BEGINS - 27_000;

/** Created and, after a wait, running; seconds before the window begins. */
const pod = (node: string | undefined, aheadSeconds: number, waits?: number): PodTimes => {
  const createdMs = BEGINS - aheadSeconds * 1000;
  const runningMs = waits === undefined ? undefined : createdMs + waits * 1000;
  return { namespace: "t", node, createdMs, scheduledMs: runningMs, runningMs };
};
const node = (name: string, orderedAhead: number, readyAhead?: number): OrderedNode => ({
  ...{ node: name, orderedMs: BEGINS - orderedAhead * 1000 },
  readyMs: readyAhead === undefined ? undefined : BEGINS - readyAhead * 1000,
});

const SEEN: Seen = {
  ...{ beginsMs: BEGINS, startedMs: STARTED, leadMs: 30_000, wanted: 3 },
  balloons: [pod("a", 150, 40), pod("b", 149, 60), pod("c", 149, 45)],
  taskManagers: [pod("night", 900, 30), pod("a", 27, 1), pod("b", 26, 2), pod("d", 20, 30)],
  nodes: [node("night", 900, 880), node("a", 148, 110), node("b", 148, 90), node("c", 140, 95)],
};

it("tells how long the window's own TaskManagers waited, and what was ordered late", () => {
  const nodes = [...SEEN.nodes, node("d", 19, -10)];
  expect(fleetFigures({ ...SEEN, nodes })).toMatchObject({
    ...{ wanted: 3, ran: 3, nodes: 5, nodesOrderedLate: 1 },
    waitSeconds: { count: 3, min: 1, median: 2, max: 30 },
  });
});

it("tells how long ahead room was asked for, and there", () => {
  expect(roomFigures(SEEN)).toEqual({
    ...{ balloons: 3, balloonsWanted: 3, askedAheadSeconds: 150 },
    ...{ readyAheadSeconds: 90, leadSeconds: 30, tookAPlace: 2 },
  });
});

it("a node that was not told to be ready is no room", () => {
  const nodes = [...SEEN.nodes.slice(0, -1), node("c", 140)];
  expect(roomFigures({ ...SEEN, nodes }).readyAheadSeconds).toBe(-Infinity);
});

it("finds what is above a quota, whatever its unit", () => {
  const quota = (used: Record<string, string>) => ({
    metadata: { namespace: "flinktide-bench-t001" },
    status: { hard: { "limits.cpu": "8500m", "limits.memory": "4Gi", pods: "7" }, used },
  });
  expect(aboveQuota([quota({ "limits.cpu": "8", "limits.memory": "4096Mi", pods: "7" })])).toEqual(
    [],
  );
  expect(aboveQuota([quota({ "limits.cpu": "9", pods: "8" })])).toEqual([
    "flinktide-bench-t001: limits.cpu 9 of 8500m",
    "flinktide-bench-t001: pods 8 of 7",
  ]);
});

describe("the promises", () => {
  const times = (median: number) => ({ count: 3, min: 1, median, p90: 9, max: 9 });
  const good: HeadroomFigures = {
    ...{ nodes: 4, tenants: 1, room: roomFigures(SEEN) },
    withHeadroom: { wanted: 3, ran: 3, waitSeconds: times(2), nodes: 4, nodesOrderedLate: 0 },
    without: { wanted: 3, ran: 3, waitSeconds: times(40), nodes: 8, nodesOrderedLate: 3 },
    quotas: { tenants: 1, above: [], refusal: "pods is forbidden: exceeded quota: quota" },
  };

  it("hold", () => {
    expect(brokenPromises(good)).toEqual([]);
    expect(headroomTable(good)).toContain("3 pods held room, the last node was ready 90 s before");
  });

  it.each<[string, Partial<HeadroomFigures>]>([
    [
      "2 of 3 pods held room when the first TaskManagers were started",
      { room: { ...good.room, balloons: 2 } },
    ],
    [
      "the last node was ready 29 s ahead, and TaskManagers start 30 s ahead",
      { room: { ...good.room, readyAheadSeconds: 29 } },
    ],
    ["2 of 3 TaskManagers ran", { withHeadroom: { ...good.withHeadroom, ran: 2 } }],
    [
      "a TaskManager waited 6 s (median), and may wait 5 s",
      { withHeadroom: { ...good.withHeadroom, waitSeconds: times(6) } },
    ],
    [
      "without headroom TaskManagers waited no longer (2 s, median)",
      { without: { ...good.without, waitSeconds: times(2) } },
    ],
    ["0 of 1 tenants have a quota", { quotas: { ...good.quotas, tenants: 0 } }],
    [
      "above quota: t001: pods 8 of 7",
      { quotas: { ...good.quotas, above: ["t001: pods 8 of 7"] } },
    ],
    [
      "a pod beyond a tenant's quota was not refused for it (it was made)",
      { quotas: { ...good.quotas, refusal: undefined } },
    ],
    [
      "a pod beyond a tenant's quota was not refused for it (violates PodSecurity)",
      { quotas: { ...good.quotas, refusal: "violates PodSecurity" } },
    ],
  ])("%s", (sentence, change) => {
    expect(brokenPromises({ ...good, ...change })).toEqual([sentence]);
  });
});
