import * as fc from "fast-check";
import type { Tenant } from "../../policies/tenant";
import { wantedParallelism } from "../../policies/tenant-parts";
import { nextEdge, windowAt } from "../../policies/window-at";
import { NaiveClocks, naiveWindowAt } from "../support/naive-windows";
import { NIGHTS, tenantsAround, ZONES } from "../support/random-schedule";
import { runsOf } from "../support/runs";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** Each with four instants: 10,000 cases. */
const RUNS = { numRuns: runsOf(2_500) };

const nights = NIGHTS.map((night) => {
  const noon = Date.parse(`${night}T00:00:00Z`);
  return { day: noon / DAY, clocks: new NaiveClocks(noon - 8 * DAY, noon + 8 * DAY, ZONES) };
});
/** A tenant, and instants to the minute within two days of a night in which clocks are set. */
const cases = fc.constantFrom(...nights).chain(({ day, clocks }) => {
  const instant = fc.integer({ min: -2880, max: 2880 }).map((m) => day * DAY + m * MINUTE);
  return fc.record({
    clocks: fc.constant(clocks),
    tenant: tenantsAround(day),
    instants: fc.array(instant, { minLength: 4, maxLength: 4 }),
  });
});
const leads = fc.integer({ min: 1, max: 40 }).map((m) => m * 6 * MINUTE);

/** A copy of which nothing is remembered yet. */
const fresh = (tenant: Tenant): Tenant => ({ ...tenant });

function wanted(tenant: Tenant, instant: number, leadMs = 0) {
  const { name, bounds } = windowAt(tenant, instant, leadMs);
  const { floor, ceiling } = bounds;
  return {
    name,
    floor,
    ceiling,
    parallelism: tenant.jobs.map((job) => wantedParallelism(bounds, job)),
  };
}

/** As `expect`, which takes long, says it. */
function same(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found).toEqual(expected);
}

test("what is in force agrees with the slow way, minute by minute around clock changes", () => {
  fc.assert(
    fc.property(cases, ({ clocks, tenant, instants }) => {
      for (const instant of instants) {
        const expected = naiveWindowAt(clocks, tenant, instant);
        same(wanted(tenant, instant), expected);
        same(wanted(tenant, instant + MINUTE - 1), expected);
      }
    }),
    RUNS,
  );
});

test("what is remembered never changes an answer, in any order; equal names mean equal bounds", () => {
  fc.assert(
    fc.property(cases, leads, ({ tenant, instants }, lead) => {
      const seen = new Map<string, unknown>();
      instants.forEach((instant, i) => {
        const leadMs = [lead, 0, lead / 2, lead][i] ?? 0;
        const found = wanted(tenant, instant, leadMs);
        same(found, wanted(fresh(tenant), instant, leadMs));
        same(seen.get(found.name) ?? found, found);
        seen.set(found.name, found);
        const edge = nextEdge(fresh(tenant), instant, leadMs);
        same(nextEdge(tenant, instant, leadMs), edge);
        same(nextEdge(tenant, instant + MINUTE / 2, leadMs), edge);
        same(wanted(tenant, instant, lead / 3), wanted(fresh(tenant), instant, lead / 3));
      });
      for (const instant of instants) {
        same(nextEdge(tenant, instant, lead), nextEdge(fresh(tenant), instant, lead));
      }
    }),
    RUNS,
  );
});

test("the next edge is the first instant at which something else is in force", () => {
  fc.assert(
    fc.property(cases, leads, ({ tenant, instants }, lead) => {
      instants.forEach((instant, i) => {
        const leadMs = i % 2 === 0 ? lead : 0;
        const { name } = windowAt(tenant, instant, leadMs);
        const edge = nextEdge(tenant, instant, leadMs);
        const end = Math.min(edge ?? Infinity, instant + 2 * DAY);
        for (let at = instant; at < end; at += MINUTE) {
          if (windowAt(tenant, at, leadMs).name !== name) throw new Error(`changed at ${at}`);
        }
        if (edge === undefined) return;
        same(windowAt(tenant, edge - 1, leadMs).name, name);
        expect(windowAt(tenant, edge, leadMs).name).not.toBe(name);
      });
    }),
    RUNS,
  );
});

test("with a lead, floor and parallelism are the highest of what is and what comes within it", () => {
  fc.assert(
    fc.property(cases, leads, ({ tenant, instants }, leadMs) => {
      for (const instant of instants) {
        const now = wanted(tenant, instant);
        const early = wanted(tenant, instant, leadMs);
        const coming = [now];
        for (let at = instant; at <= instant + leadMs; at += MINUTE) {
          if (windowAt(tenant, at).name !== coming.at(-1)?.name) coming.push(wanted(tenant, at));
        }
        const highest = {
          floor: Math.max(...coming.map(({ floor }) => floor)),
          parallelism: tenant.jobs.map((_, i) =>
            Math.max(...coming.map(({ parallelism }) => parallelism[i] ?? 0)),
          ),
        };
        same({ floor: early.floor, parallelism: early.parallelism }, highest);
        if (early.ceiling < now.ceiling) throw new Error(`ceiling ${early.ceiling}`);
        const { floor, parallelism } = now;
        const raises = JSON.stringify({ floor, parallelism }) !== JSON.stringify(highest);
        if (!raises) same(early, now);
      }
    }),
    RUNS,
  );
});
