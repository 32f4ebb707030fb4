import * as fc from "fast-check";
import type { Grant } from "../../../policies/scaling/grant";
import { shareCapacity, type Claim } from "../../../policies/scaling/quota";

const granted = (grants: readonly Grant[]) => grants.map((grant) => grant.granted);

/** Up to eight tenants with three priorities. Counts are small, so that ties and misfits are common. */
const claims = (slots: fc.Arbitrary<number>) =>
  fc
    .array(
      fc.record({
        wanted: fc.integer({ min: 0, max: 8 }),
        floor: fc.integer({ min: 0, max: 4 }),
        priority: fc.integer({ min: 0, max: 2 }),
        weight: fc.integer({ min: 1, max: 4 }),
        slotsPerTaskManager: slots,
        holds: fc.integer({ min: 0, max: 6 }),
      }),
      { maxLength: 8 },
    )
    .map((list) => list.map((rest, i): Claim => ({ name: `t${i}`, ...rest })));
const mixed = claims(fc.integer({ min: 1, max: 5 }));
const capacities = fc.integer({ min: 0, max: 80 });
const RUNS = { numRuns: 10_000 };

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const slotsOf = (list: readonly Claim[], counts: readonly number[]) =>
  sum(list.map((each, i) => each.slotsPerTaskManager * (counts[i] ?? 0)));
const floorOf = ({ floor, wanted }: Claim) => Math.min(floor, wanted);

function check(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}

/** Of TaskManagers above their floor, how many slots others could give up without falling to the share of one. */
function couldGive(list: readonly Claim[], counts: readonly number[], to: number): number {
  const taker = list[to]!;
  const share = ((counts[to] ?? 0) * taker.slotsPerTaskManager) / taker.weight;
  return sum(
    list.map((each, i) => {
      if (i === to || each.priority > taker.priority) return 0;
      const above = (counts[i] ?? 0) - floorOf(each);
      if (each.priority < taker.priority) return Math.max(0, above) * each.slotsPerTaskManager;
      let gives = 0;
      const left = () => (((counts[i] ?? 0) - gives - 1) * each.slotsPerTaskManager) / each.weight;
      while (gives < above && left() > share) gives++;
      return gives * each.slotsPerTaskManager;
    }),
  );
}

describe("for any tenants and capacity", () => {
  test("together they get no more than there is, and each no more than it wants", () => {
    fc.assert(
      fc.property(mixed, capacities, (list, capacity) => {
        const counts = granted(shareCapacity(list, capacity));
        check(slotsOf(list, counts) <= capacity, () => `${counts} of ${capacity}`);
        list.forEach(({ wanted }, i) => {
          check(counts[i]! >= 0 && counts[i]! <= wanted, () => `${counts}`);
        });
      }),
      RUNS,
    );
  });

  test("floors are met whenever all of them fit, else nobody is above its floor while one could be helped", () => {
    fc.assert(
      fc.property(mixed, capacities, (list, capacity) => {
        const counts = granted(shareCapacity(list, capacity));
        const floors = list.map(floorOf);
        const fit = slotsOf(list, floors) <= capacity;
        const unmet = list.filter((_, i) => counts[i]! < floors[i]!);
        if (fit) check(unmet.length === 0, () => `${counts} for ${floors}`);
        const above = sum(
          list.map((each, i) => Math.max(0, counts[i]! - floors[i]!) * each.slotsPerTaskManager),
        );
        const free = capacity - slotsOf(list, counts);
        for (const { slotsPerTaskManager } of unmet) {
          check(free + above < slotsPerTaskManager, () => `${counts} for ${floors}`);
        }
      }),
      RUNS,
    );
  });

  test("nothing is left over while somebody wants a TaskManager that fits", () => {
    fc.assert(
      fc.property(mixed, capacities, (list, capacity) => {
        const grants = shareCapacity(list, capacity);
        const free = capacity - slotsOf(list, granted(grants));
        grants.forEach(({ wanted, granted: got, cap }, i) => {
          check(got === wanted || free < list[i]!.slotsPerTaskManager, () => `${free} free`);
          check((cap === undefined) === (got === wanted), () => "cap");
          if (cap === undefined) return;
          const others = sum(cap.holders.map(({ slots }) => slots)) + cap.others.slots;
          const own = got * list[i]!.slotsPerTaskManager;
          check(own + others + cap.freeSlots === capacity, () => JSON.stringify(cap));
        });
      }),
      RUNS,
    );
  });

  test("nobody could have one more from lower priorities or from larger shares of its own", () => {
    fc.assert(
      fc.property(mixed, capacities, (list, capacity) => {
        const counts = granted(shareCapacity(list, capacity));
        const free = capacity - slotsOf(list, counts);
        list.forEach(({ wanted, slotsPerTaskManager }, i) => {
          if (counts[i] === wanted) return;
          const found = free + couldGive(list, counts, i);
          check(found < slotsPerTaskManager, () => `${counts}: ${i} could have ${found} slots`);
        });
      }),
      RUNS,
    );
  });

  test("where TaskManagers are of one size, more capacity lowers nobody's grant", () => {
    const alike = fc.integer({ min: 1, max: 5 }).chain((slots) => claims(fc.constant(slots)));
    fc.assert(
      fc.property(alike, capacities, fc.integer({ min: 1, max: 12 }), (list, capacity, more) => {
        const before = granted(shareCapacity(list, capacity));
        const after = granted(shareCapacity(list, capacity + more));
        check(
          before.every((count, i) => count <= after[i]!),
          () => `${before} -> ${after}`,
        );
      }),
      RUNS,
    );
  });

  test("the order of the tenants doesn't matter, and they are left as they were", () => {
    fc.assert(
      fc.property(mixed, capacities, fc.infiniteStream(fc.nat()), (list, capacity, keys) => {
        const order = list.map((each) => ({ each, key: keys.next().value as number }));
        const shuffled = order.sort((a, b) => a.key - b.key).map(({ each }) => each);
        const copy = JSON.stringify(list);
        const byName = (grants: Grant[]) => grants.sort((a, b) => (a.name < b.name ? -1 : 1));
        const found = byName(shareCapacity(shuffled, capacity));
        const expected = byName(shareCapacity(list, capacity));
        check(JSON.stringify(found) === JSON.stringify(expected), () => JSON.stringify(found));
        check(JSON.stringify(list) === copy, () => "changed");
      }),
      RUNS,
    );
  });

  test("what may run at once fits beside what is held, and is all of it where others hold too little to matter", () => {
    fc.assert(
      fc.property(mixed, capacities, (list, capacity) => {
        const grants = shareCapacity(list, capacity);
        const held = slotsOf(
          list,
          list.map(({ holds }) => holds),
        );
        const then = slotsOf(
          list,
          grants.map(({ atOnce }, i) => Math.max(atOnce, list[i]!.holds)),
        );
        check(then <= Math.max(capacity, held), () => `${then} slots`);
        grants.forEach(({ granted: of, atOnce }, i) => {
          const least = Math.min(of, list[i]!.holds);
          check(atOnce >= least && atOnce <= of, () => `${atOnce} of ${of}`);
        });
        if (grants.every(({ granted: of }, i) => of >= list[i]!.holds)) {
          check(
            grants.every(({ granted: of, atOnce }) => of === atOnce),
            () => "nobody shrinks",
          );
        }
      }),
      RUNS,
    );
  });
});
