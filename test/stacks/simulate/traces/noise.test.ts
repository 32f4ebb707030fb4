import { noise } from "../../../../stacks/simulate/traces/noise";

const COUNT = 100_000;
const indexes = Array.from({ length: COUNT }, (_, i) => i);

function moments(values: readonly number[]) {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const square = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}

/** Of values one place apart. */
function correlation(values: readonly number[]): number {
  const { mean, deviation } = moments(values);
  const products = values.slice(1).map((v, i) => (v - mean) * ((values[i] ?? 0) - mean));
  return moments(products).mean / deviation ** 2;
}

const { uniform, normal, smooth } = noise(1, "a");

test("uniform values fill the span from 0 to 1 evenly", () => {
  const values = indexes.map(uniform);
  const tenths = new Array<number>(10).fill(0);
  for (const value of values) tenths[Math.floor(value * 10)]! += 1;
  for (const share of tenths) expect(Math.abs(share / COUNT - 0.1)).toBeLessThan(0.005);
  expect(Math.abs(correlation(values))).toBeLessThan(0.01);
});

test("normal values have mean 0 and deviation 1, stay within ±3.5, and do not know of each other", () => {
  const values = indexes.map(normal);
  const { mean, deviation } = moments(values);
  expect(Math.abs(mean)).toBeLessThan(0.01);
  expect(Math.abs(deviation - 1)).toBeLessThan(0.01);
  expect(Math.abs(correlation(values))).toBeLessThan(0.01);
  expect(values.every((v) => Math.abs(v) < 3.5)).toBe(true);
});

test("smooth noise meets the normal values, has their deviation between them, and does not jump", () => {
  const at = smooth(1_000);
  expect([0, 1, 2, 7].map((i) => at(i * 1_000))).toEqual([0, 1, 2, 7].map(normal));
  const values = indexes.map((i) => at(i * 10));
  expect(Math.abs(moments(values).deviation - 1)).toBeLessThan(0.1);
  expect(correlation(values)).toBeGreaterThan(0.99);
  const jumps = values.slice(1).map((v, i) => Math.abs(v - (values[i] ?? 0)));
  expect(Math.max(...jumps.slice(0, 10_000))).toBeLessThan(0.2);
});

test("a seed and a name make the same noise again, another of either makes another", () => {
  const first = (seed: number, name: string) => [0, 1, 2, 3].map(noise(seed, name).normal);
  expect(first(1, "a")).toEqual([0, 1, 2, 3].map(normal));
  expect(first(2, "a")).not.toEqual(first(1, "a"));
  expect(first(1, "b")).not.toEqual(first(1, "a"));
});
