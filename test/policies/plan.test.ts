import * as fc from "fast-check";
import { decisionSchema, type Decision } from "../../policies/decision";
import { planFor, taskManagersFor, windowAt } from "../../policies/plan";
import type { Tenant, TenantInput } from "../../policies/tenant";
import { randomTenants } from "../support/random-tenant";
import { leadFor } from "../../policies/window-at";
import { readTenant, tenantBlock } from "../support/tenant-file";

const onTime = (tenant: Tenant): Tenant => ({ ...tenant, lead: 0 });
const acme = onTime(readTenant(tenantBlock("dev-acme")));
const globex = onTime(readTenant(tenantBlock("dev-globex")));

function summary(tenant: Tenant, instant: string, decision?: Decision) {
  const plan = planFor(tenant, new Date(instant), decision === undefined ? {} : { decision });
  const { window, floor, ceiling, taskManagers, slots } = plan;
  return { plan, row: [window, floor, ceiling, taskManagers, slots, plan.jobs[0]?.parallelism] };
}

test.each([
  ["2026-11-23T07:59:59+08:00", ["otherwise", 1, 2, 1, 2, 2], "2026-11-23T00:00:00.000Z"],
  ["2026-11-23T08:00:00+08:00", ["morning", 2, 3, 2, 4, 4], "2026-11-23T03:30:00.000Z"],
  ["2026-11-23T11:29:59+08:00", ["morning", 2, 3, 2, 4, 4], "2026-11-23T03:30:00.000Z"],
  ["2026-11-23T11:30:00+08:00", ["midday", 3, 4, 3, 6, 6], "2026-11-23T06:00:00.000Z"],
  ["2026-11-23T14:00:00+08:00", ["otherwise", 1, 2, 1, 2, 2], "2026-11-24T00:00:00.000Z"],
  ["2026-11-27T20:00:00+08:00", ["otherwise", 1, 2, 1, 2, 2], "2026-11-30T00:00:00.000Z"],
  ["2026-11-28T09:00:00+08:00", ["otherwise", 1, 2, 1, 2, 2], "2026-11-30T00:00:00.000Z"],
])("acme at %s", (instant, expected, nextEdge) => {
  const { plan, row } = summary(acme, instant);
  expect(row).toEqual(expected);
  expect(plan.nextEdge).toBe(nextEdge);
});

test.each([
  ["2026-11-23T17:59:59+01:00", ["otherwise", 2, 3, 2, 4, 2], "2026-11-23T17:00:00.000Z"],
  ["2026-11-23T18:00:00+01:00", ["evening", 2, 3, 2, 4, 4], "2026-11-23T22:00:00.000Z"],
  ["2026-11-23T23:00:00+01:00", ["otherwise", 2, 3, 2, 4, 2], "2026-11-24T17:00:00.000Z"],
  ["2026-07-23T17:00:00+02:00", ["otherwise", 2, 3, 2, 4, 2], "2026-07-23T16:00:00.000Z"],
  ["2026-07-23T18:00:00+02:00", ["evening", 2, 3, 2, 4, 4], "2026-07-23T21:00:00.000Z"],
])("globex at %s", (instant, expected, nextEdge) => {
  const { plan, row } = summary(globex, instant);
  expect(row).toEqual(expected);
  expect(plan.nextEdge).toBe(nextEdge);
});

test("acme's day, told by its decisions", () => {
  const day = ["06:00", "09:00", "09:01", "12:00", "13:59", "15:00", "23:00"];
  const told: string[] = [];
  let decision: Decision | undefined;
  for (const time of day) {
    const { plan } = summary(acme, `2026-11-23T${time}:00+08:00`, decision);
    told.push(`${time} ${plan.decision === decision ? "as before" : plan.explanation}`);
    decision = plan.decision;
  }
  expect(told).toEqual([
    "06:00 TaskManagers 1, wordcount parallelism 2 (outside the windows, 1 to 2 TaskManagers): nothing ran before.",
    "09:00 TaskManagers 1 -> 2, wordcount parallelism 2 -> 4 (window morning, 2 to 3 TaskManagers): window morning opened.",
    "09:01 as before",
    "12:00 TaskManagers 2 -> 3, wordcount parallelism 4 -> 6 (window midday, 3 to 4 TaskManagers): window midday opened after morning.",
    "13:59 as before",
    "15:00 TaskManagers 3 -> 1, wordcount parallelism 6 -> 2 (outside the windows, 1 to 2 TaskManagers): window midday closed.",
    "23:00 as before",
  ]);
});

describe("a decision that stands", () => {
  const nine = new Date("2026-11-23T09:00:00+08:00");
  const first = planFor(acme, nine, {}).decision;
  const scaled: Decision = { ...first, to: { taskManagers: 3, parallelism: { wordcount: 5 } } };
  const changed = (change: (block: TenantInput) => void) => {
    const block = structuredClone(tenantBlock("dev-acme"));
    change(block);
    return readTenant(block);
  };
  const morning = (block: TenantInput) =>
    block.windows?.[0] as NonNullable<TenantInput["windows"]>[0];

  test("is kept within the window's bounds", () => {
    expect(planFor(acme, nine, { decision: scaled }).decision).toBe(scaled);
  });

  test("is clamped by the job's bounds, and says so", () => {
    const tenant = changed((block) =>
      Object.assign(block.jobs?.[0] ?? {}, { parallelism: { max: 6 } }),
    );
    const decision = { ...first, to: { taskManagers: 3, parallelism: { wordcount: 7 } } };
    const plan = planFor(tenant, nine, { decision });
    expect(plan.decision.to).toEqual({ taskManagers: 3, parallelism: { wordcount: 6 } });
    expect(plan.decision.reasons).toEqual([
      {
        kind: "clamped",
        what: "parallelism of wordcount",
        wanted: 7,
        given: 6,
        limit: "the job's bounds",
      },
    ]);
    expect(plan.explanation).toBe(
      "TaskManagers 3, wordcount parallelism 7 -> 6 (window morning, 2 to 3 TaskManagers): parallelism of wordcount limited from 7 to 6 by the job's bounds.",
    );
  });

  test("is clamped by a lower ceiling", () => {
    const tenant = changed((block) => (morning(block).ceiling = 2));
    const plan = planFor(tenant, nine, { decision: scaled });
    expect(plan.explanation).toBe(
      "TaskManagers 3 -> 2, wordcount parallelism 5 -> 4 (window morning, 2 to 2 TaskManagers): the configuration of window morning changed; parallelism of wordcount limited from 5 to 4 by the window's ceiling; TaskManagers limited from 3 to 2 by the window's bounds.",
    );
  });

  test("is written anew with a reason when only the ceiling rises", () => {
    const tenant = changed((block) => (morning(block).ceiling = 4));
    const plan = planFor(tenant, nine, { decision: scaled });
    expect(plan.decision.to).toEqual(scaled.to);
    expect(plan.explanation).toBe(
      "TaskManagers 3, wordcount parallelism 5 (window morning, 2 to 4 TaskManagers): the configuration of window morning changed.",
    );
  });

  test("gives way to a changed configuration of its window", () => {
    const tenant = changed((block) => (morning(block).parallelism = 6));
    const { decision } = planFor(tenant, nine, { decision: scaled });
    expect(decision.from).toEqual(scaled.to);
    expect(decision.to).toEqual({ taskManagers: 3, parallelism: { wordcount: 6 } });
    expect(decision.reasons).toEqual([{ kind: "config-changed", window: "morning" }]);
  });

  test("is untouched by a change of another window", () => {
    const tenant = changed((block) => Object.assign(block.windows?.[1] ?? {}, { parallelism: 7 }));
    expect(planFor(tenant, nine, { decision: scaled }).decision).toBe(scaled);
  });

  test("leaves later jobs their smallest parallelism when a ceiling falls", () => {
    const [a, b] = ["a", "b"].map((name) => ({
      ...{ name, jar: "wordcount", entryClass: "Main" },
      parallelism: name === "a" ? { min: 1, max: 8 } : { min: 3, max: 4 },
    }));
    const block = (ceiling: number) => ({
      ...{ name: "two", taskManager: { slots: 2 }, jobs: [a, b] },
      otherwise: { floor: 1, ceiling },
    });
    const was = planFor(readTenant(block(6)), nine, {}).decision;
    const decision = { ...was, to: { taskManagers: 6, parallelism: { a: 8, b: 4 } } };
    const plan = planFor(readTenant(block(3)), nine, { decision });
    expect(plan.decision.to).toEqual({ taskManagers: 3, parallelism: { a: 3, b: 3 } });
  });
});

test("capacity is there before its window opens, and stays until its end", () => {
  const early = { ...acme, lead: 90_000 };
  const at = (time: string) => planFor(early, new Date(`2026-11-23T${time}+08:00`), {});
  expect(at("07:58:29")).toMatchObject({ taskManagers: 1, nextEdge: "2026-11-22T23:58:30.000Z" });
  expect(at("07:58:30")).toMatchObject({ window: "morning", taskManagers: 2 });
  expect(at("08:00:00")).toMatchObject({ window: "morning", taskManagers: 2 });
  expect(at("13:59:59")).toMatchObject({ window: "midday", taskManagers: 3 });
  const measured = planFor({ ...acme, lead: "auto" }, new Date("2026-11-23T07:59:20+08:00"), {
    leadMs: 45_000,
  });
  expect(measured.taskManagers).toBe(2);
});

describe("windows of different rank", () => {
  const bounds = { floor: 1, ceiling: 2 };
  const tenant = readTenant({
    name: "ranked",
    lead: "0s",
    windows: [
      { name: "day", from: "06:00", to: "20:00", ...bounds },
      { name: "sale", from: "09:00", to: "12:00", rank: 5, ...bounds, floor: 2 },
      { name: "hidden", from: "10:00", to: "11:00", rank: 1, ...bounds },
    ],
    otherwise: bounds,
  });
  const at = (time: string) => new Date(`2026-11-23T${time}:00Z`);

  test.each([
    ["05:59", "otherwise", "06:00"],
    ["08:00", "day", "09:00"],
    ["09:30", "sale", "12:00"],
    ["12:00", "day", "20:00"],
  ])("at %s %s is in force until %s; a hidden window's edges are no edges", (time, name, until) => {
    expect(windowAt(tenant, at(time)).name).toBe(name);
    expect(planFor(tenant, at(time), {}).nextEdge).toBe(at(until).toISOString());
  });
});

test("without windows there is no next edge, without jobs the floor runs", () => {
  const plan = planFor(
    readTenant({ name: "bare", otherwise: { floor: 2, ceiling: 3 } }),
    new Date(0),
    {},
  );
  expect(plan).toMatchObject({ window: "otherwise", taskManagers: 2, slots: 8, jobs: [] });
  expect(plan).not.toHaveProperty("nextEdge");
});

test.each([
  [8, 1, 8],
  [8, 3, 3],
  [9, 3, 3],
  [1, 64, 1],
])("%d slots on TaskManagers of %d need %d", (needed, each, taskManagers) => {
  expect(taskManagersFor(needed, each)).toBe(taskManagers);
});

const instants = fc
  .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) })
  .map((ms) => new Date(ms));

test("every plan keeps the window's bounds, the jobs' bounds, and a slot for each subtask", () => {
  fc.assert(
    fc.property(randomTenants, instants, instants, (tenant, before, now) => {
      const { decision } = planFor(tenant, before, {});
      for (const observed of [{}, { decision }]) {
        const plan = planFor(tenant, now, observed);
        expect(plan.taskManagers).toBeGreaterThanOrEqual(plan.floor);
        expect(plan.taskManagers).toBeLessThanOrEqual(plan.ceiling);
        expect(plan.slots).toBe(plan.taskManagers * tenant.taskManager.slots);
        expect(plan.jobs.reduce((sum, job) => sum + job.parallelism, 0)).toBeLessThanOrEqual(
          plan.slots,
        );
        for (const [i, { parallelism }] of tenant.jobs.entries()) {
          expect(plan.jobs[i]?.parallelism).toBeGreaterThanOrEqual(parallelism.min);
          expect(plan.jobs[i]?.parallelism).toBeLessThanOrEqual(parallelism.max);
        }
      }
    }),
  );
});

test("a decision of any size is brought within the bounds, and then stands", () => {
  const sizes = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(randomTenants, instants, sizes, sizes, (tenant, now, taskManagers, wide) => {
      const first = planFor(tenant, now, {}).decision;
      const parallelism = Object.fromEntries(tenant.jobs.map((job) => [job.name, wide]));
      const plan = planFor(tenant, now, {
        decision: { ...first, to: { taskManagers, parallelism } },
      });
      expect(plan.taskManagers).toBeGreaterThanOrEqual(plan.floor);
      expect(plan.taskManagers).toBeLessThanOrEqual(plan.ceiling);
      expect(plan.jobs.reduce((sum, job) => sum + job.parallelism, 0)).toBeLessThanOrEqual(
        plan.slots,
      );
      expect(plan.decision.reasons.length).toBeGreaterThan(0);
      expect(planFor(tenant, now, { decision: plan.decision }).decision).toBe(plan.decision);
    }),
  );
});

test("law 3: planned again until the next edge, with its own decision as stored, nothing changes", () => {
  fc.assert(
    fc.property(
      randomTenants,
      instants,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (tenant, now, part) => {
        const plan = planFor(tenant, now, {});
        const stored = decisionSchema.parse(JSON.parse(JSON.stringify(plan.decision)));
        const until = Date.parse(
          plan.nextEdge ?? new Date(now.getTime() + 86_400_000).toISOString(),
        );
        const later = new Date(now.getTime() + Math.floor((until - 1 - now.getTime()) * part));
        expect(planFor(tenant, later, { decision: stored })).toEqual(plan);
      },
    ),
  );
});

test("the window in force changes at the next edge, not before", () => {
  fc.assert(
    fc.property(randomTenants, instants, (tenant, now) => {
      const { window, nextEdge } = planFor(tenant, now, {});
      fc.pre(nextEdge !== undefined);
      const edge = Date.parse(nextEdge ?? "");
      expect(windowAt(tenant, new Date(edge - 1), leadFor(tenant)).name).toBe(window);
      expect(windowAt(tenant, new Date(edge), leadFor(tenant)).name).not.toBe(window);
    }),
  );
});

test("the same input gives the same plan, and is left as it was", () => {
  fc.assert(
    fc.property(randomTenants, instants, (tenant, now) => {
      const copy = structuredClone(tenant);
      expect(planFor(copy, new Date(now), {})).toEqual(planFor(tenant, now, {}));
      expect(copy).toEqual(tenant);
    }),
  );
});
