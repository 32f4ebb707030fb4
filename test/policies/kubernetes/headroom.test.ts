import * as fc from "fast-check";
import { roomFor } from "../../../policies/kubernetes/headroom";
import { planFor } from "../../../policies/plan";
import type { Tenant, TenantInput } from "../../../policies/tenant";
import { NIGHTS, tenantsAround } from "../../support/random-schedule";
import { readTenant, tenantBlock } from "../../support/tenant-file";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const acme = readTenant(tenantBlock("dev-acme"));
const at = (time: string) => new Date(`${time}Z`);

describe("on a Monday on which windows open at 08:00 and 11:30 in Shanghai, and TaskManagers start 30 s before", () => {
  it.each([
    ["2026-11-22T23:54:29", 1],
    // A lead of five minutes before the start.
    ["2026-11-22T23:54:30", 2],
    ["2026-11-22T23:59:29", 2],
    // Not given up at the edge: whoever is started then takes it.
    ["2026-11-22T23:59:30", 2],
    ["2026-11-23T03:24:29", 2],
    ["2026-11-23T03:24:30", 3],
  ])("at %s UTC there is room for %i", (time, room) => {
    expect(roomFor(acme, at(time), 5 * MINUTE)).toBe(room);
  });

  it("it is of the edge that needs most", () => {
    expect(roomFor(acme, at("2026-11-22T23:50:00"), 5 * HOUR)).toBe(3);
  });

  it("an edge that takes away makes no less room before its time", () => {
    const [evening, before] = [at("2026-11-23T12:00:00"), at("2026-11-23T11:59:00")];
    expect(planFor(acme, evening, {}).taskManagers).toBe(1);
    expect(roomFor(acme, before, HOUR)).toBe(planFor(acme, before, {}).taskManagers);
  });

  it("what the load has raised stays", () => {
    const { decision } = planFor(acme, at("2026-11-23T01:00:00"), {
      decision: planFor(acme, at("2026-11-23T00:30:00"), {}).decision,
      advice: { wordcount: { parallelism: 6, direction: "up", reasons: [] } },
    });
    expect(decision.to.taskManagers).toBe(3);
    expect(roomFor(acme, at("2026-11-23T01:30:00"), MINUTE, decision)).toBe(3);
  });

  it("a lead that was measured starts TaskManagers, and makes room, so much earlier", () => {
    const night = at("2026-11-22T22:00:00");
    const { decision } = planFor(acme, night, { leadMs: 2 * MINUTE });
    const from = (time: string) => roomFor(acme, at(time), 5 * MINUTE, decision);
    expect([from("2026-11-22T23:52:59"), from("2026-11-22T23:53:00")]).toEqual([1, 2]);
  });
});

describe("on the nights in which clocks are set, for a window at 08:00 in Berlin", () => {
  const berlin = readTenant({
    name: "berlin",
    windows: [
      { name: "day", from: "08:00", to: "20:00", zone: "Europe/Berlin", floor: 3, ceiling: 3 },
    ],
    otherwise: { floor: 1, ceiling: 1 },
    lead: "0s",
  } satisfies TenantInput);

  it.each([
    ["2026-03-28", "06:50"],
    ["2026-03-29", "05:50"],
    ["2026-10-24", "05:50"],
    ["2026-10-25", "06:50"],
  ])("there is room on %s from %s UTC", (date, time) => {
    const from = Date.parse(`${date}T${time}:00Z`);
    const room = (ms: number) => roomFor(berlin, new Date(ms), 10 * MINUTE);
    expect([room(from - 1), room(from)]).toEqual([1, 3]);
  });
});

const planned = (tenant: Tenant, ms: number) => planFor(tenant, new Date(ms), {}).taskManagers;

describe.each(NIGHTS)("around %s", (night) => {
  const dayMs = Date.parse(`${night}T00:00:00Z`);
  const tenants = tenantsAround(dayMs / DAY);
  const minutes = fc.integer({ min: -60, max: 26 * 60 });
  const leads = fc.integer({ min: 1, max: 240 });

  it("the room is what the busiest minute ahead needs", () => {
    fc.assert(
      fc.property(tenants, minutes, leads, (tenant, minute, lead) => {
        const nowMs = dayMs + minute * MINUTE;
        // Windows open on whole minutes, and their TaskManagers start half a minute before.
        const halves = Array.from({ length: 2 * lead + 1 }, (_, i) => nowMs + i * 30_000);
        const most = Math.max(...halves.map((ms) => planned(tenant, ms)));
        expect(roomFor(tenant, new Date(nowMs), lead * MINUTE)).toBe(most);
      }),
      { numRuns: 30 },
    );
  });

  it("a higher floor never makes less room", () => {
    fc.assert(
      fc.property(tenants, minutes, leads, fc.nat(3), (tenant, minute, lead, which) => {
        const now = new Date(dayMs + minute * MINUTE);
        const room = (each: Tenant) => roomFor(each, now, lead * MINUTE);
        expect(room(raised(tenant, which))).toBeGreaterThanOrEqual(room(tenant));
      }),
      { numRuns: 60 },
    );
  });
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
