import * as fc from "fast-check";
import { planFor } from "../../../policies/plan";
import {
  balloonsAt,
  headroom,
  type Headroom,
  type HeadroomTenant,
} from "../../../policies/kubernetes/headroom";
import type { Tenant, TenantInput } from "../../../policies/tenant";
import { NIGHTS, tenantsAround } from "../../support/random-schedule";
import { readTenant, tenantBlock } from "../../support/tenant-file";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const acme = readTenant(tenantBlock("dev-acme"));
const at = (time: string) => new Date(`${time}Z`);

/** What is needed of a room, times without the date's end. */
const brief = ({ window, edgeMs, fromMs, pods }: Headroom) => {
  const print = (ms: number) => new Date(ms).toISOString().slice(0, 19);
  return `${window}: ${pods} from ${print(fromMs)} to ${print(edgeMs)}`;
};

/** Monday, ten minutes before the morning window opens in Shanghai; its TaskManagers start 30 s before it. */
const MONDAY = at("2026-11-22T23:50:00");

describe("the room for a window", () => {
  it("is there a lead before its TaskManagers start, one pod for each that does not run", () => {
    const rooms = headroom([{ tenant: acme, taskManagers: 1 }], MONDAY, 5 * MINUTE, HOUR);
    expect(rooms).toEqual([
      {
        tenant: "acme",
        window: "morning",
        fromMs: Date.parse("2026-11-22T23:54:30Z"),
        edgeMs: Date.parse("2026-11-22T23:59:30Z"),
        pods: 1,
        cpus: 2,
        memoryMiB: 1024,
      },
    ]);
  });

  it("counts what the windows before it start, and nothing for one that closes", () => {
    const rooms = headroom([{ tenant: acme, taskManagers: 1 }], MONDAY, 5 * MINUTE, 10 * HOUR);
    expect(rooms.map(brief)).toEqual([
      "morning: 1 from 2026-11-22T23:54:30 to 2026-11-22T23:59:30",
      "midday: 1 from 2026-11-23T03:24:30 to 2026-11-23T03:29:30",
    ]);
  });

  it("counts what runs where it is due already", () => {
    const rooms = (taskManagers: number) =>
      headroom([{ tenant: acme, taskManagers }], MONDAY, 5 * HOUR, 5 * HOUR).map(brief);
    expect(rooms(1)).toEqual([
      "morning: 1 from 2026-11-22T23:50:00 to 2026-11-22T23:59:30",
      "midday: 2 from 2026-11-22T23:50:00 to 2026-11-23T03:29:30",
    ]);
    expect(rooms(2)).toEqual(["midday: 1 from 2026-11-22T23:50:00 to 2026-11-23T03:29:30"]);
    expect(rooms(3)).toEqual([]);
  });

  it("keeps what the load has raised", () => {
    const decision = planFor(acme, at("2026-11-23T01:00:00"), {
      decision: planFor(acme, at("2026-11-23T00:30:00"), {}).decision,
      advice: { wordcount: { parallelism: 6, direction: "up", reasons: [] } },
    }).decision;
    expect(decision.to.taskManagers).toBe(3);
    const before = at("2026-11-23T03:29:00");
    const rooms = headroom([{ tenant: acme, taskManagers: 3, decision }], before, HOUR, HOUR);
    expect(rooms).toEqual([]);
  });
});

describe("on the nights in which clocks are set, a window at 08:00 in Berlin", () => {
  const berlin = readTenant({
    name: "berlin",
    windows: [
      { name: "day", from: "08:00", to: "20:00", zone: "Europe/Berlin", floor: 3, ceiling: 3 },
    ],
    otherwise: { floor: 1, ceiling: 1 },
    lead: "0s",
  } satisfies TenantInput);

  it.each([
    ["2026-03-28", "07:00"],
    ["2026-03-29", "06:00"],
    ["2026-10-24", "06:00"],
    ["2026-10-25", "07:00"],
  ])("has its room on %s for %s UTC", (date, time) => {
    const tenants = [{ tenant: berlin, taskManagers: 1 }];
    const rooms = headroom(tenants, at(`${date}T00:00:00`), 10 * MINUTE, 12 * HOUR);
    const edgeMs = Date.parse(`${date}T${time}:00Z`);
    expect(rooms).toMatchObject([{ edgeMs, fromMs: edgeMs - 10 * MINUTE, pods: 2 }]);
  });
});

describe("the pods of an instant", () => {
  const room = (
    tenant: string,
    fromMs: number,
    edgeMs: number,
    pods: number,
    memoryMiB = 1024,
  ) => ({
    ...{ tenant, window: "day", fromMs, edgeMs, pods, cpus: 2, memoryMiB },
  });

  it("are there from the beginning to the edge, by size", () => {
    const rooms = [room("a", 10, 20, 1), room("b", 10, 30, 2, 2048), room("c", 15, 20, 4)];
    const pods = (ms: number) => balloonsAt(rooms, ms).map((each) => [each.memoryMiB, each.pods]);
    expect(pods(9)).toEqual([]);
    expect(pods(10)).toEqual([
      [2048, 2],
      [1024, 1],
    ]);
    expect(pods(19)).toEqual([
      [2048, 2],
      [1024, 5],
    ]);
    expect(pods(20)).toEqual([[2048, 2]]);
    expect(pods(30)).toEqual([]);
  });

  it("count the edge that needs most of those of one tenant", () => {
    const rooms = [room("a", 10, 20, 1), room("a", 10, 30, 3)];
    expect(balloonsAt(rooms, 10)).toEqual([{ pods: 3, cpus: 2, memoryMiB: 1024 }]);
  });
});

const podsOf = (tenants: readonly HeadroomTenant[], now: Date, leadMs: number) =>
  balloonsAt(headroom(tenants, now, leadMs, leadMs), now.getTime()).reduce(
    (sum, { pods }) => sum + pods,
    0,
  );
const planned = (tenant: Tenant, ms: number) => planFor(tenant, new Date(ms), {}).taskManagers;

describe.each(NIGHTS)("around %s", (night) => {
  const dayMs = Date.parse(`${night}T00:00:00Z`);
  const tenants = tenantsAround(dayMs / DAY);
  const minutes = fc.integer({ min: -60, max: 26 * 60 });
  const leads = fc.integer({ min: 1, max: 240 });

  it("the room is what the busiest minute ahead needs beyond what runs", () => {
    fc.assert(
      fc.property(tenants, minutes, leads, (tenant, minute, lead) => {
        const nowMs = dayMs + minute * MINUTE;
        const runs = planned(tenant, nowMs);
        // Windows open on whole minutes, and their TaskManagers start half a minute before.
        const halves = Array.from({ length: 2 * lead }, (_, i) => nowMs + (i + 1) * 30_000);
        const most = Math.max(...halves.map((ms) => planned(tenant, ms)));
        const given = podsOf([{ tenant, taskManagers: runs }], new Date(nowMs), lead * MINUTE);
        expect(given).toBe(Math.max(0, most - runs));
      }),
      { numRuns: 30 },
    );
  });

  it("a higher floor never makes less room", () => {
    fc.assert(
      fc.property(tenants, minutes, leads, fc.nat(3), (tenant, minute, lead, which) => {
        const now = new Date(dayMs + minute * MINUTE);
        const runs = planned(tenant, now.getTime());
        const pods = (each: Tenant) =>
          podsOf([{ tenant: each, taskManagers: runs }], now, lead * MINUTE);
        expect(pods(raised(tenant, which))).toBeGreaterThanOrEqual(pods(tenant));
      }),
      { numRuns: 60 },
    );
  });
});

test("there is none where no edge is near, and it is never negative", () => {
  const saturday = at("2026-11-21T00:00:00");
  expect(headroom([{ tenant: acme, taskManagers: 1 }], saturday, HOUR, HOUR)).toEqual([]);
  expect(headroom([{ tenant: acme, taskManagers: 0 }], saturday, HOUR, HOUR)).toEqual([]);
  expect(headroom([{ tenant: acme, taskManagers: 9 }], MONDAY, HOUR, HOUR)).toEqual([]);
});

/** One floor more: of one window, or outside all of them. */
function raised(tenant: Tenant, which: number): Tenant {
  const more = <B extends { floor: number; ceiling: number }>(bounds: B): B => ({
    ...bounds,
    floor: bounds.floor + 1,
    ceiling: Math.max(bounds.ceiling, bounds.floor + 1),
  });
  const windows = tenant.windows.map((window, i) => (i === which ? more(window) : window));
  const otherwise = which < windows.length ? tenant.otherwise : more(tenant.otherwise);
  return { ...tenant, windows, otherwise };
}
