import type { PodTimes } from "../../../stacks/bench/headroom-cluster";
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

/** Created and, after a wait, on a node, where it runs a second later; seconds before the window begins. */
const pod = (node: string | undefined, aheadSeconds: number, waits?: number): PodTimes => {
  const createdMs = BEGINS - aheadSeconds * 1000;
  const scheduledMs = waits === undefined ? undefined : createdMs + waits * 1000;
  const runningMs = scheduledMs === undefined ? undefined : scheduledMs + 1000;
  return { namespace: "t", node, createdMs, scheduledMs, runningMs };
};
/** Seconds before the window begins. */
const ahead = (seconds: number) => BEGINS - seconds * 1000;

const SEEN: Seen = {
  ...{ beginsMs: BEGINS, startedMs: STARTED, leadMs: 30_000, wanted: 3 },
  held: [pod("a", 150, 40), pod("b", 149, 60), pod("c", 149, 45)],
  taskManagers: [pod("night", 900, 30), pod("a", 27, 1), pod("b", 26, 2), pod("d", 20, 30)],
  orderedMs: [900, 148, 148, 140].map(ahead),
};

it("tells how long the window's own TaskManagers waited, and what was ordered late", () => {
  const orderedMs = [...SEEN.orderedMs, ahead(19)];
  expect(fleetFigures({ ...SEEN, orderedMs })).toMatchObject({
    ...{ wanted: 3, ran: 3, nodes: 5, nodesOrderedLate: 1 },
    placedSeconds: { count: 3, min: 1, median: 2, max: 30 },
    runningSeconds: { count: 3, min: 2, median: 3, max: 31 },
  });
});

it("tells how long ahead room was asked for, and there", () => {
  expect(roomFigures(SEEN)).toEqual({
    ...{ held: 3, heldWanted: 3, askedAheadSeconds: 150 },
    ...{ readyAheadSeconds: 89, leadSeconds: 30, tookAPlace: 2 },
  });
});

it("a pod that has no node yet holds no room", () => {
  const places = [...SEEN.held.slice(0, -1), pod(undefined, 149)];
  const { held, readyAheadSeconds } = roomFigures({ ...SEEN, held: places });
  expect([held, readyAheadSeconds]).toEqual([2, -Infinity]);
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
  const waiting = (median: number) => ({
    placedSeconds: times(median),
    runningSeconds: times(median + 1),
  });
  const good: HeadroomFigures = {
    ...{ nodes: 4, tenants: 1, room: roomFigures(SEEN) },
    withHeadroom: { wanted: 3, ran: 3, ...waiting(2), nodes: 4, nodesOrderedLate: 0 },
    without: { wanted: 3, ran: 3, ...waiting(40), nodes: 8, nodesOrderedLate: 3 },
    quotas: { tenants: 1, above: [], refusal: "pods is forbidden: exceeded quota: quota" },
  };

  it("hold", () => {
    expect(brokenPromises(good)).toEqual([]);
    expect(headroomTable(good)).toContain(
      "Room was held for 3 TaskManagers, the last had its node 89 s before",
    );
  });

  it.each<[string, Partial<HeadroomFigures>]>([
    [
      "there was room for 2 of 3 TaskManagers when the first were started",
      { room: { ...good.room, held: 2 } },
    ],
    [
      "the last node was ready 29 s ahead, and TaskManagers start 30 s ahead",
      { room: { ...good.room, readyAheadSeconds: 29 } },
    ],
    ["2 of 3 TaskManagers ran", { withHeadroom: { ...good.withHeadroom, ran: 2 } }],
    [
      "a TaskManager waited 6 s for its place (median), and may wait 5 s",
      { withHeadroom: { ...good.withHeadroom, ...waiting(6) } },
    ],
    [
      "without headroom TaskManagers waited no longer (2 s, median)",
      { without: { ...good.without, ...waiting(2) } },
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
