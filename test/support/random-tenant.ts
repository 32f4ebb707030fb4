import * as fc from "fast-check";
import { printDate } from "../../policies/dates";
import { parseTenant } from "../../policies/parse-tenant";
import type { Tenant } from "../../policies/tenant";
import { printTimeOfDay } from "../../policies/units";

const quarter = fc.integer({ min: 0, max: 95 }).map((n) => printTimeOfDay(n * 15));

const job = fc.record({
  min: fc.integer({ min: 1, max: 3 }),
  room: fc.integer({ min: 0, max: 8 }),
  wanted: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 4, maxLength: 4 }),
});
const span = fc.record({
  from: quarter,
  to: quarter,
  zone: fc.constantFrom("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York"),
  days: fc.subarray(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], { minLength: 1 }),
  floor: fc.integer({ min: 1, max: 4 }),
  room: fc.integer({ min: 0, max: 3 }),
});

const exception = fc.record({
  days: fc.integer({ min: 0, max: 300 }).map((first) => {
    const date = (day: number) => printDate(Date.UTC(2026, 0, 1) / 86_400_000 + day);
    return [date(first), { from: date(first + 7), to: date(first + 60) }];
  }),
  floor: fc.integer({ min: 1, max: 9 }),
  gives: fc.subarray(["floor", "ceiling", "closed"] as const, { minLength: 1 }),
});

/** Tenants that pass every check: up to three windows of different rank, an exception or none, up to three jobs. */
export const randomTenants: fc.Arbitrary<Tenant> = fc
  .record({
    slots: fc.integer({ min: 1, max: 4 }),
    jobs: fc.array(job, { minLength: 0, maxLength: 3 }),
    spans: fc.array(span, { minLength: 1, maxLength: 4 }),
    events: fc.array(exception, { maxLength: 1 }),
  })
  .map(({ slots, jobs, spans, events }) => {
    const bounds = spans.map((given, i) => {
      const wanted = jobs.map((j) => j.min + Math.min(j.room, j.wanted[i] ?? 0));
      const needed = Math.ceil(wanted.reduce((a, b) => a + b, 0) / slots);
      return {
        floor: given.floor,
        ceiling: Math.max(given.floor, needed) + given.room,
        parallelism: Object.fromEntries(wanted.map((p, k) => [`job-${k}`, p])),
      };
    });
    const windows = spans.slice(1).map(({ from, to, zone, days }, i) => ({
      name: `w${i}`,
      rank: i,
      ...{ from, to: to === from ? "24:00" : to, zone, days },
      ...bounds[i + 1],
    }));
    const exceptions = events.map(({ days, floor, gives }) => {
      const ceiling = Math.max(floor, ...bounds.map((given) => given.ceiling));
      const all = { floor, ceiling, closed: true };
      return {
        name: "event",
        dates: days,
        ...Object.fromEntries(gives.map((key) => [key, all[key]])),
      };
    });
    return parseTenant({
      name: "random",
      taskManager: { slots },
      jobs: jobs.map(({ min, room }, i) => ({
        name: `job-${i}`,
        jar: "wordcount",
        entryClass: "Main",
        parallelism: { min, max: min + room },
      })),
      windows,
      exceptions,
      otherwise: bounds[0],
    });
  })
  .map((parsed) => {
    if (parsed.ok) return parsed.tenant;
    throw new Error(JSON.stringify(parsed.problems));
  });
