import { judgeEdge } from "../../../stacks/soak/edges";
import type { Edge } from "../../../stacks/soak/schedule";

const EDGE_MS = 1_000_000;
const edge: Edge = { atMs: EDGE_MS, window: "rush", taskManagers: 3, parallelism: 6, raises: true };
const seen = (second: number, taskManagers: number, parallelism?: number) => ({
  ...{ atMs: EDGE_MS + second * 1000, taskManagers, parallelism },
});
const before = seen(-20, 1, 2);

describe("a window that opens", () => {
  it("should be met where all of it ran, for as long as it had without a break", () => {
    const samples = [before, seen(-9, 3, 2), seen(-7.5, 3, 6), seen(-0.5, 4, 8), seen(0.5, 3, 6)];
    expect(judgeEdge(edge, samples)).toEqual({
      ...edge,
      ...{ met: true, earlySeconds: 7.5, lateSeconds: null },
    });
    const broken = [before, seen(-7.5, 3, 6), seen(-3, 3), seen(-1, 3, 6)];
    expect(judgeEdge(edge, broken)).toMatchObject({ met: true, earlySeconds: 1 });
  });

  it("should count what ran at the very instant", () => {
    expect(judgeEdge(edge, [before, seen(0, 3, 6)])).toMatchObject({ met: true, earlySeconds: 0 });
  });

  it.each([
    ["a TaskManager too few", [seen(-1, 2, 6)]],
    ["a slot too few", [seen(-1, 3, 5)]],
    ["a job that does not run", [seen(-5, 3, 6), seen(-1, 3)]],
    ["a cluster that was not seen lately", [seen(-3.5, 3, 6)]],
    ["a cluster that was never seen", []],
  ])("should not be met by %s", (_, samples) => {
    expect(judgeEdge(edge, [before, ...samples])).toEqual({
      ...edge,
      ...{ met: false, earlySeconds: null, lateSeconds: null },
    });
  });

  it("should be late by the time until it ran", () => {
    const samples = [before, seen(-1, 2, 4), seen(0.5, 3, 4), seen(2.25, 3, 6)];
    expect(judgeEdge(edge, samples)).toMatchObject({ met: false, lateSeconds: 2.25 });
  });
});
