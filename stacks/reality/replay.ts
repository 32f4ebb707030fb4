import type { Outcome } from "../../policies/simulator/outcome";
import type { PlantSettings } from "../../policies/simulator/plant";
import type { Policy } from "../../policies/simulator/scaler";
import { simulate } from "../../policies/simulator/simulate";
import type { Trace } from "../../policies/simulator/trace";
import { flinktidePolicy } from "../../policies/scaling/policy";
import type { Curves } from "./compare";
import { measuredPlant } from "./measured-plant";
import type { Recording } from "./recording";

/** What the simulator makes of a recorded load. */
export interface Replay extends Curves {
  plant: PlantSettings;
  outcome: Outcome;
}

/** The recorded load as a trace for the simulator: what arrived, second by second. */
export function recordedTrace({ setting, series }: Recording): Trace {
  const { startMs } = setting;
  return {
    name: "recorded",
    description: "What arrived on the real cluster.",
    startMs,
    endMs: startMs + series.arrived.length * 1000,
    rateAt: (ms) => series.arrived[Math.floor((ms - startMs) / 1000)] ?? 0,
  };
}

/** The policy that decided, with the settings that it had then. */
export function recordedPolicy({ policy }: Recording): Policy {
  return flinktidePolicy(undefined, policy.settings);
}

/** Plays a recorded load to a policy on a cluster as it was measured; the policy is told what it was told then. */
export function replay(
  recording: Recording,
  policy: Policy = recordedPolicy(recording),
  plant: PlantSettings = measuredPlant(recording),
): Replay {
  const trace = recordedTrace(recording);
  const told: Policy = {
    ...policy,
    start: (_, load) => {
      const { scaler } = policy.start(recording.setting, load);
      return { scaler, first: recording.first };
    },
  };
  const seconds = recording.series.arrived.length;
  const outcome = simulate(told, trace, plant, { timelinePoints: seconds });
  return {
    plant,
    outcome,
    lagSeconds: outcome.timeline.map(({ lagSeconds }) => lagSeconds),
    parallelism: runningParallelism(outcome, recording),
  };
}

/** At the end of each second: of the job that runs, or ran last. */
function runningParallelism({ rescaleRecords }: Outcome, { first, series, setting }: Recording) {
  return series.arrived.map((_, second) => {
    const endMs = setting.startMs + (second + 1) * 1000;
    const last = rescaleRecords.findLast(({ runningAtMs }) => runningAtMs < endMs);
    return last?.to.parallelism ?? first.parallelism;
  });
}
