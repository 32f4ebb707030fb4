import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Policy } from "../../../policies/simulator/scaler";
import { compare } from "../../../stacks/reality/compare";
import { measuredPlant } from "../../../stacks/reality/measured-plant";
import { recordedPolicy, recordedTrace, replay } from "../../../stacks/reality/replay";
import { simulatedRecording } from "./simulated-recording";

const recording = simulatedRecording();
const judge = (plant?: Partial<PlantSettings>, policy?: Policy) => {
  const changed = { ...measuredPlant(recording), ...plant };
  return compare(recording.series, replay(recording, policy, changed), recording.everySeconds);
};

describe("the cluster as it was measured", () => {
  it("should be the one that was recorded", () => {
    expect(measuredPlant(recording)).toEqual({
      ...{ slotRate: 100, slotsPerTaskManager: 2, contention: 0, maxParallelism: 840 },
      ...{ taskManagerStartSeconds: 9, readyTaskManagers: 4, nodeStartSeconds: 0 },
      ...{ rescaleGapSeconds: 2, warmUpSeconds: 0, warmUpShare: 1, checkpointSeconds: 1 },
      ...{ allowedLagSeconds: 10, floor: 1, ceiling: 4 },
    });
  });

  it("should have the rate of its slots from what they did while they were never out of work", () => {
    expect(measuredPlant(simulatedRecording({ slotRate: 90 })).slotRate).toBeCloseTo(90, 6);
  });

  it("should warm up where restarted jobs did less than they could", () => {
    const slow = simulatedRecording();
    for (const { runningAt } of slow.rescales) {
      for (let second = runningAt; second < runningAt + 10; second++) {
        slow.series.processed[second] = (slow.series.processed[second] ?? 0) * 0.5;
      }
    }
    expect(measuredPlant(slow)).toMatchObject({ warmUpSeconds: 10, warmUpShare: 0.5 });
  });

  it("should keep to what was expected where nothing was measured", () => {
    const idle = { ...recording, rescales: [] };
    const lagSeconds = recording.series.lagSeconds.map(() => 0);
    const series = { ...recording.series, lagSeconds };
    expect(measuredPlant({ ...idle, series })).toMatchObject({
      ...{ slotRate: 100, taskManagerStartSeconds: 0, rescaleGapSeconds: 0, warmUpSeconds: 0 },
    });
  });
});

describe("the replay", () => {
  it("should have the recorded load", () => {
    const trace = recordedTrace(recording);
    expect(trace.endMs - trace.startMs).toBe(900_000);
    expect(trace.rateAt(trace.startMs + 400_500)).toBe(recording.series.arrived[400]);
    expect(trace.rateAt(trace.endMs)).toBe(0);
  });

  it("should repeat a run of the simulator exactly", () => {
    const { lagSeconds, parallelism } = replay(recording);
    expect(lagSeconds).toEqual(recording.series.lagSeconds);
    expect(parallelism).toEqual(recording.series.parallelism);
    expect(recording.rescales.length).toBeGreaterThan(3);
    expect(judge()).toMatchObject({ ok: true, lag: { difference: 0 } });
  });

  it("should find a wrong plant out", () => {
    expect(judge({ slotRate: 80 }).ok).toBe(false);
    expect(judge({ taskManagerStartSeconds: 30 })).toMatchObject({
      ...{ lag: { ok: false }, parallelism: { ok: false } },
    });
    expect(judge({ rescaleGapSeconds: 12 }).ok).toBe(false);
  });

  it("should find another policy out", () => {
    const { first } = recording;
    const still: Policy = {
      ...recordedPolicy(recording),
      start: () => ({
        first,
        scaler: { everySeconds: 5, mechanism: "ordered", decide: () => undefined },
      }),
    };
    expect(judge({}, still)).toMatchObject({ lag: { ok: false }, parallelism: { ok: false } });
  });

  it("should give the scaler the settings that it had, not those of today", () => {
    const patient = {
      ...recording,
      policy: { name: "flinktide", settings: { cooldownSeconds: 1000 } },
    };
    const downs = (curve: readonly number[]) =>
      curve.filter((p, i) => p < (curve[i - 1] ?? p)).length;
    expect(downs(replay(recording).parallelism)).toBeGreaterThan(0);
    expect(downs(replay(patient).parallelism)).toBe(0);
  });
});
