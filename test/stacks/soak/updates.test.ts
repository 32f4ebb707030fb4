import type { Decision } from "../../../policies/decision";
import type { Entry } from "../../../stacks/conductor/journal-entry";
import { isRescale, runningMs, updatesIn, type Update } from "../../../stacks/soak/updates";

const size = (taskManagers: number, parallelism: number) => ({
  ...{ taskManagers, parallelism: { wordcount: parallelism } },
});
const decision = (from: ReturnType<typeof size> | null, to: ReturnType<typeof size>): Decision => ({
  ...{ at: "2026-11-21T13:00:00.000Z", window: "rush", floor: 3, ceiling: 4 },
  ...{ configured: to, from, to },
  reasons: [{ kind: "window-opened", window: "rush", before: "otherwise" }],
});
const observation = { taskManagers: 1, slotsTotal: 2, slotsAvailable: 0, jobs: [] };
const act = (id: string, of: Decision): Entry => ({
  ...{ kind: "act", at: "2026-11-21T13:00:05.000Z", id, fence: 1, cause: "decision" },
  ...{ observation, decision: of },
});
const done = (id: string, more: { ok?: boolean; settledOn?: Decision } = {}): Entry => ({
  ...{ kind: "done", at: "2026-11-21T13:00:15.000Z", id, ok: true, seconds: 9.5 },
  ...{ changes: {}, errors: [] },
  ...more,
});
const DECIDED = Date.parse("2026-11-21T13:00:05Z");

const up = decision(size(1, 2), size(3, 6));
const update: Update = {
  ...{ decidedMs: DECIDED, cause: "decision", ok: true, seconds: 9.5 },
  ...{ from: { taskManagers: 1, parallelism: 2 }, to: { taskManagers: 3, parallelism: 6 } },
  why: "TaskManagers 1 -> 3, wordcount parallelism 2 -> 6 (window rush, 3 to 4 TaskManagers): window rush opened.",
};

describe("the updates in a journal", () => {
  it("should be those that have ended, each with its decision", () => {
    const entries: Entry[] = [
      { kind: "skipped", at: "2026-11-21T12:59:00.000Z", reason: "locked" },
      act("a", up),
      done("a"),
      act("died", up),
    ];
    expect(updatesIn(entries)).toEqual([update]);
  });

  it("should be to what the stack settled on, where that is something else", () => {
    const other = decision(size(1, 2), size(2, 4));
    const [found] = updatesIn([act("a", up), done("a", { settledOn: other })]);
    expect(found?.to).toEqual({ taskManagers: 2, parallelism: 4 });
  });

  it("should count as rescales where they changed what runs", () => {
    const first = decision(null, size(1, 2));
    const same = decision(size(3, 6), size(3, 6));
    const slots = decision(size(3, 5), size(3, 6));
    const ids = [first, same, slots, up, up].map((of, i) => [act(`${i}`, of), i] as const);
    const entries = ids.flatMap(([entry, i]) => [entry, done(`${i}`, { ok: i !== 4 })]);
    expect(updatesIn(entries).map(isRescale)).toEqual([false, false, true, true, false]);
  });
});

describe("when a size runs", () => {
  const seen = (second: number, taskManagers: number, parallelism?: number) => ({
    ...{ atMs: DECIDED + second * 1000, taskManagers, parallelism },
  });

  it("should be when all of the job was first seen so after the decision", () => {
    const samples = [seen(-1, 3, 6), seen(1, 1, 2), seen(6, 3, 2), seen(8, 3), seen(9, 3, 6)];
    expect(runningMs(update, samples)).toBe(DECIDED + 9_000);
  });

  it("should not be known where it never was", () => {
    expect(runningMs(update, [seen(-1, 3, 6), seen(5, 3, 2), seen(6, 2, 6)])).toBeUndefined();
  });
});
