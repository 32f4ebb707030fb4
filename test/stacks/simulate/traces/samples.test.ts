import * as fc from "fast-check";
import {
  sortedSamples,
  traceFromSamples,
  traceName,
} from "../../../../stacks/simulate/traces/samples";

const LABEL = { name: "t", description: "" };
const traceOf = (points: readonly (readonly [number, number])[]) =>
  traceFromSamples(
    LABEL,
    sortedSamples(
      points.map(([ms]) => ms),
      points.map(([, rate]) => rate),
    ),
  );

const TRACE = traceOf([
  [1_000, 10],
  [2_000, 20],
  [6_000, 0],
]);

test.each([
  [1_000, 10],
  [1_500, 15],
  [2_000, 20],
  [3_000, 15],
  [5_999, 0.005],
  [6_000, 0],
  [0, 10],
  [9_000, 0],
])("at %d ms the rate is %d", (ms, rate) => {
  expect(TRACE.rateAt(ms)).toBeCloseTo(rate, 9);
});

test("the trace lasts from the first sample to the last", () => {
  expect([TRACE.startMs, TRACE.endMs]).toEqual([1_000, 6_000]);
});

/** What the rate is, found without any place kept. */
function rateBySearch(points: readonly (readonly [number, number])[], ms: number): number {
  const after = points.findIndex(([at]) => at > ms);
  if (after < 0) return points.at(-1)![1];
  if (after === 0) return points[0]![1];
  const [[from, before], [to, then]] = [points[after - 1]!, points[after]!];
  return before + ((then - before) * (ms - from)) / (to - from);
}

const points = fc
  .uniqueArray(fc.tuple(fc.nat(10_000), fc.nat(1_000)), { minLength: 2, selector: ([ms]) => ms })
  .map((list) => [...list].sort(([a], [b]) => a - b));

test("in any order of access the rate is that of the samples around the instant", () => {
  fc.assert(
    fc.property(points, fc.array(fc.integer({ min: -10, max: 10_010 })), (list, instants) => {
      const trace = traceOf(list);
      const rising = [...instants].sort((a, b) => a - b);
      for (const ms of [...instants, ...rising, ...rising.reverse()]) {
        expect(trace.rateAt(ms)).toBe(rateBySearch(list, ms));
      }
    }),
  );
});

test("of several samples at one instant the last one counts", () => {
  const samples = sortedSamples([5, 1, 5, 1, 1], [50, 10, 51, 11, 12]);
  expect([[...samples.timesMs], [...samples.rates]]).toEqual([
    [1, 5],
    [12, 51],
  ]);
});

test.each([
  ["My Load (v2)", "my-load-v2"],
  ["web_2026.01", "web-2026-01"],
  ["--Übung--", "bung"],
  ["负载", "trace"],
])("%j is named %s", (text, name) => {
  expect(traceName(text)).toBe(name);
});
