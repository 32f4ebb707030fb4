import { plantFor, type PlantSettings } from "../../../policies/simulator/plant";
import { simulate } from "../../../policies/simulator/simulate";
import type { Trace } from "../../../policies/simulator/trace";
import { flinktidePolicy } from "../../../policies/scaling/policy";
import { loadShape } from "../../../stacks/reality/load-shape";
import { parseRecording, type Recording } from "../../../stacks/reality/recording";
import { MOST_PER_SECOND, settingFor } from "../../../stacks/reality/tenant";

const START_MS = Date.UTC(2026, 10, 21, 9);
const MINUTES = 15;

const load = loadShape({ minutes: MINUTES, mostPerSecond: MOST_PER_SECOND });
const trace: Trace = {
  name: "shape",
  description: "The load of a recorded run.",
  startMs: START_MS,
  endMs: START_MS + MINUTES * 60_000,
  rateAt: (ms) => Math.round(load((ms - START_MS) / 1000)),
};

/** A recording of a run as the simulator has it: what a real cluster with exactly this plant would give. */
export function simulatedRecording(overrides: Partial<PlantSettings> = {}): Recording {
  const setting = settingFor(START_MS, trace.rateAt(START_MS));
  const { slotRate, slotsPerTaskManager, maxParallelism, floor, ceiling } = setting;
  const plant = plantFor(trace, {
    ...{ slotRate, slotsPerTaskManager, maxParallelism, floor, ceiling },
    ...{ contention: 0, taskManagerStartSeconds: 9, rescaleGapSeconds: 2 },
    ...{ warmUpSeconds: 0, warmUpShare: 1, checkpointSeconds: 1 },
    ...overrides,
  });
  const policy = flinktidePolicy();
  const { first } = policy.start(setting, trace);
  const told = { ...policy, start: () => policy.start(setting, trace) };
  const outcome = simulate(told, trace, plant, { timelinePoints: MINUTES * 60 });
  const second = (ms: number) => (ms - START_MS) / 1000;
  const rescales = outcome.rescaleRecords.map(({ atMs, runningAtMs, from, to, why }) => ({
    ...{ wishedAt: second(atMs), runningAt: second(runningAtMs), registeredAt: null },
    ...{ gapSeconds: plant.rescaleGapSeconds, updateSeconds: 8, from, to, why },
  }));
  const held = <T>(value: (size: { taskManagers: number; parallelism: number }) => T) =>
    outcome.timeline.map(({ atMs }) => {
      const last = rescales.findLast(({ runningAt }) => runningAt < second(atMs));
      return value(last?.to ?? first);
    });
  const arrived = outcome.timeline.map((point) => point.arrivedPerSecond);
  const parallelism = held((size) => size.parallelism);
  return parseRecording({
    kind: "flinktide-reality",
    ...{ machine: "2 cores, 24 GiB", loadAverage: { start: 0.5, end: 1.5 }, flink: "1.14" },
    ...{ policy: { name: "flinktide", settings: {} }, everySeconds: 5, checkpointSeconds: 1 },
    setting,
    first: { taskManagers: first.taskManagers, parallelism: first.parallelism },
    series: {
      arrived,
      // Right wherever the job is never out of work, and only there it is looked at.
      processed: parallelism.map((slots) => slots * plant.slotRate),
      lagSeconds: outcome.timeline.map((point) => point.lagSeconds),
      parallelism,
      taskManagers: held((size) => size.taskManagers),
    },
    rescales,
    unseen: [],
    count: { exact: true, sentence: "Exact." },
  });
}
