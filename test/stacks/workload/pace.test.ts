import * as fc from "fast-check";
import { Pace } from "../../../stacks/workload/pace";

/** Looks at the clock at these instants (ms) and gives what each look releases. */
function releases(pace: Pace, looks: readonly number[]): number[] {
  let sent = 0;
  return looks.map((at) => {
    const due = pace.due(at) - sent;
    sent += due;
    return due;
  });
}

test("uneven looks at the clock release exactly the lines the rate asks for", () => {
  const looks = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), looks, (rate, steps) => {
      let now = 1_000_000;
      const pace = new Pace(rate, now);
      const instants = steps.map((step) => (now += step));
      const sent = releases(pace, instants).reduce((sum, n) => sum + n, 0);
      expect(sent).toBe(Math.floor((rate * (now - 1_000_000)) / 1000));
    }),
  );
});

test("a pause is caught up at the next look", () => {
  expect(releases(new Pace(200, 0), [50, 100, 5100, 5150])).toEqual([10, 10, 1000, 10]);
});

test("a slow rate sends a line whenever a whole one is due", () => {
  expect(releases(new Pace(0.5, 0), [1000, 1999, 2000, 3999, 4001])).toEqual([0, 0, 1, 0, 1]);
});

test("a new rate counts from the moment it is set, fractions included", () => {
  const pace = new Pace(10, 0);
  expect(pace.due(1050)).toBe(10);
  pace.change(100, 1050);
  expect(pace.due(1050)).toBe(10);
  expect(pace.due(1055)).toBe(11);
  expect(pace.due(2050)).toBe(110);
  pace.change(0, 2050);
  expect(pace.due(60_000)).toBe(110);
  expect(pace.current(60_000)).toBe(0);
});

test("a rate function gives the same lines however often it is looked at", () => {
  const ramp = (seconds: number) => 100 * seconds;
  const often = new Pace(ramp, 0);
  for (let at = 7; at < 10_000; at += 7) often.due(at);
  expect(often.due(10_000)).toBe(5000);
  expect(new Pace(ramp, 0).due(10_000)).toBe(5000);
  expect(often.current(10_000)).toBe(1000);
});

test("a rate function that gives nonsense stops the feed instead of sending it back", () => {
  const pace = new Pace((seconds) => (seconds < 1 ? 100 : seconds < 2 ? NaN : -50), 0);
  expect([500, 1000, 2000, 9000].map((at) => pace.due(at))).toEqual([50, 100, 100, 100]);
});
