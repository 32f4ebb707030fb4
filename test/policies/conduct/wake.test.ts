import * as fc from "fast-check";
import { nextWakeMs } from "../../../policies/conduct/wake";

test.each<[string, number | undefined, number]>([
  ["no edge: the interval", undefined, 11_000],
  ["an edge within the interval: the edge itself", 1_001, 1_001],
  ["an edge beyond it: the interval", 11_001, 11_000],
  ["an edge that is over: soon, not at once", 999, 2_000],
  ["an edge that is just over, too", 1_000, 2_000],
])("%s", (_, edgeMs, expected) => {
  expect(nextWakeMs({ nowMs: 1_000, edgeMs, everyMs: 10_000 })).toBe(expected);
});

test("a short interval holds after an edge, too", () => {
  expect(nextWakeMs({ nowMs: 1_000, edgeMs: 5, everyMs: 200 })).toBe(1_200);
});

test("always ahead, never later than the interval, never past an edge that is ahead", () => {
  const ms = fc.integer({ min: 0, max: 1_000_000 });
  const wake = fc.record({ nowMs: ms, edgeMs: ms, everyMs: fc.integer({ min: 1, max: 100_000 }) });
  fc.assert(
    fc.property(wake, ({ nowMs, edgeMs, everyMs }) => {
      const at = nextWakeMs({ nowMs, edgeMs, everyMs });
      expect(at).toBeGreaterThan(nowMs);
      expect(at).toBeLessThanOrEqual(nowMs + everyMs);
      if (edgeMs > nowMs) expect(at).toBeLessThanOrEqual(edgeMs);
    }),
  );
});
