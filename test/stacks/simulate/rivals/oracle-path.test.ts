import * as fc from "fast-check";
import { cheapestPath, type PathCosts } from "../../../../stacks/simulate/rivals/oracle-path";

const path = (kept: number[], changed: number[], startUp = 15): number[] => [
  ...cheapestPath(Int32Array.from(kept), Int32Array.from(changed), costsOf(startUp)),
];

function costsOf(startUp: number): PathCosts {
  return { cellSeconds: 60, startUp: (n) => n * startUp };
}

describe("the cheapest path", () => {
  it("follows the need where a start-up is cheap", () => {
    expect(path([1, 3, 2, 1], [1, 3, 2, 1])).toEqual([1, 3, 2, 1]);
  });

  it("stays where going down and up again costs more", () => {
    expect(path([3, 2, 3], [3, 2, 3], 15)).toEqual([3, 2, 3]);
    expect(path([3, 2, 3], [3, 2, 3], 61)).toEqual([3, 3, 3]);
    expect(path([3, 2, 2, 3], [3, 2, 2, 3], 61)).toEqual([3, 2, 2, 3]);
  });

  it("stays where a change asks for more than staying does", () => {
    expect(path([2, 1, 1, 2], [2, 2, 2, 2])).toEqual([2, 2, 2, 2]);
    expect(path([2, 3], [2, 5])).toEqual([3, 3]);
    expect(path([2, 3], [2, 4], 0)).toEqual([3, 3]);
    expect(path([2, 2, 3], [2, 4, 4])).toEqual([2, 2, 4]);
    expect(path([2, 2, 3], [2, 2, 4])).toEqual([2, 3, 3]);
  });

  it("prefers to stay at the same cost", () => {
    expect(path([3, 2, 3], [3, 2, 3], 60)).toEqual([3, 3, 3]);
  });

  it("has one cell for one, and none for none", () => {
    expect(path([5], [7])).toEqual([5]);
    expect(path([], [])).toEqual([]);
  });
});

/** The cost of a path; infinite where it does not hold. */
function costOf(sizes: number[], kept: number[], changed: number[], costs: PathCosts): number {
  let sum = 0;
  sizes.forEach((n, cell) => {
    const before = sizes[cell - 1];
    const moved = before !== undefined && before !== n;
    if (n < ((moved ? changed : kept)[cell] ?? 0)) sum = Infinity;
    sum += n * costs.cellSeconds;
    if (moved) sum += Math.max(0, costs.startUp(n) - costs.startUp(before));
  });
  return sum;
}

/** Of all paths over sizes up to this one. */
function leastOfAll(kept: number[], changed: number[], costs: PathCosts, largest: number): number {
  const all = (cells: number): number[][] =>
    cells === 0
      ? [[]]
      : all(cells - 1).flatMap((start) =>
          Array.from({ length: largest }, (_, i) => [...start, i + 1]),
        );
  return Math.min(...all(kept.length).map((sizes) => costOf(sizes, kept, changed, costs)));
}

test("no path of all there are is cheaper", () => {
  const LARGEST = 4;
  const need = fc.tuple(fc.integer({ min: 1, max: LARGEST }), fc.integer({ min: 0, max: 2 }));
  const needs = fc.array(need, { minLength: 1, maxLength: 5 });
  const prices = fc.record({
    startUp: fc.integer({ min: 0, max: 200 }),
    ready: fc.integer({ min: 0, max: LARGEST }),
    node: fc.integer({ min: 0, max: 300 }),
  });
  const cases = fc.property(needs, prices, (cells, { startUp, ready, node }) => {
    const kept = cells.map(([least]) => least);
    const changed = cells.map(([least, more]) => Math.min(LARGEST, least + more));
    const costs = {
      cellSeconds: 60,
      startUp: (n: number) => n * startUp + Math.max(0, n - ready) * node,
    };
    const found = [...cheapestPath(Int32Array.from(kept), Int32Array.from(changed), costs)];
    const best = leastOfAll(kept, changed, costs, LARGEST);
    return Math.abs(costOf(found, kept, changed, costs) - best) < 1e-9;
  });
  fc.assert(cases, { numRuns: 2_000 });
});
