import type { Decision } from "../../policies/decision";
import { decisionFor, planFor, type Observed } from "../../policies/plan";
import type { Advice } from "../../policies/scaling/advice";
import type { TenantInput } from "../../policies/tenant";
import { readTenant } from "../support/tenant-file";

const job = (name: string, min: number, max: number) => ({
  ...{ name, jar: "wordcount", entryClass: "Main", parallelism: { min, max } },
});
const rushWindow = {
  name: "rush",
  from: "09:00",
  to: "12:00",
  floor: 2,
  ceiling: 6,
  parallelism: 3,
};
/** Two jobs on TaskManagers of 4 slots, 1 to 6 of them; from 9 to 12 o'clock UTC at least 2. */
const block: TenantInput = {
  name: "shop",
  lead: "0s",
  jobs: [job("orders", 2, 20), job("clicks", 1, 9)],
  windows: [rushWindow],
  otherwise: { floor: 1, ceiling: 6 },
};
const shop = readTenant(block);
const at = (time: string) => new Date(`2026-11-23T${time}:00Z`);
const NIGHT = at("03:00");

const less = (name: string, slots: number): Advice => ({
  parallelism: slots,
  direction: "down",
  reasons: [
    {
      ...{ kind: "less-load", job: name, slots, windowSeconds: 180 },
      ...{ ratePerSecond: 100, capacityPerSecond: 9000 },
    },
  ],
});
const more = (name: string, parallelism: number): Advice => ({
  parallelism,
  direction: "up",
  reasons: [
    {
      ...{ kind: "rates", job: name, producedPerSecond: 3000 },
      ...{ consumedPerSecond: 1000, backlogRecords: 20_000 },
    },
  ],
});
const MORE = "3,000 records/s arrive for orders and 1,000 are processed; 20,000 wait";

/** The decision at night, with something else that runs. */
const running = (taskManagers: number, orders: number, clicks: number): Decision => ({
  ...decisionFor(shop, NIGHT, {}),
  to: { taskManagers, parallelism: { orders, clicks } },
});
const then = (observed: Observed, now = NIGHT) => planFor(shop, now, observed);
const size = ({ taskManagers, jobs }: ReturnType<typeof then>) => [
  taskManagers,
  ...jobs.map(({ parallelism }) => parallelism),
];

describe("advice", () => {
  const decision = running(1, 2, 1);

  test("is followed, in whole TaskManagers, and what is left of these is used", () => {
    const plan = then({ decision, advice: { orders: more("orders", 6) } });
    expect(plan.explanation).toBe(
      `TaskManagers 1 -> 2, orders parallelism 2 -> 7, clicks parallelism 1 (outside the windows, 1 to 6 TaskManagers): ${MORE}.`,
    );
    expect(plan.decision.from).toEqual(decision.to);
  });

  test("of two jobs adds up, and the larger has the slots that are left", () => {
    const advice = { orders: more("orders", 3), clicks: more("clicks", 6) };
    expect(size(then({ decision, advice }))).toEqual([3, 3, 9]);
  });

  test("fills no further than a job's bounds and what its key groups use", () => {
    const clicks = { clicks: more("clicks", 8) };
    expect(size(then({ decision: running(1, 2, 1), advice: clicks }))).toEqual([3, 2, 9]);
    const few = readTenant({
      ...block,
      taskManager: { slots: 50 },
      jobs: [{ ...job("orders", 2, 200), maxParallelism: 200 }],
      windows: [],
    });
    const advice = { orders: more("orders", 60) };
    const plan = planFor(few, NIGHT, { advice });
    // 200 groups on 100 slots are 2 on each; on 67 to 99 slots some have 3.
    expect(plan.jobs).toEqual([{ name: "orders", parallelism: 100 }]);
    const tight = {
      ...few,
      jobs: few.jobs.map((j) => ({ ...j, parallelism: { min: 2, max: 99 } })),
    };
    expect(planFor(tight, NIGHT, { advice }).jobs).toEqual([{ name: "orders", parallelism: 67 }]);
  });

  test("to go down gives TaskManagers back, and the rest of the last one is used", () => {
    const plan = then({ decision: running(4, 12, 4), advice: { orders: less("orders", 5) } });
    expect(plan.explanation).toBe(
      "TaskManagers 4 -> 3, orders parallelism 12 -> 8, clicks parallelism 4 (outside the windows, 1 to 6 TaskManagers): orders needed at most 5 slots in the last 180 s: 100 records/s arrive, and it could process 9,000.",
    );
  });

  test("to go down never ends as more, where the TaskManagers are there anyway", () => {
    const floor = readTenant({ ...block, windows: [], otherwise: { floor: 5, ceiling: 6 } });
    const first = decisionFor(floor, NIGHT, {});
    const decision = {
      ...first,
      to: { taskManagers: 5, parallelism: { orders: 8, clicks: 4 } },
    };
    const plan = planFor(floor, NIGHT, { decision, advice: { orders: less("orders", 3) } });
    expect(size(plan)).toEqual([5, 8, 4]);
    expect(plan.decision).toBe(decision);
  });

  test("below the configuration is not followed", () => {
    const morning = planFor(shop, at("10:00"), {}).decision;
    const plan = then({ decision: morning, advice: { orders: less("orders", 2) } }, at("10:00"));
    expect(size(plan)).toEqual([2, 3, 3]);
    expect(plan.decision).toBe(morning);
  });

  test("above the ceiling is cut, and the decision says so", () => {
    const plan = then({ decision, advice: { orders: more("orders", 20) } });
    expect(size(plan)).toEqual([6, 20, 1]);
    const both = { orders: more("orders", 20), clicks: more("clicks", 9) };
    const cut = then({ decision: running(3, 8, 4), advice: both });
    expect(size(cut)).toEqual([6, 20, 4]);
    expect(cut.decision.reasons.slice(2)).toEqual([
      {
        ...{ kind: "clamped", what: "parallelism of clicks", wanted: 9, given: 4 },
        limit: "the window's ceiling",
      },
    ]);
  });

  test("gets no slots that a job without advice runs with", () => {
    const plan = then({ decision: running(5, 8, 9), advice: { orders: more("orders", 20) } });
    expect(plan.explanation).toBe(
      `TaskManagers 5 -> 6, orders parallelism 8 -> 15, clicks parallelism 9 (outside the windows, 1 to 6 TaskManagers): ${MORE}; parallelism of orders limited from 20 to 15 by the window's ceiling.`,
    );
  });

  test("of nothing changes nothing", () => {
    const scaled = running(3, 8, 2);
    for (const advice of [{}, { orders: undefined }]) {
      expect(decisionFor(shop, NIGHT, { decision: scaled, advice })).toBe(scaled);
    }
  });
});

describe("over an edge", () => {
  const advice = { orders: more("orders", 9) };
  const raised = then({ decision: running(1, 2, 1), advice }).decision;

  test("what the load raised stays, what the clock set goes", () => {
    expect(raised.to).toEqual({ taskManagers: 3, parallelism: { orders: 11, clicks: 1 } });
    const rush = then({ decision: raised }, at("09:00"));
    expect(rush.explanation).toBe(
      "TaskManagers 3 -> 4, orders parallelism 11, clicks parallelism 1 -> 3 (window rush, 2 to 6 TaskManagers): window rush opened.",
    );
    const after = then({ decision: rush.decision }, at("12:00"));
    expect(size(after)).toEqual([3, 11, 1]);
    expect(after.decision.reasons).toEqual([
      { kind: "window-opened", window: "otherwise", before: "rush" },
    ]);
  });

  test("advice that comes with it is followed, and both are said", () => {
    const down = { orders: less("orders", 4) };
    const { decision } = then({ decision: raised, advice: down }, at("09:00"));
    expect(decision.to).toEqual({ taskManagers: 2, parallelism: { orders: 5, clicks: 3 } });
    expect(decision.reasons.map(({ kind }) => kind)).toEqual(["window-opened", "less-load"]);
  });

  test("what the load raised gives way to what is configured for another job", () => {
    const wide = { ...raised, to: { taskManagers: 6, parallelism: { orders: 20, clicks: 1 } } };
    const crowded = readTenant({ ...block, windows: [{ ...rushWindow, ceiling: 5 }] });
    const plan = planFor(crowded, at("09:00"), { decision: wide });
    expect(size(plan)).toEqual([5, 17, 3]);
    expect(plan.explanation).toBe(
      "TaskManagers 6 -> 5, orders parallelism 20 -> 17, clicks parallelism 1 -> 3 (window rush, 2 to 5 TaskManagers): window rush opened; parallelism of orders limited from 20 to 17 by the window's ceiling.",
    );
  });

  test("a parallelism that the window gave is not taken for the load's", () => {
    const rush = then({}, at("09:00")).decision;
    expect(size(then({ decision: rush }, at("12:00")))).toEqual([1, 2, 1]);
  });
});

describe("slots", () => {
  const decision = running(2, 5, 3);

  test.each([
    ["all are known to the plan", { total: 8, available: 0 }, [2, 5, 3]],
    ["more jobs are being stopped than are known", { total: 8, available: 2 }, [2, 5, 3]],
    ["others hold some, and enough are free", { total: 12, available: 3 }, [3, 5, 3]],
    ["others hold some, and under 20 % are free", { total: 12, available: 2 }, [4, 5, 3]],
    ["20 % are just enough", { total: 20, available: 4 }, [4, 5, 3]],
    ["none are there", { total: 0, available: 0 }, [2, 5, 3]],
  ])("%s", (_, slots, expected) => {
    const plan = then({ decision, slots });
    expect(size(plan)).toEqual(expected);
    expect(planFor(shop, NIGHT, { decision: plan.decision, slots }).decision).toBe(plan.decision);
  });

  test("the decision says what it does for slots of others", () => {
    expect(then({ decision, slots: { total: 12, available: 3 } }).explanation).toBe(
      "TaskManagers 2 -> 3, orders parallelism 5, clicks parallelism 3 (outside the windows, 1 to 6 TaskManagers): jobs that are not in the plan hold 1 slot.",
    );
    expect(then({ decision, slots: { total: 12, available: 2 } }).explanation).toBe(
      "TaskManagers 2 -> 4, orders parallelism 5, clicks parallelism 3 (outside the windows, 1 to 6 TaskManagers): jobs that are not in the plan hold 2 slots; only 2 of 12 slots are free.",
    );
  });

  test("a job does not grow into slots of others", () => {
    const slots = { total: 16, available: 4 };
    const plan = then({ decision, slots, advice: { orders: more("orders", 20) } });
    // 24 slots at most, of which others hold 4 and clicks 3.
    expect(size(plan)).toEqual([6, 17, 3]);
  });

  test("before the first decision they say nothing", () => {
    expect(size(then({ slots: { total: 8, available: 0 } }))).toEqual([1, 2, 1]);
  });
});

describe("a grant", () => {
  const grant = (taskManagers: number) => ({ taskManagers, limit: "the platform's 12 slots" });
  const decision = running(2, 5, 3);

  test("limits what is advised, and says what it comes from", () => {
    const plan = then({ decision, grant: grant(3), advice: { orders: more("orders", 16) } });
    expect(plan.explanation).toBe(
      `TaskManagers 2 -> 3, orders parallelism 5 -> 9, clicks parallelism 3 (outside the windows, 1 to 6 TaskManagers): ${MORE}; parallelism of orders limited from 16 to 9 by the platform's 12 slots.`,
    );
  });

  test("that falls takes back what runs", () => {
    const plan = then({ decision, grant: grant(1) });
    expect(size(plan)).toEqual([1, 3, 1]);
    expect(plan.explanation).toBe(
      "TaskManagers 2 -> 1, orders parallelism 5 -> 3, clicks parallelism 3 -> 1 (outside the windows, 1 to 6 TaskManagers): parallelism of orders limited from 5 to 3 by the platform's 12 slots; parallelism of clicks limited from 3 to 1 by the platform's 12 slots; TaskManagers limited from 2 to 1 by the platform's 12 slots.",
    );
  });

  test("may be below the window's floor", () => {
    const rush = then({ grant: grant(1) }, at("09:00"));
    expect(size(rush)).toEqual([1, 3, 1]);
    expect(rush.floor).toBe(2);
    // A plan that knows nothing of the grant does not undo it.
    expect(then({ decision: rush.decision }, at("09:00")).decision).toBe(rush.decision);
    const freed = then({ decision: rush.decision, grant: null }, at("09:00"));
    expect(size(freed)).toEqual([2, 3, 3]);
    expect(freed.explanation).toBe(
      "TaskManagers 1 -> 2, orders parallelism 3, clicks parallelism 1 -> 3 (window rush, 2 to 6 TaskManagers): more than 1 TaskManager can be had again of what tenants share.",
    );
  });

  test("of the ceiling or more limits nothing", () => {
    for (const more of [6, 100]) {
      expect(decisionFor(shop, NIGHT, { decision, grant: grant(more) })).toBe(decision);
    }
  });
});
