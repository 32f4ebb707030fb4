import * as fc from "fast-check";
import { Backlog } from "../../../policies/simulator/backlog";
import { NaiveQueue } from "../../support/naive-queue";
import { traceOf } from "../../support/traces";

/** A backlog to which each second's records have come up to and including `second`. */
function after(second: number, rates: readonly number[]): Backlog {
  const backlog = new Backlog(traceOf(rates));
  for (let s = 0; s <= second; s++) backlog.waiting += backlog.arrivedIn(s);
  return backlog;
}

describe("the age of the oldest record", () => {
  it("is 0 where nothing waits", () => {
    const backlog = after(0, [100]);
    expect(backlog.process(200, 0)).toBe(100);
    expect([backlog.waiting, backlog.lagSeconds(0)]).toEqual([0, 0]);
  });

  it("counts from when it came, within its second", () => {
    const backlog = after(0, [100, 100]);
    expect(backlog.process(25, 0)).toBe(25);
    expect(backlog.lagSeconds(0)).toBe(0.75);
  });

  it("passes over seconds in which nothing came", () => {
    const backlog = after(4, [0, 10, 0, 0, 40]);
    expect(backlog.lagSeconds(4)).toBe(4);
    expect(backlog.process(10, 4)).toBe(10);
    expect(backlog.lagSeconds(4)).toBe(1);
    expect(backlog.process(30, 4)).toBe(30);
    expect(backlog.lagSeconds(4)).toBe(0.25);
  });

  it("begins anew after seconds without any record", () => {
    const backlog = after(0, [10, 0, 0, 0, 10, 0]);
    backlog.process(10, 0);
    for (let s = 1; s <= 3; s++) expect(backlog.lagSeconds(s)).toBe(0);
    backlog.waiting += backlog.arrivedIn(4);
    expect(backlog.lagSeconds(4)).toBe(1);
    expect(backlog.lagSeconds(5)).toBe(2);
  });
});

describe("a rewind", () => {
  it("goes back to the checkpoint: its records wait again, as old as they are", () => {
    const backlog = after(2, [100, 100, 100]);
    backlog.process(150, 2);
    backlog.save();
    backlog.process(125, 2);
    expect([backlog.waiting, backlog.lagSeconds(2)]).toEqual([25, 0.25]);
    expect(backlog.rewind()).toBe(125);
    expect([backlog.waiting, backlog.lagSeconds(2)]).toEqual([150, 1.5]);
    expect(backlog.rewind()).toBe(0);
    expect(backlog.process(1_000, 2)).toBe(150);
  });

  it("goes back to the first record where there was no checkpoint", () => {
    const backlog = after(1, [100, 60]);
    backlog.process(160, 1);
    expect(backlog.lagSeconds(1)).toBe(0);
    expect(backlog.rewind()).toBe(160);
    expect(backlog.lagSeconds(1)).toBe(2);
  });
});

interface Step {
  arrives: number;
  capacity: number;
  then: "checkpoint" | "rewind" | "nothing";
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    arrives: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
    capacity: fc.integer({ min: 0, max: 50 }),
    then: fc.constantFrom("checkpoint", "rewind", "nothing", "nothing", "nothing"),
  }),
  { minLength: 1, maxLength: 60 },
);

/** Counts and ages after each step, of the backlog and of a queue of single records. */
function both(all: readonly Step[]): [backlog: number[], queue: number[]] {
  const backlog = new Backlog(traceOf(all.map(({ arrives }) => arrives)));
  const queue = new NaiveQueue();
  const [seen, expected]: [number[], number[]] = [[], []];
  all.forEach(({ arrives, capacity, then }, second) => {
    queue.arrive(arrives, second);
    backlog.waiting += backlog.arrivedIn(second);
    seen.push(backlog.process(capacity, second));
    expected.push(queue.process(capacity));
    if (then === "checkpoint") {
      backlog.save();
      queue.save();
    }
    if (then === "rewind") {
      seen.push(backlog.rewind());
      expected.push(queue.rewind());
    }
    seen.push(backlog.waiting, backlog.lagSeconds(second));
    expected.push(queue.waiting, queue.lagSeconds(second));
  });
  return [seen, expected];
}

test("it is a queue: record by record the same counts and ages", () => {
  const cases = fc.property(steps, (all) => {
    const [seen, expected] = both(all);
    return seen.every((value, i) => Math.abs(value - (expected[i] ?? NaN)) < 1e-9);
  });
  fc.assert(cases, { numRuns: 10_000 });
});
