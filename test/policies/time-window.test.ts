import * as fc from "fast-check";
import { DAYS, isOpen, isZone, openings, overlaps, type Span } from "../../policies/time-window";
import { edgesAfter } from "../support/span-edges";

const at = (hour: number, minute = 0) => hour * 60 + minute;
const ms = (instant: string) => Date.parse(instant);
const span = (from: number, to: number, zone = "UTC", days: Span["days"] = DAYS): Span => ({
  from,
  to,
  zone,
  days,
});

/** The same, on one date. */
function on(window: Span, date: string): Span {
  const day = ms(date) / 86_400_000;
  return { ...window, dates: [{ from: day, to: day }] };
}

/** The openings that begin on the local day of an instant, as ISO texts. */
function openingsOn(day: string, window: Span): string[] {
  return openings(window, ms(day), 0, 0).map(({ fromMs, toMs }) => `${iso(fromMs)} ${iso(toMs)}`);
}

function iso(instant: number): string {
  return new Date(instant).toISOString().replace(":00.000Z", "Z");
}

describe("ordinary days", () => {
  const morning = span(at(8), at(11, 30), "Asia/Shanghai", ["mon", "tue", "wed", "thu", "fri"]);

  test.each([
    ["2026-11-22T23:59:59.999Z", false],
    ["2026-11-23T00:00:00.000Z", true],
    ["2026-11-23T03:29:59.999Z", true],
    ["2026-11-23T03:30:00.000Z", false],
    ["2026-11-21T01:00:00.000Z", false],
  ])("at %s the Shanghai weekday morning is open: %s", (instant, open) => {
    expect(isOpen(morning, ms(instant))).toBe(open);
  });

  test("the next edges are its opening and its closing, over the weekend too", () => {
    const edges = edgesAfter([morning], ms("2026-11-20T02:00:00Z"));
    expect(edges.slice(0, 3).map(iso)).toEqual([
      "2026-11-20T03:30Z",
      "2026-11-23T00:00Z",
      "2026-11-23T03:30Z",
    ]);
  });

  test("an edge is no edge of its own instant", () => {
    expect(iso(edgesAfter([morning], ms("2026-11-23T00:00:00Z"))[0] ?? NaN)).toBe(
      "2026-11-23T03:30Z",
    );
  });

  test("windows that touch give one edge", () => {
    const edges = edgesAfter([span(at(8), at(12)), span(at(12), at(14))], ms("2026-11-23T09:00Z"));
    expect(edges.slice(0, 2).map(iso)).toEqual(["2026-11-23T12:00Z", "2026-11-23T14:00Z"]);
  });
});

describe("over midnight", () => {
  const friday = span(at(22), at(6), "UTC", ["fri"]);

  test.each([
    ["2026-11-27T21:59Z", false],
    ["2026-11-27T22:00Z", true],
    ["2026-11-28T05:59Z", true],
    ["2026-11-28T06:00Z", false],
    ["2026-11-28T22:00Z", false],
    ["2026-11-27T05:00Z", false],
  ])("Friday's night at %s: %s", (instant, open) => {
    expect(isOpen(friday, ms(instant))).toBe(open);
  });

  test("24:00 ends the day, and a whole day every day never closes", () => {
    expect(openingsOn("2026-11-23T12:00Z", span(at(20), at(24)))).toEqual([
      "2026-11-23T20:00Z 2026-11-24T00:00Z",
    ]);
    const always = span(0, at(24));
    expect(isOpen(always, ms("2026-11-23T00:00Z"))).toBe(true);
    expect(isOpen(always, ms("2026-11-23T00:00Z") - 1)).toBe(true);
    expect(edgesAfter([always], ms("2026-11-23T09:00Z"))).toEqual([]);
  });
});

describe.each([
  { zone: "Europe/Berlin", skip: "2026-03-29", jump: "01:00", repeat: "2026-10-25", standard: 1 },
  {
    zone: "America/New_York",
    skip: "2026-03-08",
    jump: "07:00",
    repeat: "2026-11-01",
    standard: -5,
  },
])("clock changes in $zone", ({ zone, skip, jump, repeat, standard }) => {
  const local = (day: string, wall: string, offsetHours: number) =>
    iso(ms(`${day}T${wall}Z`) - offsetHours * 3_600_000);
  // Berlin skips 02:00-03:00 and repeats 02:00-03:00; New York skips the same and repeats 01:00-02:00.
  const repeated = standard === 1 ? 2 : 1;
  const noon = (day: string) => `${day}T12:00Z`;
  const moment = `${skip}T${jump}Z`;

  test.each([
    [
      "opens within the skipped hour",
      at(2, 30),
      at(5),
      [`${moment} ${local(skip, "05:00", standard + 1)}`],
    ],
    ["closes within it", at(1), at(2, 30), [`${local(skip, "01:00", standard)} ${moment}`]],
    ["lies wholly within it", at(2, 15), at(2, 45), []],
    [
      "opens within it, closes soon after",
      at(2, 30),
      at(3, 15),
      [`${moment} ${local(skip, "03:15", standard + 1)}`],
    ],
    [
      "spans it, an hour shorter",
      at(1),
      at(4),
      [`${local(skip, "01:00", standard)} ${local(skip, "04:00", standard + 1)}`],
    ],
  ])("a window that %s", (_, from, to, expected) => {
    expect(openingsOn(noon(skip), span(from, to, zone))).toEqual(expected);
  });

  test("a window that opens or closes in the repeated hour takes the first of the two", () => {
    const half = `0${repeated}:30`;
    expect(openingsOn(noon(repeat), span(at(repeated, 30), at(6), zone))).toEqual([
      `${local(repeat, half, standard + 1)} ${local(repeat, "06:00", standard)}`,
    ]);
    expect(openingsOn(noon(repeat), span(at(0, 30), at(repeated, 30), zone))).toEqual([
      `${local(repeat, "00:30", standard + 1)} ${local(repeat, half, standard + 1)}`,
    ]);
  });

  test("over midnight into a clock change", () => {
    const dayBefore = (day: string) => iso(ms(`${day}T00:00Z`) - 86_400_000).slice(0, 10);
    const night = span(at(22), at(6), zone);
    for (const [day, before, after] of [
      [skip, standard, standard + 1],
      [repeat, standard + 1, standard],
    ] as const) {
      expect(openingsOn(noon(dayBefore(day)), night)).toEqual([
        `${local(dayBefore(day), "22:00", before)} ${local(day, "06:00", after)}`,
      ]);
    }
  });

  test("the edges of the skipped night are exact", () => {
    const edges = edgesAfter([span(at(2, 30), at(5), zone)], ms(`${skip}T00:30Z`));
    expect(edges.slice(0, 2).map(iso)).toEqual([moment, local(skip, "05:00", standard + 1)]);
  });

  test("back-to-back windows do not overlap in the skipped night", () => {
    expect(overlaps(span(at(1), at(2, 30), zone), span(at(3), at(5), zone))).toBe(false);
  });
});

describe("overlap", () => {
  test.each([
    ["touching", span(at(8), at(12)), span(at(12), at(14)), false],
    ["one inside the other", span(at(8), at(14)), span(at(9), at(10)), true],
    ["the same", span(at(8), at(9)), span(at(8), at(9)), true],
    ["other days", span(at(8), at(9), "UTC", ["mon"]), span(at(8), at(9), "UTC", ["tue"]), false],
    [
      "Sunday's night and Monday's morning",
      span(at(22), at(6), "UTC", ["sun"]),
      span(at(5), at(7), "UTC", ["mon"]),
      true,
    ],
    [
      "the same wall clock far apart",
      span(at(8), at(10), "Asia/Shanghai"),
      span(at(8), at(10), "Europe/Berlin"),
      false,
    ],
    [
      "the same instant in two zones",
      span(at(16), at(17), "Asia/Shanghai"),
      span(at(9), at(10), "Europe/Berlin"),
      true,
    ],
    [
      "only while New York has summer time and Berlin has not",
      span(at(14, 30), at(15), "Europe/Berlin"),
      span(at(9, 30), at(10), "America/New_York"),
      true,
    ],
    [
      "other dates",
      on(span(at(8), at(9)), "2031-05-01"),
      on(span(at(8), at(9)), "2031-05-02"),
      false,
    ],
    [
      "a date's night and every morning",
      on(span(at(22), at(6)), "2031-05-01"),
      span(at(5), at(7)),
      true,
    ],
    [
      "a date and another day of the week",
      on(span(at(8), at(9)), "2031-05-01"),
      span(at(8), at(9), "UTC", ["fri"]),
      false,
    ],
    [
      "the same date, but its ends in two zones",
      on(span(at(0), at(24), "Pacific/Kiritimati"), "2031-05-01"),
      on(span(at(20), at(24), "America/New_York"), "2031-04-30"),
      true,
    ],
  ])("%s", (_, a, b, expected) => {
    expect(overlaps(a, b)).toBe(expected);
    expect(overlaps(b, a)).toBe(expected);
  });
});

test.each([
  ["Asia/Shanghai", true],
  ["UTC", true],
  ["Mars/Olympus", false],
  ["", false],
])("zone %j is known: %s", (zone, known) => {
  expect(isZone(zone)).toBe(known);
});

const zones = fc.constantFrom(
  "UTC",
  "Asia/Shanghai",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Pacific/Kiritimati",
  "Asia/Kathmandu",
);
const spans = fc
  .record({
    days: fc.subarray([...DAYS], { minLength: 1 }),
    from: fc.integer({ min: 0, max: 1439 }),
    to: fc.integer({ min: 0, max: 1440 }),
    zone: zones,
  })
  .filter(({ from, to }) => from !== to);
const instants = fc.integer({ min: ms("2026-01-01T00:00Z"), max: ms("2027-12-31T00:00Z") });

test("open means within one of its openings", () => {
  fc.assert(
    fc.property(spans, instants, (window, now) => {
      const inside = openings(window, now, -3, 3).filter((o) => o.fromMs <= now && now < o.toMs);
      expect(isOpen(window, now)).toBe(inside.length === 1);
    }),
  );
});

test("a window opens or closes at each of its edges, and nowhere between", () => {
  fc.assert(
    fc.property(
      spans,
      instants,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (window, now, part) => {
        let last = now;
        for (const edge of edgesAfter([window], now).slice(0, 4)) {
          const before = isOpen(window, last);
          expect(isOpen(window, last + Math.floor((edge - 1 - last) * part))).toBe(before);
          expect(isOpen(window, edge - 1)).toBe(before);
          expect(isOpen(window, edge)).toBe(!before);
          last = edge;
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("on the wall clock, a window is open exactly from its beginning to its end", () => {
  fc.assert(
    fc.property(spans, instants, (window, now) => {
      const wall = new Intl.DateTimeFormat("en-GB", {
        timeZone: window.zone,
        hour: "2-digit",
        minute: "2-digit",
        weekday: "short",
        hourCycle: "h23",
      }).formatToParts(now);
      const part = (type: string) => wall.find((p) => p.type === type)?.value ?? "";
      const minutes = Number(part("hour")) * 60 + Number(part("minute"));
      const today = DAYS.findIndex((day) => day === part("weekday").toLowerCase());
      const opens = (day: number) => window.days.includes(DAYS[(day + 7) % 7] ?? "mon");
      const expected =
        window.from < window.to
          ? opens(today) && minutes >= window.from && minutes < window.to
          : (opens(today) && minutes >= window.from) || (opens(today - 1) && minutes < window.to);
      // The second pass of a repeated hour shows the wall clock of the first; there the instant decides.
      fc.pre(!nearClockChange(now, window.zone));
      expect(isOpen(window, now)).toBe(expected);
    }),
  );
});

function nearClockChange(now: number, zone: string): boolean {
  const name = (instant: number) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" })
      .formatToParts(instant)
      .find((p) => p.type === "timeZoneName")?.value;
  return name(now - 3 * 3_600_000) !== name(now + 3 * 3_600_000);
}
