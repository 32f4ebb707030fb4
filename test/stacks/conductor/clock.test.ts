import { JumpWatch, systemClock } from "../../../stacks/conductor/clock";
import { FakeClock, MINUTE, SECOND } from "./conducted";

test("a clock that goes on, however long nobody looks, does not jump", () => {
  const clock = new FakeClock();
  const watch = new JumpWatch(clock);
  clock.pass(5 * SECOND);
  expect(watch.look()).toBe(0);
  clock.pass(600 * MINUTE);
  expect(watch.look()).toBe(0);
});

test.each([
  [4_999, 0],
  [-4_999, 0],
  [5_000, 5_000],
  [-5_000, -5_000],
  [60 * MINUTE, 60 * MINUTE],
])("set by %i ms: %i, told once", (by, told) => {
  const clock = new FakeClock();
  const watch = new JumpWatch(clock);
  clock.pass(3 * SECOND);
  clock.jump(by);
  expect(watch.look()).toBe(told);
  clock.pass(3 * SECOND);
  expect(watch.look()).toBe(0);
});

test("the system's clocks go on together", () => {
  const before = [Date.now(), performance.now()] as const;
  const [now, monotonic] = [systemClock.now(), systemClock.monotonic()];
  expect(now).toBeGreaterThanOrEqual(before[0]);
  expect(monotonic).toBeGreaterThanOrEqual(before[1]);
  expect(new JumpWatch(systemClock).look()).toBe(0);
});
