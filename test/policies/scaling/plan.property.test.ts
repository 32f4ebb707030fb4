import * as fc from "fast-check";
import { decisionSchema, type Decision } from "../../../policies/decision";
import { decisionFor, planFor, type Observed, type Plan } from "../../../policies/plan";
import type { Advice } from "../../../policies/scaling/advice";
import { tenantSchema, type Tenant } from "../../../policies/tenant";
import { randomTenants } from "../../support/random-tenant";
import { runsOf } from "../../support/runs";

const RUNS = { numRuns: runsOf(10_000) };
const YEAR = { min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) };
const instants = fc.integer(YEAR).map((ms) => new Date(ms));
/** For each of up to three jobs; more than any tenant has. */
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 3 });
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

/** Throws with what was found where it is not as it has to be: `expect` takes long. */
function check(holds: boolean, found: unknown): void {
  if (!holds) throw new Error(JSON.stringify(found, null, 1));
}
const byJob = <T>(tenant: Tenant, value: (i: number) => T): Record<string, T> =>
  Object.fromEntries(tenant.jobs.map(({ name }, i) => [name, value(i)]));
const sum = (parallelism: Record<string, number>) =>
  Object.values(parallelism).reduce((all, one) => all + one, 0);

function adviceFor(job: string, parallelism: number, now: number): Advice {
  const direction = parallelism >= now ? "up" : "down";
  const rates = { producedPerSecond: 2, consumedPerSecond: 1, backlogRecords: 20 };
  return { parallelism, direction, reasons: [{ kind: "rates", job, ...rates }] };
}

/** A tenant, what was decided for it some time before, and what is observed now. */
const cases = fc
  .record({
    ...{ tenant: randomTenants, before: instants, now: instants, ran: sizes, wanted: sizes },
    ranTaskManagers: fc.integer({ min: 1, max: 40 }),
    advised: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    slots: maybe(
      fc.record({ total: fc.nat(60), free: fc.double({ min: 0, max: 1, noNaN: true }) }),
    ),
    room: maybe(fc.integer({ min: -3, max: 12 })),
    keeps: fc.constantFrom("as decided", "anything", "nothing"),
  })
  .map(({ tenant, before, now, ran, wanted, advised, slots, room, ...rest }) => {
    const first = decisionFor(tenant, before, {});
    const to = {
      taskManagers: rest.ranTaskManagers,
      parallelism: byJob(tenant, (i) => ran[i] ?? 1),
    };
    const decision = rest.keeps === "anything" ? { ...first, to } : first;
    const advice = Object.fromEntries(
      tenant.jobs.flatMap(({ name }, i) =>
        advised[i]
          ? [[name, adviceFor(name, wanted[i] ?? 1, decision.to.parallelism[name] ?? 1)]]
          : [],
      ),
    );
    const observed: Observed = { advice };
    if (rest.keeps !== "nothing") observed.decision = decision;
    if (slots !== undefined) {
      observed.slots = { total: slots.total, available: Math.floor(slots.total * slots.free) };
    }
    const least = Math.ceil(
      tenant.jobs.reduce((all, { parallelism }) => all + parallelism.min, 0) /
        tenant.taskManager.slots,
    );
    if (room !== undefined) {
      observed.grant = { taskManagers: Math.max(least, 1, least + room), limit: "the platform" };
    }
    return { tenant, now, observed };
  });

function checkBounds(tenant: Tenant, plan: Plan, observed: Observed): void {
  const { taskManagers, floor, ceiling, jobs, decision } = plan;
  const most = Math.min(ceiling, observed.grant?.taskManagers ?? Infinity);
  const found = { plan, observed };
  check(taskManagers >= Math.min(floor, most) && taskManagers <= most, found);
  check(taskManagers <= (tenant.quota?.taskManagers ?? Infinity), found);
  check(plan.slots === taskManagers * tenant.taskManager.slots, found);
  check(sum(decision.to.parallelism) <= plan.slots, found);
  for (const [i, { parallelism: bounds, maxParallelism }] of tenant.jobs.entries()) {
    const { parallelism = 0 } = jobs[i] ?? {};
    check(parallelism >= bounds.min && parallelism <= bounds.max, found);
    check(parallelism <= maxParallelism, found);
  }
}

test("whatever ran and is advised, granted and measured: within bounds, quota and grant, a slot for each subtask", () => {
  fc.assert(
    fc.property(cases, ({ tenant, now, observed }) => {
      const plan = planFor(tenant, now, observed);
      checkBounds(tenant, plan, observed);
      check(plan.decision.reasons.length > 0 || plan.decision === observed.decision, plan);
    }),
    RUNS,
  );
});

test("the same is decided again, and what was observed is left as it was", () => {
  fc.assert(
    fc.property(cases, ({ tenant, now, observed }) => {
      const text = JSON.stringify(observed);
      const once = JSON.stringify(decisionFor(tenant, now, observed));
      const again = JSON.stringify(decisionFor({ ...tenant }, new Date(now), JSON.parse(text)));
      check(once === again && JSON.stringify(observed) === text, { once, again });
    }),
    RUNS,
  );
});

test("law 3: a decision stands as stored, with no further advice", () => {
  fc.assert(
    fc.property(cases, ({ tenant, now, observed }) => {
      const { advice: _, slots: __, ...rest } = observed;
      const made = decisionFor(tenant, now, observed);
      const decision = decisionSchema.parse(JSON.parse(JSON.stringify(made)));
      const again = decisionFor(tenant, now, { ...rest, decision });
      check(again === decision, { made, again });
    }),
    RUNS,
  );
});

test("what the load raised is kept over an edge as far as the bounds allow, never undone by the clock", () => {
  let kept = 0;
  fc.assert(
    fc.property(randomTenants, instants, sizes, (tenant, before, wanted) => {
      const first = decisionFor(tenant, before, {});
      const advice = byJob(tenant, (i) =>
        adviceFor(
          tenant.jobs[i]?.name ?? "",
          (first.to.parallelism[`job-${i}`] ?? 0) + (wanted[i] ?? 0),
          1,
        ),
      );
      const raised = decisionFor(tenant, before, { decision: first, advice });
      const { nextEdge } = planFor(tenant, before, { decision: raised });
      if (nextEdge === undefined) return;
      const plan = planFor(tenant, new Date(nextEdge), { decision: raised });
      checkBounds(tenant, plan, {});
      const cut = plan.decision.reasons.some(({ kind }) => kind === "clamped");
      for (const { name } of tenant.jobs) {
        const [then, now] = [
          raised.to.parallelism[name] ?? 0,
          plan.decision.to.parallelism[name] ?? 0,
        ];
        const byLoad = then > (first.configured.parallelism[name] ?? 0);
        if (byLoad && !cut) kept += 1;
        check(!byLoad || cut || now >= then, { raised, plan });
      }
    }),
    RUNS,
  );
  expect(kept).toBeGreaterThan(runsOf(1000));
});

/** One to three jobs of many key groups, on TaskManagers of up to 16 slots, with much or little room for more. */
const wide = fc
  .record({
    jobs: fc.array(
      fc.record({
        groups: fc.integer({ min: 129, max: 1024 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        ran: fc.integer({ min: 1, max: 300 }),
        wanted: fc.integer({ min: 1, max: 300 }),
        advised: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    slots: fc.integer({ min: 1, max: 16 }),
    floor: fc.integer({ min: 1, max: 40 }),
    more: fc.integer({ min: 0, max: 10 }),
    room: fc.constantFrom(0, 1, 5, 1000),
  })
  .map(({ jobs, slots, floor, more, room }) => {
    const base = tenantSchema.parse({ name: "wide", otherwise: { floor: 1, ceiling: 1 } });
    const specs = jobs.map(({ groups, share }, i) => {
      const max = Math.max(1, Math.round(share * groups));
      return {
        ...{ name: `job-${i}`, jar: "j", entryClass: "M", args: [], sourceParallelism: 1 },
        ...{ parallelism: { min: 1, max }, maxParallelism: groups, allowedLag: 10_000 },
      };
    });
    const size = (pick: "ran" | "wanted") =>
      Object.fromEntries(
        jobs.map((job, i) => [`job-${i}`, Math.min(job[pick], specs[i]?.parallelism.max ?? 1)]),
      );
    const [ran, wanted] = [size("ran"), size("wanted")];
    const taskManagers = Math.max(floor, Math.ceil(sum(ran) / slots)) + more;
    const tenant: Tenant = {
      ...base,
      ...{ jobs: specs, taskManager: { ...base.taskManager, slots } },
      otherwise: { floor, ceiling: taskManagers + room },
    };
    const first = decisionFor(tenant, new Date(0), {});
    const decision: Decision = { ...first, to: { taskManagers, parallelism: ran } };
    const advised = specs.flatMap(({ name }, i) => (jobs[i]?.advised ? [name] : []));
    const advice = Object.fromEntries(
      advised.map((name) => [name, adviceFor(name, wanted[name] ?? 1, ran[name] ?? 1)]),
    );
    return { tenant, decision, advice };
  });

test("neither alignment nor free slots reverse a direction, and what has no advice stays", () => {
  fc.assert(
    fc.property(wide, ({ tenant, decision, advice }) => {
      const { to } = decisionFor(tenant, new Date(0), { decision, advice });
      const demand = tenant.jobs.map(
        ({ name }) => advice[name]?.parallelism ?? decision.to.parallelism[name] ?? 0,
      );
      const cut =
        demand.reduce((all, one) => all + one, 0) >
        tenant.otherwise.ceiling * tenant.taskManager.slots;
      for (const { name } of tenant.jobs) {
        const [was, is] = [decision.to.parallelism[name] ?? 0, to.parallelism[name] ?? 0];
        const asked = advice[name];
        const found = { name, was, is, asked, decision, to };
        if (asked === undefined) check(is === was, found);
        else if (asked.direction === "up")
          check(is >= was && (cut || is >= asked.parallelism), found);
        else check(is <= was && is >= asked.parallelism, found);
      }
      check(sum(to.parallelism) <= to.taskManagers * tenant.taskManager.slots, to);
    }),
    RUNS,
  );
});
