import type { Tenant, TenantInput } from "../../policies/tenant";
import { wantedParallelism } from "../../policies/tenant-parts";
import { leadFor, nextEdge, windowAt } from "../../policies/window-at";
import { readTenant } from "../support/tenant-file";

const zone = "Asia/Shanghai";
const job = { name: "count", jar: "j", entryClass: "M", parallelism: { max: 64 } };
const block: TenantInput = {
  name: "acme",
  taskManager: { slots: 4 },
  jobs: [job, { ...job, name: "join" }],
  windows: [
    { name: "morning", from: "08:00", to: "11:30", zone, floor: 2, ceiling: 3, parallelism: 4 },
    { name: "midday", from: "11:30", to: "14:00", zone, floor: 4, ceiling: 5, parallelism: 6 },
    { name: "night", from: "22:00", to: "06:00", zone, floor: 1, ceiling: 3, rank: 3 },
  ],
  otherwise: { floor: 1, ceiling: 4, parallelism: 2 },
};
type ExceptionInput = NonNullable<TenantInput["exceptions"]>[number];
const withExceptions = (...exceptions: ExceptionInput[]) => readTenant({ ...block, exceptions });
const singlesDay = { name: "singles-day", dates: ["2026-11-11"], zone };

const shanghai = (time: string) => Date.parse(`2026-11-${time}:00+08:00`);
const local = (ms: number | undefined) =>
  ms === undefined ? undefined : new Date(ms + 8 * 3_600_000).toISOString().slice(8, 16);

/** What is in force, on one line: name, floor, ceiling, parallelism by job. */
function told(tenant: Tenant, ms: number | Date, leadMs?: number): string {
  const { name, bounds } = windowAt(tenant, ms, leadMs);
  const parallelism = tenant.jobs.map((each) => wantedParallelism(bounds, each)).join("/");
  return `${name} ${bounds.floor}-${bounds.ceiling} ${parallelism}`;
}

/** The next edges as local times, with what is in force from each on. */
function edges(tenant: Tenant, fromMs: number, count: number, leadMs = 0): string[] {
  const edge = count === 0 ? undefined : nextEdge(tenant, fromMs, leadMs);
  if (edge === undefined) return [];
  const line = `${local(edge)} ${windowAt(tenant, edge, leadMs).name}`;
  return [line, ...edges(tenant, edge, count - 1, leadMs)];
}

describe("an exception", () => {
  test.each([
    ["10T21:59", "otherwise 1-4 2/2"],
    ["10T23:59", "night 1-3 1/1"],
    ["11T00:00", "singles-day over night 1-20 1/1"],
    ["11T07:00", "singles-day over otherwise 1-20 2/2"],
    ["11T09:00", "singles-day over morning 2-20 4/4"],
    ["11T12:00", "singles-day over midday 4-20 6/6"],
    ["11T23:59", "singles-day over night 1-20 1/1"],
    ["12T00:00", "night 1-3 1/1"],
    ["12T09:00", "morning 2-3 4/4"],
  ])("with a ceiling alone takes the rest from underneath: at %s %s", (time, expected) => {
    expect(told(withExceptions({ ...singlesDay, ceiling: 20 }), shanghai(time))).toBe(expected);
  });

  test.each<[Partial<ExceptionInput>, string]>([
    [{ floor: 10 }, "singles-day over morning 10-10 4/4"],
    [{ floor: 3 }, "singles-day over morning 3-3 4/4"],
    [{ ceiling: 1, parallelism: 2 }, "singles-day over morning 1-1 2/2"],
    [{ parallelism: { join: 5 } }, "singles-day over morning 2-3 4/5"],
    [{ parallelism: 5 }, "singles-day over morning 2-3 5/5"],
    [{ floor: 5, ceiling: 9, parallelism: 8 }, "singles-day 5-9 8/8"],
    [{ floor: 5, ceiling: 9, parallelism: { count: 8 } }, "singles-day over morning 5-9 8/4"],
    [{ closed: true }, "singles-day over otherwise 1-4 2/2"],
    [{ closed: true, floor: 2 }, "singles-day over otherwise 2-4 2/2"],
    [{ skip: ["morning"] }, "singles-day over otherwise 1-4 2/2"],
    [{ skip: ["midday"] }, "singles-day over morning 2-3 4/4"],
    [{ ceiling: 9, from: "09:00" }, "singles-day over morning 2-9 4/4"],
    [{ ceiling: 9, from: "09:01" }, "morning 2-3 4/4"],
    [{ ceiling: 9, to: "09:00" }, "morning 2-3 4/4"],
    [{ ceiling: 9, rank: 0 }, "singles-day over morning 2-9 4/4"],
    [{ ceiling: 9, zone: "America/New_York" }, "morning 2-3 4/4"],
    [
      { ceiling: 9, dates: [{ from: "2026-11-01", to: "2026-11-11" }] },
      "singles-day over morning 2-9 4/4",
    ],
    [{ ceiling: 9, dates: ["2026-11-10", "2026-11-12"] }, "morning 2-3 4/4"],
  ])("%j at nine: %s", (settings, expected) => {
    expect(told(withExceptions({ ...singlesDay, ...settings }), shanghai("11T09:00"))).toBe(
      expected,
    );
  });

  test("of lower rank than the window in force changes nothing there", () => {
    const tenant = withExceptions({ ...singlesDay, ceiling: 20, rank: 2 });
    expect(told(tenant, shanghai("11T01:00"))).toBe("night 1-3 1/1");
    expect(told(tenant, shanghai("11T09:00"))).toBe("singles-day over morning 2-20 4/4");
  });

  test("lies over another of lower rank, setting by setting", () => {
    const tenant = withExceptions(
      { ...singlesDay, ceiling: 20, rank: 10 },
      { ...singlesDay, name: "sale", ceiling: 9, floor: 3, rank: 20, to: "10:00" },
      { ...singlesDay, name: "week", parallelism: 7, rank: 5 },
    );
    expect(told(tenant, shanghai("11T09:00"))).toBe("sale over singles-day over week 3-9 7/7");
    expect(told(tenant, shanghai("11T10:00"))).toBe("singles-day over week over morning 2-20 7/7");
  });

  test("that closes lets what is open run to its end, and what would open wait for the next time", () => {
    const tenant = withExceptions({ ...singlesDay, closed: true });
    expect(edges(tenant, shanghai("10T21:00"), 6)).toEqual([
      "10T22:00 night",
      "11T00:00 singles-day over night",
      "11T06:00 singles-day over otherwise",
      "12T00:00 otherwise",
      "12T08:00 morning",
      "12T11:30 midday",
    ]);
  });

  test("that closes keeps windows of higher rank; skip names any", () => {
    const closing = withExceptions({ ...singlesDay, closed: true, rank: 2 });
    expect(told(closing, shanghai("11T23:00"))).toBe("night 1-3 1/1");
    const skipping = withExceptions({ ...singlesDay, skip: ["night"], rank: 2 });
    expect(told(skipping, shanghai("11T23:00"))).toBe("singles-day over otherwise 1-4 2/2");
    expect(told(skipping, shanghai("12T01:00"))).toBe("otherwise 1-4 2/2");
  });

  test("of the night before keeps a window shut that opens within it and is long open since", () => {
    const tenant = readTenant({
      ...block,
      windows: [{ name: "long", from: "03:00", to: "02:00", floor: 2, ceiling: 3 }],
      exceptions: [{ name: "e", dates: ["2026-11-09"], from: "20:00", to: "04:00", closed: true }],
    });
    // Seen from 11-11, the window would have opened on 11-10 within an exception of 11-09.
    const [before, after] = [Date.UTC(2026, 10, 11, 1), Date.UTC(2026, 10, 11, 4)];
    expect(told(tenant, before)).toBe("otherwise 1-4 2/2");
    expect(told(tenant, after)).toBe("long 2-3 1/1");
  });
});

test("a window opens on its dates only, and only on its days", () => {
  const dates = ["2026-11-11", { from: "2026-11-13", to: "2026-11-16" }];
  const sale = { name: "sale", from: "10:00", to: "12:00", zone, floor: 4, ceiling: 5 };
  const days: ("thu" | "fri" | "sat" | "mon")[] = ["thu", "fri", "sat", "mon"];
  const on = (window: object) => readTenant({ ...block, windows: [{ ...sale, ...window }] });
  const opens = (tenant: Tenant) =>
    edges(tenant, shanghai("01T00:00"), 12).filter((edge) => edge.endsWith("sale"));
  const at = (...list: number[]) => list.map((day) => `${day}T10:00 sale`);
  expect(opens(on({ dates }))).toEqual(at(11, 13, 14, 15, 16));
  expect(opens(on({ dates, days }))).toEqual(at(13, 14, 16));
});

describe("the next edge", () => {
  test("is found on a date far ahead, also one on which nothing opens that else would", () => {
    const windows = [{ name: "all", from: "00:00", to: "24:00", floor: 1, ceiling: 2 }];
    const always = readTenant({ ...block, windows });
    expect(nextEdge(always, shanghai("01T00:00"))).toBeUndefined();
    const [far, gone] = ["2027-10-01", "2025-10-01"];
    const exceptions = [{ name: "holiday", dates: [far, gone], closed: true }];
    const holiday = readTenant({ ...block, windows, exceptions });
    expect(nextEdge(holiday, shanghai("01T00:00"))).toBe(Date.parse(far));
    expect(windowAt(holiday, Date.parse(far)).name).toBe("holiday over otherwise");
    expect(nextEdge(holiday, Date.parse(far) + 24 * 3_600_000)).toBeUndefined();
  });

  test("is found although the only opening of a week is skipped by the clock", () => {
    const sunday = { name: "w", days: ["sun" as const], zone: "Europe/Berlin" };
    const windows = [{ ...sunday, from: "02:15", to: "02:45", floor: 1, ceiling: 2 }];
    const tenant = readTenant({ ...block, windows });
    expect(nextEdge(tenant, Date.parse("2026-03-22T01:44:59Z"))).toBe(
      Date.parse("2026-03-22T01:45Z"),
    );
    expect(nextEdge(tenant, Date.parse("2026-03-22T01:45Z"))).toBe(Date.parse("2026-04-05T00:15Z"));
  });
});

describe("a lead of half an hour", () => {
  const lead = 30 * 60_000;
  const tenant = readTenant(block);

  test("brings forward what raises, and leaves the time of what lowers", () => {
    expect(edges(tenant, shanghai("11T07:00"), 6, lead)).toEqual([
      "11T07:30 otherwise into morning",
      "11T08:00 morning",
      "11T11:00 midday",
      "11T14:00 otherwise",
      "11T22:00 night",
      "12T05:30 otherwise",
    ]);
    // The morning's ceiling is lower than the one before it: until it opens, the higher holds.
    expect(told(tenant, shanghai("11T07:45"), lead)).toBe("otherwise into morning 2-4 4/4");
    expect(told(tenant, shanghai("11T11:15"), lead)).toBe("midday 4-5 6/6");
  });

  test("night to day raises parallelism alone, and is brought forward, too", () => {
    expect(told(tenant, shanghai("12T05:29"), lead)).toBe("night 1-3 1/1");
    expect(told(tenant, shanghai("12T05:30"), lead)).toBe("otherwise 1-4 2/2");
  });

  test("looks past a dip, and along a chain of short windows", () => {
    const window = (name: string, from: string, to: string, floor: number) => ({
      ...{ name, from, to, zone, floor, ceiling: 9, parallelism: 1 },
    });
    const chain = readTenant({
      ...block,
      windows: [
        window("one", "08:00", "08:10", 3),
        window("two", "08:10", "08:20", 5),
        window("low", "08:20", "08:40", 2),
        window("three", "08:40", "09:00", 4),
      ],
      otherwise: { floor: 1, ceiling: 9, parallelism: 1 },
    });
    expect(edges(chain, shanghai("11T07:00"), 5, lead)).toEqual([
      "11T07:30 one",
      "11T07:40 two",
      "11T08:20 three",
      "11T09:00 otherwise",
      "12T07:30 one",
    ]);
  });

  test.each([
    ["2026-03-29", "Europe/Berlin", "02:30", "00:30", "01:00"],
    ["2026-10-25", "Europe/Berlin", "02:30", "00:00", "00:30"],
    ["2026-03-08", "America/New_York", "02:00", "06:30", "07:00"],
    ["2026-11-01", "America/New_York", "01:00", "04:30", "05:00"],
  ])("on %s in %s before %s counts real minutes: from %s to %s UTC", (day, where, from, ...utc) => {
    const [ready, opens] = utc.map((time) => Date.parse(`${day}T${time}Z`)) as [number, number];
    const night = {
      name: "w",
      from,
      to: "12:00",
      zone: where,
      floor: 2,
      ceiling: 4,
      parallelism: 2,
    };
    const dst = readTenant({ ...block, windows: [night] });
    expect(nextEdge(dst, ready - lead, lead)).toBe(ready);
    expect(nextEdge(dst, ready - lead)).toBe(opens);
    expect(windowAt(dst, ready - 1, lead).name).toBe("otherwise");
    expect(windowAt(dst, ready, lead).name).toBe("w");
  });
});

test.each([
  ["auto", undefined, 30_000],
  ["auto", 12_000, 12_000],
  ["5m", 12_000, 300_000],
  ["0s", 12_000, 0],
])("lead %s, measured %s: %d ms", (lead, measured, expected) => {
  expect(leadFor(readTenant({ ...block, lead }), measured)).toBe(expected);
});

test("an instant is a Date or milliseconds", () => {
  const tenant = readTenant(block);
  const ms = shanghai("11T09:00");
  expect(windowAt(tenant, new Date(ms))).toBe(windowAt(tenant, ms));
  expect(nextEdge(tenant, new Date(ms))).toBe(shanghai("11T11:30"));
});
