import * as fc from "fast-check";
import { printDate } from "../../policies/dates";
import { tenantSchema, type Tenant } from "../../policies/tenant";
import { DAYS } from "../../policies/time-window";
import { printTimeOfDay } from "../../policies/units";

export const ZONES = [
  "UTC",
  "Asia/Shanghai",
  "Europe/Berlin",
  "America/New_York",
  "America/Havana",
  "Africa/Cairo",
  "Australia/Lord_Howe",
] as const;

/** UTC days in the midst of which some of these zones set their clocks. */
export const NIGHTS = ["2026-03-08", "2026-03-29", "2026-04-24", "2026-10-04", "2026-10-30"];

/** Mostly around midnight and the hours in which clocks are set. */
const minutes = fc.oneof(
  fc.integer({ min: 0, max: 240 }),
  fc.integer({ min: 1320, max: 1439 }),
  fc.integer({ min: 0, max: 1439 }),
);
const size = fc.integer({ min: 1, max: 6 });
const jobs = ["a", "b"];
const parallelism = fc.option(
  fc.oneof(size, fc.dictionary(fc.constantFrom(...jobs), size, { maxKeys: 2 })),
  { nil: undefined },
);

/** Dates within four days of a day, and not too many of them. */
const datesAround = (day: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: -4, max: 3 }), fc.integer({ min: 0, max: 2 })), {
      minLength: 1,
      maxLength: 2,
    })
    .map((ranges) =>
      ranges.map(([first, more]) => ({
        from: printDate(day + first),
        to: printDate(day + first + more),
      })),
    );

const span = fc
  .record({ from: minutes, to: minutes, zone: fc.constantFrom(...ZONES) })
  .map(({ from, to, zone }) => ({
    from: printTimeOfDay(from),
    to: from === to ? "24:00" : printTimeOfDay(to),
    zone,
  }));

const low = fc.integer({ min: 1, max: 4 });
const bounds = fc
  .record({ floor: low, room: low, parallelism })
  .map(({ floor, room, ...rest }) => ({ floor, ceiling: floor + room, ...rest }));

/**
 * Tenants with up to four windows and up to three exceptions on dates around a day, in many zones. No two windows and
 * no two exceptions have the same rank, but a window and an exception may.
 */
export function tenantsAround(day: number): fc.Arbitrary<Tenant> {
  const window = fc.record({
    span,
    bounds,
    days: fc.subarray([...DAYS], { minLength: 1 }),
    dates: fc.option(datesAround(day), { nil: undefined, freq: 2 }),
  });
  const exception = fc.record({
    span: fc.oneof(span, fc.constant({ zone: "Asia/Shanghai" })),
    bounds,
    dates: datesAround(day),
    closed: fc.boolean(),
    keep: fc.subarray(["floor", "ceiling", "parallelism"] as const),
    skip: fc.subarray(["w0", "w1"]),
  });
  const ranks = (max: number) => fc.shuffledSubarray([0, 1, 2, 3, 4, 1000], { maxLength: max });
  return fc
    .record({
      otherwise: bounds,
      windows: fc.tuple(ranks(4), fc.array(window, { minLength: 4, maxLength: 4 })),
      exceptions: fc.tuple(ranks(3), fc.array(exception, { minLength: 3, maxLength: 3 })),
    })
    .map(({ otherwise, windows, exceptions }) =>
      tenantSchema.parse({
        name: "random",
        jobs: jobs.map((name) => ({ name, jar: "j", entryClass: "M", parallelism: { max: 9 } })),
        windows: windows[0].map((rank, i) => {
          const { span: times, bounds: given, ...rest } = windows[1][i]!;
          return { name: `w${i}`, rank, ...times, ...given, ...rest };
        }),
        exceptions: exceptions[0].map((rank, i) => {
          const { span: times, bounds: given, keep, ...rest } = exceptions[1][i]!;
          const some = Object.fromEntries(keep.map((key) => [key, given[key]]));
          return { name: `e${i}`, rank, ...times, ...some, ...rest };
        }),
        otherwise,
      }),
    );
}
