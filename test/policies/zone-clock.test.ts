import * as fc from "fast-check";
import { zoneClock } from "../../policies/zone-clock";
import { ZONES } from "../support/random-schedule";

const zones = fc.constantFrom(...ZONES, "Asia/Beirut", "Asia/Kathmandu", "Pacific/Kiritimati");
const instants = fc.integer({
  min: Date.parse("2020-01-01T00:00Z"),
  max: Date.parse("2032-01-01T00:00Z"),
});

/** The wall time as Intl prints it, to the second. */
function printed(zone: string, instant: number): string {
  const style = { dateStyle: "short", timeStyle: "medium" } as const;
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, ...style }).format(instant);
}

const iso = (wallMs: number) => new Date(wallMs).toISOString().slice(0, 19).replace("T", " ");

test("the wall clock is the one that Intl prints", () => {
  fc.assert(
    fc.property(zones, instants, (zone, instant) => {
      expect(iso(zoneClock(zone).wallAt(instant))).toBe(printed(zone, instant));
    }),
    { numRuns: 2_000 },
  );
});

test("a wall time's instant is the first at which the clock shows it or a later one", () => {
  fc.assert(
    fc.property(zones, instants, (zone, second) => {
      const wall = Math.floor(second / 60_000) * 60_000;
      const clock = zoneClock(zone);
      const instant = clock.instantOf(wall);
      expect(clock.wallAt(instant)).toBeGreaterThanOrEqual(wall);
      for (const before of [1, 60_000, 1_800_000, 3_600_000, 7_200_000]) {
        expect(clock.wallAt(instant - before)).toBeLessThan(wall);
      }
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ["Europe/Berlin", "2026-03-29T01:00:00Z", 1, 2],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z", 10.5, 11],
  ["Africa/Cairo", "2026-10-29T21:00:00Z", 3, 2],
  ["Asia/Kathmandu", "2026-10-29T21:00:00Z", 5.75, 5.75],
])("%s at %s: from %d h to %d h, to the millisecond", (zone, instant, before, after) => {
  const ms = Date.parse(instant);
  const clock = zoneClock(zone);
  expect([clock.offsetAt(ms - 1) / 3_600_000, clock.offsetAt(ms) / 3_600_000]).toEqual([
    before,
    after,
  ]);
});

test("more days than are kept give the same answers", () => {
  const clock = zoneClock("America/New_York");
  const first = Date.parse("2001-01-15T12:00Z");
  const offsets = (day: number) => clock.offsetAt(first + day * 86_400_000) / 3_600_000;
  for (let day = 0; day < 5000; day++) offsets(day);
  expect([offsets(0), offsets(180), offsets(4999)]).toEqual([-5, -4, -4]);
});
