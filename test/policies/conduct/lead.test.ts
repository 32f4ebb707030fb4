import * as fc from "fast-check";
import { measuredLeadMs } from "../../../policies/conduct/lead";

test.each<[string, number[], number | undefined]>([
  ["nothing measured", [], undefined],
  ["the longest and a quarter more", [20, 28, 16], 35_000],
  ["a short one is not trusted", [2], 30_000],
  ["a very long one is not waited for", [900], 300_000],
  ["whole milliseconds", [27.0005], 33_751],
  ["only the last ten", [100, ...Array<number>(10).fill(32)], 40_000],
  ["the tenth from the end counts", [100, ...Array<number>(9).fill(32)], 125_000],
])("%s", (_, seconds, expected) => {
  expect(measuredLeadMs(seconds)).toBe(expected);
});

test("covers each of the last ten updates that a lead can cover", () => {
  const seconds = fc.array(fc.double({ min: 0, max: 240, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(seconds, (all) => {
      const leadMs = measuredLeadMs(all) ?? 0;
      expect(all.slice(-10).every((one) => one * 1000 <= leadMs + 1)).toBe(true);
    }),
  );
});
