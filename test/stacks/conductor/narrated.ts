import type { Decision } from "../../../policies/decision";
import type { Tenant } from "../../../policies/tenant";
import type { Entry, EntryOf } from "../../../stacks/conductor/journal-entry";
import type { ConductorView, TenantView } from "../../../stacks/conductor/tenant-view";
import { readTenant } from "../../support/tenant-file";

/** What the tests of the journal's readers and of the commands tell about: a Monday morning of acme in Shanghai. */

export const ZONE = "Asia/Shanghai";

/** An instant of that Monday by Shanghai's clock, such as `09:57:31`. */
export const at = (time: string): string => new Date(`2026-11-23T${time}+08:00`).toISOString();
export const ms = (time: string): number => Date.parse(at(time));

export function tenantOf(settings: object = {}): Tenant {
  return readTenant({
    name: "acme",
    taskManager: { slots: 2 },
    jobs: [
      {
        name: "wordcount",
        jar: "wordcount",
        entryClass: "io.flinktide.wordcount.WordCount",
        parallelism: { min: 1, max: 8 },
      },
    ],
    windows: [
      { name: "morning", from: "08:00", to: "11:30", zone: ZONE, floor: 2, ceiling: 3 },
      { name: "midday", from: "11:30", to: "14:00", zone: ZONE, floor: 3, ceiling: 4 },
    ],
    otherwise: { floor: 1, ceiling: 2 },
    quota: { taskManagers: 4 },
    ...settings,
  });
}

export const MORNING: Decision = {
  at: at("07:59:30"),
  window: "morning",
  floor: 2,
  ceiling: 3,
  configured: { taskManagers: 2, parallelism: { wordcount: 4 } },
  from: { taskManagers: 1, parallelism: { wordcount: 2 } },
  to: { taskManagers: 2, parallelism: { wordcount: 4 } },
  reasons: [{ kind: "window-opened", window: "morning", before: "otherwise" }],
};
export const MORNING_TEXT =
  "TaskManagers 1 -> 2, wordcount parallelism 2 -> 4 (window morning, 2 to 3 TaskManagers): window morning opened";

export const LOAD: Decision = {
  ...MORNING,
  at: at("09:57:31"),
  from: MORNING.to,
  to: { taskManagers: 3, parallelism: { wordcount: 6 } },
  reasons: [
    {
      kind: "load",
      job: "wordcount",
      vertex: "count",
      ratePerSecond: 1840,
      capacityPerSecond: 1600,
      backlogRecords: 7360,
      lagSeconds: 4,
      foreseenLagSeconds: 11.52,
    },
  ],
};
export const LOAD_TEXT =
  "TaskManagers 2 -> 3, wordcount parallelism 4 -> 6 (window morning, 2 to 3 TaskManagers): " +
  "1,840 records/s arrive for wordcount (count is full first), which processes 1,600; 7,360 wait, 4 s behind, 11.5 s foreseen";

export function act(id: string, time: string, more: Partial<EntryOf<"act">> = {}): EntryOf<"act"> {
  const observation = { taskManagers: 1, slotsTotal: 2, slotsAvailable: 0, jobs: [] };
  const base = { kind: "act", fence: 3, cause: "decision", decision: MORNING } as const;
  return { ...base, at: at(time), id, observation, ...more };
}

export function done(
  id: string,
  time: string,
  more: Partial<EntryOf<"done">> = {},
): EntryOf<"done"> {
  const changes = { create: 1, update: 1 };
  return { kind: "done", at: at(time), id, ok: true, seconds: 8.43, changes, errors: [], ...more };
}

export const pauseEntry: Entry = {
  kind: "order",
  at: at("10:20:00"),
  order: "pause",
  from: "command",
};

export function viewOf(more: Partial<TenantView> = {}): TenantView {
  return {
    tenant: "acme",
    stack: "dev-acme",
    atMs: ms("10:00:00"),
    window: "morning",
    floor: 2,
    ceiling: 3,
    nextEdgeMs: ms("11:29:30"),
    wantedTaskManagers: 2,
    taskManagers: 2,
    slotsTotal: 4,
    slotsAvailable: 0,
    jobs: [jobOf()],
    decision: MORNING,
    explanation: `${MORNING_TEXT}.`,
    doing: "idle",
    paused: false,
    hold: null,
    alerts: [],
    problem: null,
    counts: {
      ...{ cycles: 9, decisions: 1, updates: 1, failedUpdates: 0 },
      ...{ rescales: 1, heals: 0, skipped: 0 },
    },
    lastUpdateSeconds: 8.43,
    ...more,
  };
}

export function jobOf(more: Partial<TenantView["jobs"][number]> = {}): TenantView["jobs"][number] {
  return {
    job: "wordcount",
    state: "RUNNING",
    parallelism: 4,
    wantedParallelism: 4,
    producedPerSecond: 1420.4,
    consumedPerSecond: 1418,
    backlogRecords: 4130,
    lagSeconds: 2.91,
    allowedLagSeconds: 10,
    held: null,
    ...more,
  };
}

export function statusOf(more: Partial<ConductorView> = {}): ConductorView {
  return {
    environment: "dev",
    pid: 4711,
    host: "h1",
    startedAtMs: ms("07:00:00"),
    atMs: ms("10:00:00"),
    leading: true,
    fence: 3,
    cycleSeconds: 0.21,
    tenants: [viewOf()],
    ...more,
  };
}
