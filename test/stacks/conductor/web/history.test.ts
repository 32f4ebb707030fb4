import * as fc from "fast-check";
import { createHistory } from "../../../../stacks/conductor/web/history";
import {
  mergePoints,
  MINUTE_MS,
  MINUTES_KEPT,
  pointOf,
  UNKNOWN,
} from "../../../../stacks/conductor/web/history-point";
import { AT, job, tenant, view } from "./fixtures/views";

const at = (minutes: number, change: Parameters<typeof tenant>[1] = {}) => {
  const atMs = AT + minutes * MINUTE_MS;
  return view([tenant("acme", { atMs, ...change })], { atMs });
};

describe("a point of a view", () => {
  it("adds up its jobs, and has their worst lag", () => {
    const jobs = [job(), job({ job: "b", lagSeconds: 30, parallelism: 3, producedPerSecond: 800 })];
    expect(pointOf(tenant("acme", { atMs: AT + 59_999, jobs }))).toEqual({
      t: AT,
      producedPerSecond: 2000,
      consumedPerSecond: 2200,
      lagSeconds: 30,
      slotsTotal: 4,
      slotsUsed: 3,
      parallelism: 5,
    });
  });

  it("knows no sum of which a part is unknown, but the worst of the lags that are known", () => {
    const dark = { producedPerSecond: null, consumedPerSecond: null, lagSeconds: null };
    const jobs = [job(), job({ job: "b", parallelism: null, ...dark })];
    const point = pointOf(tenant("acme", { jobs, slotsAvailable: null }));
    expect(point).toEqual({ ...UNKNOWN, t: AT, lagSeconds: 4, slotsTotal: 4 });
  });

  it("without jobs knows of none", () => {
    expect(pointOf(tenant("acme", { jobs: [], slotsTotal: null }))).toEqual({ ...UNKNOWN, t: AT });
  });

  it("and a newer one of the minute: the newest that is known, and the worst lag", () => {
    const older = { ...UNKNOWN, t: AT, lagSeconds: 9, slotsTotal: 4, slotsUsed: 1 };
    const newer = { ...UNKNOWN, t: AT, lagSeconds: 2, slotsUsed: 3, parallelism: 3 };
    expect(mergePoints(older, newer)).toEqual({
      ...UNKNOWN,
      t: AT,
      lagSeconds: 9,
      slotsTotal: 4,
      slotsUsed: 3,
      parallelism: 3,
    });
  });
});

describe("a history", () => {
  it("has a point a minute, oldest first, and leaves out minutes without a view", () => {
    const history = createHistory();
    for (const minute of [0, 0.5, 1, 5]) history.push(at(minute));
    expect(history.read("acme").map(({ t }) => (t - AT) / MINUTE_MS)).toEqual([0, 1, 5]);
    expect(history.read("nobody")).toEqual([]);
  });

  it("keeps what is unknown unknown, and six digits of the rest", () => {
    const history = createHistory();
    history.push(
      at(0, { jobs: [job({ producedPerSecond: 123456.789, consumedPerSecond: null })] }),
    );
    expect(history.read("acme")[0]).toMatchObject({
      producedPerSecond: 123457,
      consumedPerSecond: null,
    });
    history.push(at(1, { jobs: [job({ lagSeconds: 0.1 })] }));
    expect(history.read("acme")[1]).toMatchObject({ lagSeconds: 0.1 });
  });

  it("ends with the newest minute and reaches back a day, whatever the order of the minutes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1 }), (minutes) => {
        const history = createHistory();
        minutes.forEach((minute) => history.push(at(minute)));
        const now = minutes.at(-1) ?? 0;
        const read = history.read("acme").map(({ t }) => (t - AT) / MINUTE_MS);
        expect(read.at(-1)).toBe(now);
        expect(read).toEqual([...new Set(read)].sort((a, b) => a - b));
        expect(read.every((m) => m > now - MINUTES_KEPT && minutes.includes(m))).toBe(true);
      }),
    );
  });

  it("forgets a minute that a wrong clock wrote once that minute comes", () => {
    const history = createHistory();
    history.push(at(0));
    history.push(at(60, { jobs: [job({ lagSeconds: 99 })] }));
    history.push(at(1));
    expect(history.read("acme").map(({ t }) => (t - AT) / MINUTE_MS)).toEqual([0, 1]);
    history.push(at(60));
    expect(history.read("acme").at(-1)).toMatchObject({ lagSeconds: 4 });
  });

  it("keeps the day of a tenant that is gone for a moment, and drops one that is gone for a day", () => {
    const history = createHistory();
    history.push(at(0));
    const empty = (minutes: number) => view([], { atMs: AT + minutes * MINUTE_MS });
    history.push(empty(1));
    expect(history.read("acme")).toHaveLength(1);
    history.push(empty(MINUTES_KEPT));
    history.push(empty(1));
    expect(history.read("acme")).toEqual([]);
  });
});
