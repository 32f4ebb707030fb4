import { planFor } from "../../../policies/plan";
import { OBSERVATION_SECONDS } from "../../../policies/scaling/settings";
import { Advisor } from "../../../stacks/conductor/advisor";
import { observationWith } from "../../support/observation";
import { ms, tenantOf } from "./narrated";

const tenant = tenantOf({ otherwise: { floor: 1, ceiling: 4, parallelism: 3 } });
const { decision } = planFor(tenant, new Date(ms("07:00:00")), {});
const FULL = {
  ...{ parallelism: 3, producedPerSecond: 3000, consumedPerSecond: 1500 },
  ...{ backlogRecords: 40_000, busyRatio: 1 },
};
const LOW = { producedPerSecond: 10, consumedPerSecond: 10, busyRatio: 0.01 };

/** An advisor that is shown something every 5 s. */
class Shown {
  readonly advisor = new Advisor(tenant);
  nowMs = ms("07:00:00");

  see(changes: object | undefined, running = decision): void {
    this.nowMs += OBSERVATION_SECONDS * 1000;
    const wordcount = changes && { ...observationWith(), atMs: this.nowMs, ...changes };
    this.advisor.observe({ wordcount }, running, this.nowMs);
  }

  get advised(): number | undefined {
    return this.advisor.advice.wordcount?.parallelism;
  }

  untilAdvised(changes: object, running = decision): number | undefined {
    for (let i = 0; this.advised === undefined && i < 200; i++) this.see(changes, running);
    return this.advised;
  }
}

test("advice is kept for two minutes, whatever is seen meanwhile", () => {
  const shown = new Shown();
  expect(shown.untilAdvised(FULL)).toBeGreaterThan(3);
  for (let i = 0; i < 24; i++) shown.see(undefined);
  expect(shown.advised).toBeGreaterThan(3);
  shown.see(undefined);
  expect(shown.advised).toBeUndefined();
});

test("advice that was followed is not given again", () => {
  const shown = new Shown();
  shown.untilAdvised(FULL);
  shown.advisor.followed();
  expect(shown.advisor.advice).toEqual({});
});

test("up no further than the decision's ceiling has slots for", () => {
  expect(new Shown().untilAdvised({ ...FULL, producedPerSecond: 90_000 })).toBe(8);
});

test("down no further than the window configures, or nothing is advised", () => {
  const advised = (parallelism: number, taskManagers: number) => {
    const shown = new Shown();
    const running = { ...decision, to: { taskManagers, parallelism: { wordcount: parallelism } } };
    const rate = 500 * parallelism;
    const busy = { producedPerSecond: rate, consumedPerSecond: rate, busyRatio: 0.9 };
    for (let i = 0; i < 30; i++) shown.see({ parallelism, ...busy }, running);
    shown.advisor.followed();
    return shown.untilAdvised({ ...LOW, parallelism }, running);
  };
  expect(advised(8, 4)).toBe(3);
  expect(advised(3, 2)).toBeUndefined();
});

test("why nothing came of the load is told", () => {
  const shown = new Shown();
  shown.see({ producedPerSecond: undefined });
  expect(shown.advisor.held("wordcount")?.detail).toContain("producedPerSecond");
  expect(shown.advisor.held("none")).toBeUndefined();
});

test("what was measured before is remembered for the job that it was measured of", () => {
  const shown = new Shown();
  shown.advisor.remember("none", [{ atMs: 0, rate: 1 }]);
  const week = Array.from({ length: 7 * 24 * 60 }, (_, i) => ({
    atMs: shown.nowMs - (7 * 24 * 60 - i) * 60_000,
    // Every day at seven it leaps.
    rate: i % (24 * 60) < 5 ? 6000 : 1000,
  }));
  shown.advisor.remember("wordcount", week);
  shown.see({ parallelism: 3, producedPerSecond: 1000, consumedPerSecond: 1000, busyRatio: 0.7 });
  for (let i = 0; i < 40 && shown.advised === undefined; i++) {
    shown.see({ parallelism: 3, producedPerSecond: 1000, consumedPerSecond: 1000, busyRatio: 0.7 });
  }
  expect(shown.advisor.advice.wordcount?.reasons[0]?.kind).toBe("forecast");
});
