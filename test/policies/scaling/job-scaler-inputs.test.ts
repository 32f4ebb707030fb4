import { JobScaler, type Range } from "../../../policies/scaling/job-scaler";
import type { JobObservation } from "../../../policies/scaling/observation";
import { observationWith } from "../../support/observation";
import { SETTINGS, TOO_MUCH, Watched } from "../../support/watched";

describe("metrics that are old or missing", () => {
  const seen = (observation: Partial<JobObservation>, nowMs: number) => {
    const { scaler } = new Watched();
    const advice = scaler.observe(
      { ...observationWith(TOO_MUCH), ...observation },
      undefined,
      nowMs,
    );
    return [advice?.direction, scaler.held?.guard];
  };
  test.each<[string, Partial<JobObservation>, number, unknown[]]>([
    ["a minute old", {}, 60_000, ["up", undefined]],
    ["older", {}, 60_001, [undefined, "stale-metrics"]],
    ["without backlog", { backlogRecords: undefined }, 0, [undefined, "missing-metrics"]],
    ["without arrivals", { producedPerSecond: NaN }, 0, [undefined, "missing-metrics"]],
    ["old and without backlog", { backlogRecords: NaN }, 60_001, [undefined, "stale-metrics"]],
    ["without busy time, which was known", { busyRatio: undefined }, 0, ["up", undefined]],
  ])("%s", (_, observation, nowMs, expected) => {
    expect(seen(observation, nowMs)).toEqual(expected);
  });
});

describe("figures that are only the least that it can be", () => {
  const calm = { producedPerSecond: 100, consumedPerSecond: 100, busyRatio: 0.03 };
  const standing = { producedPerSecond: 0, consumedPerSecond: 0, busyRatio: 0, atLeast: true };

  test("never scale down, and say so; what they hid is kept for as long as anything that was needed", () => {
    const job = new Watched();
    for (let i = 0; i < 200; i++) expect(job.observe(standing)).toBeUndefined();
    expect(job.held).toEqual({
      guard: "hidden-load",
      detail: "records may wait in front of its topics that nobody can count",
    });
    // The 180 s of the scale-down window.
    for (let i = 0; i < 35; i++) expect(job.observe(calm)).toBeUndefined();
    const advice = Array.from({ length: 30 }, () => job.observe(calm));
    expect(advice.some((one) => one?.direction === "down")).toBe(true);
  });

  test("the control: as true figures they do scale down", () => {
    const job = new Watched();
    const advice = Array.from({ length: 60 }, () => job.observe({ ...standing, atLeast: false }));
    expect(advice.some((one) => one?.direction === "down")).toBe(true);
  });

  test("scale up where even the least is too much", () => {
    expect(new Watched().observe({ ...TOO_MUCH, atLeast: true })?.direction).toBe("up");
  });

  test.each([
    ["leave the load as high as it was, so that its return is no leap", true, "up"],
    ["the control: after true figures it is one, and let land", false, undefined],
  ])("%s", (_, atLeast, direction) => {
    const job = new Watched();
    const busy = { producedPerSecond: 3700, consumedPerSecond: 3700, busyRatio: 0.9 };
    for (let i = 0; i < 24; i++) job.observe(busy);
    for (let i = 0; i < 24; i++) job.observe({ ...standing, atLeast });
    const back = { ...TOO_MUCH, producedPerSecond: 4300, backlogRecords: 60_000 };
    expect(job.observe(back)?.direction).toBe(direction);
  });
});

describe("a job of which no slot was ever measured", () => {
  const fresh = () => new Watched({}, { slotRate: undefined });
  const rates: Partial<JobObservation> = {
    ...{ parallelism: 2, producedPerSecond: 900, consumedPerSecond: 300 },
    ...{ backlogRecords: 3001, busyRatio: undefined },
  };

  test("goes by produced / consumed once the lag is above the allowed one", () => {
    const job = fresh();
    expect(job.observe({ ...rates, backlogRecords: 3000 })).toBeUndefined();
    expect(job.observe(rates)).toEqual({
      parallelism: 6,
      direction: "up",
      reasons: [
        {
          ...{ kind: "rates", job: "wordcount", backlogRecords: 3001 },
          ...{ producedPerSecond: 900, consumedPerSecond: 300 },
        },
      ],
    });
    expect(job.observe(rates)).toBeUndefined();
    expect(job.held?.guard).toBe("cooldown");
  });

  test.each<[string, Partial<JobObservation>, Range | undefined, number | undefined]>([
    ["its partitions", { partitions: 4 }, undefined, 4],
    ["its range", {}, { least: 1, most: 3 }, 3],
    ["what runs", { partitions: 2 }, undefined, undefined],
  ])("but to no more than %s", (_, changes, range, parallelism) => {
    expect(fresh().observe({ ...rates, ...changes }, range)?.parallelism).toBe(parallelism);
  });

  test("and never goes down", () => {
    const job = fresh();
    for (let i = 0; i < 99; i++) {
      expect(job.observe({ parallelism: 40, busyRatio: undefined })).toBeUndefined();
    }
    expect(job.scaler.parallelismAt(1000)).toBeUndefined();
  });
});

describe("the same time yesterday", () => {
  /** 1,000 records a second, and 6,000 from ten o'clock to half past; one observation a minute on 8 slots. */
  const upTo = (minutes: number, forecast: boolean) => {
    const settings = { ...SETTINGS, forecast, slotsPerTaskManager: 8 };
    const scaler = new JobScaler(settings, { job: "wordcount", everySeconds: 60, slotRate: 500 });
    let last;
    for (let minute = 0; minute <= minutes; minute++) {
      const ofDay = minute % 1440;
      const rate = ofDay >= 600 && ofDay < 630 ? 6000 : 1000;
      const rates = { producedPerSecond: rate, consumedPerSecond: Math.min(rate, 4000) };
      const busyRatio = rates.consumedPerSecond / 4000;
      last = scaler.observe(observationWith({ atMs: minute * 60_000, ...rates, busyRatio }));
    }
    return last;
  };

  test("two minutes before, capacity goes up for what came then", () => {
    expect(upTo(1440 + 597, true)).toBeUndefined();
    const advice = upTo(1440 + 598, true);
    const error = (359 / 360) ** 598;
    expect(advice?.reasons).toEqual([
      {
        ...{ kind: "forecast", job: "wordcount", capacityPerSecond: 4000, agoMinutes: 1440 },
        ratePerSecond: expect.closeTo(6000 * (1 - error), 6),
        error: expect.closeTo(error, 9),
      },
    ]);
    // 6,000 × 0.81 × 1.05 are 10.2 slots.
    expect(advice?.parallelism).toBe(11);
  });

  test("not where the tenant does without a forecast", () => {
    expect(upTo(1440 + 598, false)).toBeUndefined();
  });
});

test("the parallelism for a load has its headroom, and the reaction is as long as configured at first", () => {
  const { scaler } = new Watched();
  expect([0, 400, 500, 3800, 4000, 1e9].map((rate) => scaler.parallelismAt(rate))).toEqual([
    1, 1, 2, 8, 9, 256,
  ]);
  expect(scaler.reactionSeconds).toBe(25);
});
