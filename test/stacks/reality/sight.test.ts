import { sightOf, type Observation } from "../../../stacks/reality/sight";

const before: Observation = {
  ...{ atMs: 10_000, arrived: 1000, taken: 900, busyRatio: 0.5 },
  ...{ running: true, parallelism: 2, taskManagers: 1 },
};
const now: Observation = { ...before, atMs: 15_000, arrived: 2000, taken: 1650, busyRatio: 0.9 };

describe("what a scaler sees of a real cluster", () => {
  it("should be means since the observation before, and what waits now", () => {
    expect(sightOf(before, now, undefined, 2)).toEqual({
      nowMs: 15_000,
      arrivedPerSecond: 200,
      processedPerSecond: 150,
      backlogRecords: 350,
      busyRatio: 0.9,
      running: true,
      parallelism: 2,
      taskManagers: 1,
      taskManagersAsked: 1,
      slotsPerTaskManager: 2,
    });
  });

  it("should go on from the last known place of a job that can't be asked", () => {
    const silent = { ...now, taken: undefined, busyRatio: undefined, running: false };
    expect(sightOf(before, silent, undefined, 2)).toMatchObject({
      ...{ processedPerSecond: 0, backlogRecords: 1100, busyRatio: undefined, running: false },
    });
  });

  it("should not show a negative rate or backlog where two clocks differ a little", () => {
    const early = { ...now, arrived: 1640, taken: 1650 };
    expect(sightOf({ ...before, arrived: 1650 }, early, undefined, 2)).toMatchObject({
      ...{ arrivedPerSecond: 0, backlogRecords: 0 },
    });
  });

  it("should show TaskManagers that were asked for, and the job as running, until they are there", () => {
    expect(sightOf(before, now, 3, 2)).toMatchObject({
      ...{ running: true, taskManagers: 1, taskManagersAsked: 3 },
    });
    expect(sightOf(before, { ...now, taskManagers: 3 }, 3, 2)).toMatchObject({
      ...{ running: false, taskManagers: 3, taskManagersAsked: 3 },
    });
  });

  it("should show the TaskManagers that are to leave until they have left, as the simulator does", () => {
    expect(sightOf(before, { ...now, taskManagers: 3 }, 1, 2)).toMatchObject({
      ...{ running: false, taskManagers: 3, taskManagersAsked: 3 },
    });
  });
});
