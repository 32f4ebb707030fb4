import { explainGrant, type Grant } from "../../../policies/scaling/grant";
import {
  claimOf,
  safeTaskManagers,
  shareCapacity,
  type Claim,
} from "../../../policies/scaling/quota";
import { readTenant, tenantBlock } from "../../support/tenant-file";

const claim = (name: string, wanted: number, other: Partial<Claim> = {}): Claim => ({
  ...{ name, wanted, floor: 0, priority: 0, weight: 1, slotsPerTaskManager: 1, holds: 0 },
  ...other,
});
const granted = (grants: readonly Grant[]) => grants.map((grant) => grant.granted);

describe("examples", () => {
  test.each<[string, Claim[], number, number[]]>([
    ["enough for all", [claim("a", 3), claim("b", 4)], 7, [3, 4]],
    ["equal shares, ties by name", [claim("b", 9), claim("a", 9)], 7, [3, 4]],
    [
      "who wants less leaves it to the others",
      [claim("a", 1), claim("b", 9), claim("c", 9)],
      9,
      [1, 4, 4],
    ],
    ["by weight", [claim("a", 9), claim("b", 9, { weight: 2 })], 9, [3, 6]],
    [
      "the heavier first where there is one for two",
      [claim("a", 1), claim("b", 1, { weight: 2 })],
      1,
      [0, 1],
    ],
    [
      "floors before priority",
      [claim("a", 9, { floor: 3 }), claim("b", 9, { priority: 5 })],
      8,
      [3, 5],
    ],
    ["floors count as part of the share", [claim("a", 9, { floor: 5 }), claim("b", 9)], 8, [5, 3]],
    [
      "a floor is no more than what is wanted",
      [claim("a", 2, { floor: 6 }), claim("b", 9)],
      8,
      [2, 6],
    ],
    [
      "priority before weight",
      [claim("a", 5, { weight: 9 }), claim("b", 5, { priority: 1 })],
      7,
      [2, 5],
    ],
    [
      "floors that don't fit, by priority, then by weight",
      [
        claim("a", 9, { floor: 6 }),
        claim("b", 9, { floor: 6, weight: 2 }),
        claim("c", 9, { floor: 4, priority: 1 }),
      ],
      10,
      [2, 4, 4],
    ],
    [
      "shares are of slots, TaskManagers are whole",
      [claim("a", 9, { slotsPerTaskManager: 4 }), claim("b", 9)],
      11,
      [1, 7],
    ],
    ["nothing at all", [claim("a", 1), claim("b", 0)], 0, [0, 0]],
    ["no tenant", [], 5, []],
  ])("%s", (_, claims, capacity, expected) => {
    expect(granted(shareCapacity(claims, capacity))).toEqual(expected);
  });

  test("without a capacity everybody gets what is wanted", () => {
    const grants = shareCapacity([claim("a", 1000), claim("b", 7, { holds: 9 })]);
    expect(grants).toEqual([
      { name: "a", wanted: 1000, granted: 1000, atOnce: 1000 },
      { name: "b", wanted: 7, granted: 7, atOnce: 7 },
    ]);
  });

  test("what is granted may be run once others have given up what they hold", () => {
    const claims = [claim("a", 6), claim("b", 9, { holds: 8 }), claim("c", 2, { priority: 1 })];
    const grants = shareCapacity(claims, 10);
    expect(grants.map(({ granted: of, atOnce }) => [of, atOnce])).toEqual([
      [4, 0],
      [4, 4],
      [2, 2],
    ]);
  });

  test("more capacity may lower a grant where TaskManagers differ in size", () => {
    const claims = [claim("a", 9, { slotsPerTaskManager: 4 }), claim("b", 9)];
    expect(granted(shareCapacity(claims, 3))).toEqual([0, 3]);
    expect(granted(shareCapacity(claims, 4))).toEqual([1, 0]);
  });

  test("a tenant's claim takes priority, weight and slots from its file", () => {
    const tenant = readTenant({ ...tenantBlock("dev-acme"), share: { priority: 3, weight: 2 } });
    expect(claimOf(tenant, { floor: 1, wanted: 4, holds: 2 })).toEqual({
      ...{ name: "acme", floor: 1, wanted: 4, holds: 2 },
      ...{ priority: 3, weight: 2, slotsPerTaskManager: 2 },
    });
  });

  test.each([
    [1, 0, 4, 1],
    [1, 4, 4, 1],
    [1, 5, 4, 2],
    [3, 5, 4, 3],
    [0, 0, 4, 0],
  ])("wanting %d with %d slots in use of %d each, %d may stay", (wanted, used, slots, expected) => {
    expect(safeTaskManagers(wanted, used, slots)).toBe(expected);
  });
});

describe("a cap", () => {
  const claims = [
    claim("a", 9, { floor: 1, slotsPerTaskManager: 4 }),
    claim("b", 3, { priority: 2, slotsPerTaskManager: 4 }),
    claim("c", 6, { floor: 6 }),
    claim("d", 9, { slotsPerTaskManager: 4, weight: 2 }),
    claim("e", 9, { priority: -1 }),
  ];
  const grants = shareCapacity(claims, 37);

  test("tells who has the rest and why, with numbers", () => {
    expect(granted(grants)).toEqual([1, 3, 6, 3, 3]);
    expect(grants[0]?.cap).toEqual({
      capacitySlots: 37,
      freeSlots: 0,
      holders: [
        { name: "b", slots: 12, because: "priority" },
        { name: "d", slots: 12, because: "share" },
        { name: "c", slots: 6, because: "floor" },
      ],
      others: { tenants: 1, slots: 3 },
    });
    expect(grants[3]?.cap?.holders.map(({ name }) => name)).toEqual(["b", "c", "a"]);
    expect(grants[4]?.cap?.holders[1]).toEqual({ name: "d", slots: 12, because: "priority" });
    expect(grants[1]).not.toHaveProperty("cap");
  });

  test("is told in a sentence", () => {
    expect(grants.slice(0, 2).map(explainGrant)).toEqual([
      "a gets 1 of 9 TaskManagers, limited by the platform's 37 slots, of which b holds 12 (higher priority), d 12 (fair share), c 6 (guaranteed floor), 1 more tenant 3, and 0 are free.",
      "b gets all 3 TaskManagers.",
    ]);
  });

  test("tells a rest that was too small, and how many may run at once", () => {
    const [big, small] = shareCapacity(
      [claim("a", 3, { priority: 1, slotsPerTaskManager: 4 }), claim("b", 9, { holds: 4 })],
      10,
    );
    expect([big, small].map((grant) => grant && explainGrant(grant))).toEqual([
      "a gets 2 of 3 TaskManagers, 1 of them until others have given up theirs, limited by the platform's 10 slots, of which b holds 2 (too few for another's TaskManager), and 0 are free.",
      "b gets 2 of 9 TaskManagers, limited by the platform's 10 slots, of which a holds 8 (higher priority), and 0 are free.",
    ]);
  });
});
