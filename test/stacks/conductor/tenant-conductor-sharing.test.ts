import { CapacityBook } from "../../../stacks/conductor/capacity-book";
import { Bench, FakeClock, hold, SECOND, sizes } from "./conducted";
import { tenantOf } from "./narrated";

describe("capacity that tenants share", () => {
  /** Two tenants on so many slots, their wishes one after the other. */
  const two = (slots: number) => {
    const clock = new FakeClock();
    const capacity = new CapacityBook(slots);
    const at = (name: string) => new Bench({ tenant: tenantOf({ name }), clock, capacity });
    const [a, b] = [at("acme"), at("globex")];
    capacity.keepOnly(new Set(["acme", "globex"]));
    return { a, b, clock, capacity };
  };
  /** One round of both. */
  const round = async (a: Bench, b: Bench) => {
    await a.conductor.cycle(a.entry);
    await b.conductor.cycle(b.entry);
    for (const one of [a, b]) await one.conductor.updates.running?.work;
    a.clock.pass(5 * SECOND);
  };

  test("nobody grows before all have said what they hold", async () => {
    const { a, b } = two(4);
    b.stack.upByHand();
    await a.conductor.cycle(a.entry);
    expect(a.stack.requests).toEqual([]);
    await b.conductor.cycle(b.entry);
    await a.conductor.cycle(a.entry);
    expect(a.stack.requests).toHaveLength(1);
  });

  test("is never given twice within a round, and a cut is named, told, and undone once there is more", async () => {
    const { a, b } = two(6);
    await round(a, b);
    await round(a, b);
    a.orders = hold(2, "12:00:00");
    b.orders = hold(2, "12:00:00");
    await round(a, b);
    await round(a, b);
    expect([a.stack.decision, b.stack.decision].map((d) => d?.to.taskManagers)).toEqual([2, 1]);
    expect(b.conductor.cuts).toMatchObject([
      { kind: "clamped", what: "TaskManagers", wanted: 2, given: 1 },
    ]);
    for (let i = 0; i < 16 * 12; i++) await round(a, b);
    expect(b.sent).toEqual([{ alert: "capped", state: "firing" }]);
    expect(b.journaled("alert")[0]?.sentence).toMatch(
      /TaskManagers limited from 2 to 1 by the platform's 6 slots, of which acme holds 4/,
    );
    expect(b.conductor.cuts).toHaveLength(1);
    a.orders = { paused: false };
    for (let i = 0; i < 10; i++) await round(a, b);
    expect([a.stack.decision, b.stack.decision].map((d) => d?.to.taskManagers)).toEqual([1, 2]);
    expect(b.sent.at(-1)).toEqual({ alert: "capped", state: "resolved" });
  });

  test("what is given up is free once the update has ended, not before", async () => {
    const { a, b } = two(6);
    a.orders = hold(2, "12:00:00");
    for (let i = 0; i < 3; i++) await round(a, b);
    b.orders = hold(2, "12:00:00");
    a.orders = { paused: false };
    a.stack.hang();
    await a.conductor.cycle(a.entry);
    await b.conductor.cycle(b.entry);
    expect([sizes(a), sizes(b)]).toEqual([
      [2, 1],
      [1, 1],
    ]);
    a.stack.finish();
    await a.conductor.updates.running?.work;
    await round(a, b);
    expect(sizes(b)).toEqual([1, 1, 2]);
  });
});
