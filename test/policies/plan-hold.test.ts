import * as fc from "fast-check";
import { decisionSchema, type Decision, type Under } from "../../policies/decision";
import { decisionFor, planFor, type Observed } from "../../policies/plan";
import type { TenantInput } from "../../policies/tenant";
import { randomTenants } from "../support/random-tenant";
import { readTenant } from "../support/tenant-file";

/** One job on TaskManagers of 2 slots; 1 to 2 of them, by day 2 to 3 with parallelism 4, never more than 6. */
const block: TenantInput = {
  name: "acme",
  lead: "auto",
  taskManager: { slots: 2 },
  jobs: [{ name: "count", jar: "wordcount", entryClass: "Main", parallelism: { max: 12 } }],
  windows: [
    { name: "day", from: "08:00", to: "18:00", zone: "UTC", floor: 2, ceiling: 3, parallelism: 4 },
  ],
  otherwise: { floor: 1, ceiling: 2 },
  quota: { taskManagers: 6 },
};
const acme = readTenant(block);
const at = (time: string) => new Date(`2026-11-23T${time}:00Z`);
const until = (time: string) => at(time).toISOString();
const size = ({ to }: Decision) => [to.taskManagers, to.parallelism.count];
const decide = (time: string, observed: Observed) => decisionFor(acme, at(time), observed);

const night = decide("05:00", { hold: null });
const day = decide("09:00", { hold: null });

describe("a hold", () => {
  const hold = { taskManagers: 5, until: until("12:00") };
  const held = decide("09:30", { decision: day, hold });

  test("is floor and ceiling at once, above the window's", () => {
    expect(held).toMatchObject({ window: "day", floor: 5, ceiling: 5, under: { hold } });
    expect(size(held)).toEqual([5, 4]);
    expect(planFor(acme, at("09:30"), { decision: day, hold }).explanation).toBe(
      "TaskManagers 2 -> 5, count parallelism 4 (window day, 5 to 5 TaskManagers): held at 5 TaskManagers by hand until 2026-11-23T12:00:00.000Z.",
    );
  });

  test.each([
    [9, [6, 4], "the quota"],
    [1, [1, 2], "below the window's floor, where jobs run with less"],
  ])("of %i gives %j: %s", (taskManagers, expected) => {
    const decision = decide("09:30", { decision: day, hold: { ...hold, taskManagers } });
    expect(size(decision)).toEqual(expected);
    // What it took comes back with its end.
    const after = decide("09:40", { decision, hold: null });
    expect(size(after)).toEqual([2, 4]);
    expect(after.reasons).toEqual([{ kind: "hold-ended", taskManagers }]);
  });

  test("has a slot for each job's smallest parallelism", () => {
    const two = readTenant({
      ...{ name: "two", taskManager: { slots: 1 }, otherwise: { floor: 3, ceiling: 4 } },
      jobs: ["a", "b", "c"].map((name) => ({
        ...{ name, jar: "wordcount", entryClass: "Main", parallelism: { max: 2 } },
      })),
    });
    const decision = decisionFor(two, at("09:00"), { hold: { ...hold, taskManagers: 1 } });
    expect(decision.to).toEqual({ taskManagers: 3, parallelism: { a: 1, b: 1, c: 1 } });
  });

  test("stands for whoever plans without knowing of it, until it is over", () => {
    expect(decide("11:59", { decision: held })).toBe(held);
    const after = decide("12:00", { decision: held });
    expect(after).toMatchObject({ floor: 2, ceiling: 3, from: held.to });
    expect(after.reasons).toEqual([{ kind: "hold-ended", taskManagers: 5 }]);
    expect(after.under).toBeUndefined();
    expect(size(after)).toEqual([2, 4]);
  });

  test("of what runs anyway is a decision, too, and so is its end", () => {
    const same = decide("09:30", { decision: day, hold: { ...hold, taskManagers: 2 } });
    expect(same).not.toBe(day);
    expect([size(same), same.reasons[0]?.kind]).toEqual([size(day), "held"]);
    expect(decide("09:31", { decision: same, hold: null }).reasons).toEqual([
      { kind: "hold-ended", taskManagers: 2 },
    ]);
  });

  test("that is changed is a decision, and one that isn't none", () => {
    expect(decide("09:40", { decision: held, hold })).toBe(held);
    const longer = decide("09:40", { decision: held, hold: { ...hold, until: until("13:00") } });
    expect(longer.reasons).toEqual([{ kind: "held", taskManagers: 5, until: until("13:00") }]);
  });

  test("goes on over an edge, which is said", () => {
    const late = { taskManagers: 5, until: until("20:00") };
    const before = decide("17:00", { decision: day, hold: late });
    const over = decide("18:00", { decision: before, hold: late });
    expect(over).toMatchObject({ window: "otherwise", floor: 5, ceiling: 5 });
    expect(over.reasons).toEqual([{ kind: "window-opened", window: "otherwise", before: "day" }]);
  });
});

describe("a grant", () => {
  const grant = { taskManagers: 1, limit: "the platform's 8 slots" };
  const cut = decide("09:30", { decision: day, grant });

  test("cuts, says so, and gives back what it cut where it grows or is lifted", () => {
    expect([size(cut), cut.reasons.map(({ kind }) => kind)]).toEqual([
      [1, 2],
      ["clamped", "clamped"],
    ]);
    expect(decide("09:40", { decision: cut, grant })).toBe(cut);
    const lifted = decide("09:40", { decision: cut, grant: null });
    expect(size(lifted)).toEqual([2, 4]);
    expect(lifted.reasons).toEqual([{ kind: "regranted", before: 1 }]);
    const more = decide("09:40", { decision: cut, grant: { ...grant, taskManagers: 2 } });
    expect([size(more), more.reasons]).toEqual([[2, 4], [{ kind: "regranted", before: 1 }]]);
  });
});

describe("a lead", () => {
  const early = (leadMs: number) => decide("07:59", { decision: night, leadMs });

  test("opens a window early and is told", () => {
    expect(early(59_000)).toBe(night);
    expect(early(60_000)).toMatchObject({ window: "day", under: { leadMs: 60_000 } });
  });

  test.each([
    ["one that was measured shorter since", { leadMs: 15_000 }],
    ["none, which is 30 s", { leadMs: null }],
    ["whoever knows of none", {}],
  ])("that opened it keeps it open for %s", (_, observed) => {
    const decision = early(60_000);
    expect(decide("07:59", { decision, ...observed })).toBe(decision);
    expect(planFor(acme, at("07:59"), { decision, ...observed }).nextEdge).toBe(until("18:00"));
    expect(decide("09:00", { decision, ...observed })).toBe(decision);
    expect(decide("18:00", { decision, ...observed }).window).toBe("otherwise");
  });

  test("that grew counts at once, also for the next edge", () => {
    const decision = { ...night, under: { leadMs: 15_000 } };
    const plan = planFor(acme, at("06:00"), { decision, leadMs: 120_000 });
    expect([plan.decision, plan.nextEdge]).toEqual([decision, until("07:58")]);
    expect(decide("07:58", { decision, leadMs: 120_000 }).window).toBe("day");
  });
});

const instants = fc.date({
  ...{ min: new Date("2026-01-01T00:00:00Z"), max: new Date("2026-12-31T00:00:00Z") },
  noInvalidDate: true,
});
const orNone = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });

/** A tenant, an instant, a first decision from some time before, and what the conductor knows. */
const known = fc
  .record({
    ...{ tenant: randomTenants, before: instants, now: instants },
    hold: orNone(
      fc.record({
        taskManagers: fc.integer({ min: 1, max: 12 }),
        minutes: fc.integer({ min: -60, max: 600 }),
      }),
    ),
    room: orNone(fc.integer({ min: 0, max: 6 })),
    leadMs: orNone(fc.integer({ min: 0, max: 600_000 })),
    starts: fc.boolean(),
  })
  .map(({ tenant, before, now, hold, room, leadMs, starts }) => {
    const smallest = tenant.jobs.reduce((sum, { parallelism }) => sum + parallelism.min, 0);
    const least = Math.max(1, Math.ceil(smallest / tenant.taskManager.slots));
    const until = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
    const observed: Required<Pick<Observed, "hold" | "grant" | "leadMs">> = {
      hold: hold && { taskManagers: hold.taskManagers, until: until(hold.minutes) },
      grant: room === null ? null : { taskManagers: least + room, limit: "the platform" },
      leadMs,
    };
    const decision = starts ? {} : { decision: decisionFor(tenant, before, {}) };
    return { tenant, now, observed: { ...decision, ...observed } };
  });

const RUNS = { numRuns: 1000 };
const check = (holds: boolean, found: unknown) => {
  if (!holds) throw new Error(JSON.stringify(found, null, 1));
};

test("law 3: by hand, without hold, grant and lead, what was decided with them stands", () => {
  const seen = { hold: 0, grant: 0, leadMs: 0 };
  fc.assert(
    fc.property(known, ({ tenant, now, observed }) => {
      const { decision } = planFor(tenant, now, observed);
      for (const key of ["hold", "grant", "leadMs"] as const) {
        if (decision.under?.[key] !== undefined) seen[key] += 1;
      }
      check(planFor(tenant, now, { decision }).decision === decision, decision);
      const stored = decisionSchema.parse(JSON.parse(JSON.stringify(decision)));
      check(planFor(tenant, now, { decision: stored }).decision === stored, stored);
      // And for the conductor, which goes on to know what it knew.
      check(planFor(tenant, now, { ...observed, decision }).decision === decision, decision);
    }),
    RUNS,
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(150);
});

test("a control: without what it was taken under, a decision would not stand", () => {
  const forgets = fc.sample(known, 500).filter(({ tenant, now, observed }) => {
    const { under: _, ...decision } = planFor(tenant, now, observed).decision;
    return planFor(tenant, now, { decision }).decision !== decision;
  });
  expect(forgets.length).toBeGreaterThan(50);
});

test("once hold and grant have ended, all of it is as if they had never been", () => {
  fc.assert(
    fc.property(known, ({ tenant, now, observed }) => {
      const free: Observed = { hold: null, grant: null, leadMs: observed.leadMs };
      const { decision: before } = observed;
      const never = decisionFor(tenant, now, { ...free, ...(before && { decision: before }) });
      const limited = decisionFor(tenant, now, { ...observed, decision: never });
      const after = decisionFor(tenant, now, { ...free, decision: limited });
      const bounds = ({ floor, ceiling, to }: Decision) => JSON.stringify([floor, ceiling, to]);
      check(bounds(after) === bounds(never), { never, limited, after });
      const rest: Under = after.under ?? {};
      check(rest.hold === undefined, after);
    }),
    RUNS,
  );
});

test("held or granted, the size is within quota and grant, and every job has its slots", () => {
  fc.assert(
    fc.property(known, ({ tenant, now, observed }) => {
      const { to } = planFor(tenant, now, observed).decision;
      check(to.taskManagers <= (tenant.quota?.taskManagers ?? Infinity), to);
      check(to.taskManagers <= (observed.grant?.taskManagers ?? Infinity), { to, observed });
      const slots = Object.values(to.parallelism).reduce((sum, one) => sum + one, 0);
      check(slots <= to.taskManagers * tenant.taskManager.slots, to);
    }),
    RUNS,
  );
});
