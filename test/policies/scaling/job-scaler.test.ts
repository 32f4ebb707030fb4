import type { Range } from "../../../policies/scaling/job-scaler";
import type { JobObservation } from "../../../policies/scaling/observation";
import type { ScalingSettings } from "../../../policies/scaling/settings";
import { TOO_MUCH, Watched } from "../../support/watched";

describe("up", () => {
  test("to what the load needs, with what will wait until then, and says so", () => {
    expect(new Watched().observe({ ...TOO_MUCH, backlogRecords: 8000 })).toEqual({
      // (2,000 × 35 s + 8,000 + 6,000 × 3 s) / 15 s more than 6,300: 12,700 a second are 25.4 slots.
      parallelism: 26,
      direction: "up",
      reasons: [
        {
          ...{ kind: "load", job: "wordcount", vertex: "" },
          ...{ ratePerSecond: 6000, capacityPerSecond: 4000, backlogRecords: 8000 },
          ...{ lagSeconds: 2, foreseenLagSeconds: 19.5 },
        },
      ],
    });
  });

  test("says which vertex is full first", () => {
    const vertex = (name: string, busyRatio: number) => ({
      ...{ name, busyRatio, source: false, parallelism: 8 },
    });
    const vertices = [vertex("split", 0.5), vertex("count", 1)];
    const advice = new Watched().observe({ ...TOO_MUCH, vertices });
    expect(advice?.reasons[0]).toMatchObject({ vertex: "count", capacityPerSecond: 4000 });
  });

  test.each<[string, Partial<ScalingSettings>, Partial<JobObservation>, Range | undefined, number]>(
    [
      ["twice as many", { maxStepUp: 2 }, {}, undefined, 16],
      ["one more at least", { maxStepUp: 1 }, {}, undefined, 9],
      ["the partitions", {}, { partitions: 12 }, undefined, 12],
      ["the range", {}, {}, { least: 1, most: 20 }, 20],
      [
        "the key groups",
        { maxParallelism: 22 },
        { ...TOO_MUCH, consumedPerSecond: 3666 },
        undefined,
        22,
      ],
    ],
  )("to no more than %s", (_, settings, changes, range, parallelism) => {
    const advice = new Watched(settings).observe({ ...TOO_MUCH, ...changes }, range);
    expect(advice?.parallelism).toBe(parallelism);
  });

  test.each<[string, Partial<JobObservation>, Range | undefined]>([
    ["it has as many slots as partitions", { partitions: 8 }, undefined],
    ["the window leaves no more", {}, { least: 1, most: 8 }],
    ["it does not run", { running: false }, undefined],
  ])("not where %s", (_, changes, range) => {
    const job = new Watched();
    expect(job.observe({ ...TOO_MUCH, ...changes }, range)).toBeUndefined();
    expect(job.held).toBeUndefined();
  });

  test("not twice within the cooldown", () => {
    const job = new Watched();
    expect(job.observe(TOO_MUCH)?.direction).toBe("up");
    for (let i = 0; i < 11; i++) expect(job.observe(TOO_MUCH)).toBeUndefined();
    expect(job.held?.guard).toBe("cooldown");
    expect(job.observe(TOO_MUCH)?.direction).toBe("up");
  });

  test("a leap is let land for one observation", () => {
    const job = new Watched();
    for (let i = 0; i < 24; i++) expect(job.observe()).toBeUndefined();
    const leap = (producedPerSecond: number, backlogRecords: number) =>
      job.observe({ ...TOO_MUCH, producedPerSecond, backlogRecords });
    expect(leap(6000, 10_000)).toBeUndefined();
    const advice = leap(9000, 35_000);
    expect(advice?.reasons[0]).toMatchObject({ kind: "load", ratePerSecond: 9000 });
  });

  test("not where a rescale would take longer to catch up than staying does", () => {
    const job = new Watched({ maxParallelism: 16_000 }, { slotRate: 5 });
    const calm = {
      parallelism: 800,
      producedPerSecond: 3840,
      consumedPerSecond: 4000,
      busyRatio: 1,
    };
    // 805 slots do no more than 800: each key group of 20 is on one slot.
    expect(job.observe({ ...calm, backlogRecords: 30_000, partitions: 805 })).toBeUndefined();
    expect(job.held).toEqual({
      guard: "restart-cost",
      detail: "the backlog is gone in 153 s, a rescale would take 225 s",
    });
    const wide = new Watched({ maxParallelism: 16_000 }, { slotRate: 5 });
    expect(wide.observe({ ...calm, backlogRecords: 30_000 })?.direction).toBe("up");
  });

  test("not again for a while, where the last one brought nothing", () => {
    const job = new Watched({ restartPrice: 1000 });
    expect(job.observe(TOO_MUCH)?.parallelism).toBe(26);
    const stuck = { ...TOO_MUCH, parallelism: 26 };
    for (let i = 0; i < 30; i++) expect(job.observe(stuck)).toBeUndefined();
    expect(job.observe(stuck)).toBeUndefined();
    expect(job.held).toEqual({
      guard: "ineffective-scale-up",
      detail: "the last one brought 0 records/s of 9000",
    });
  });
});

describe("down", () => {
  /** 1,000 records a second on 12 slots, which could process 5,818: 3 slots would do. */
  const little = (rest: Partial<JobObservation> = {}) => ({
    ...{
      parallelism: 12,
      producedPerSecond: 1000,
      consumedPerSecond: 1000,
      busyRatio: 0.171875,
    },
    ...rest,
  });
  const quiet = (job: Watched, count: number) => {
    for (let i = 0; i < count; i++) expect(job.observe(little())).toBeUndefined();
  };

  test("to the most that was needed in the window, once what stood idle pays for the stop", () => {
    const job = new Watched();
    quiet(job, 36);
    expect(job.held).toEqual({
      guard: "scale-down-window",
      detail: "12 slots were needed within the last 180 s",
    });
    // Two idle TaskManagers of 4 slots are 40 slot-seconds in 5 s; a stop of 12 slots for 3 s is 36.
    expect(job.observe(little())).toEqual({
      parallelism: 3,
      direction: "down",
      reasons: [
        {
          ...{ kind: "less-load", job: "wordcount", slots: 3, windowSeconds: 180 },
          ...{ ratePerSecond: 1000, capacityPerSecond: expect.closeTo((256 / 22) * 500, 6) },
        },
      ],
    });
  });

  test("not before the idle slots outweigh the stop", () => {
    const job = new Watched({ restartPrice: 2 });
    quiet(job, 37);
    expect(job.held).toEqual({
      guard: "restart-cost",
      detail: "40 slot-seconds stood idle so far, a rescale costs 72",
    });
    expect(job.observe(little())?.direction).toBe("down");
  });

  test("not while records wait, nor to less than the range", () => {
    const job = new Watched();
    quiet(job, 36);
    expect(job.observe(little({ backlogRecords: 7000 }))).toBeUndefined();
    expect(job.held).toEqual({ guard: "backlog", detail: "1.2 s of records still wait" });
    expect(job.observe(little(), { least: 5, most: 99 })?.parallelism).toBe(5);
    const bounded = new Watched();
    quiet(bounded, 36);
    expect(bounded.observe(little(), { least: 9, most: 99 })).toBeUndefined();
  });

  test("not by slots that save no TaskManager", () => {
    const job = new Watched();
    for (let i = 0; i < 99; i++) {
      const advice = job.observe({
        parallelism: 4,
        producedPerSecond: 100,
        consumedPerSecond: 100,
      });
      expect(advice).toBeUndefined();
    }
  });

  test("not at once after a gap in the metrics", () => {
    const job = new Watched();
    quiet(job, 36);
    job.seconds += 61;
    expect(job.observe(little())).toBeUndefined();
    quiet(job, 35);
    expect(job.observe(little())?.direction).toBe("down");
  });
});
