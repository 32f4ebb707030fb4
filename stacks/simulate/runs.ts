import { setImmediate } from "node:timers/promises";
import type { Outcome } from "../../policies/simulator/outcome";
import { plantFor, type PlantSettings } from "../../policies/simulator/plant";
import { simulate } from "../../policies/simulator/simulate";
import type { Trace } from "../../policies/simulator/trace";
import type { Contestant } from "./contestant";

/** One trace, the cluster it was played on, and what every policy made of it. */
export interface TraceRun {
  name: string;
  description: string;
  startMs: number;
  endMs: number;
  hours: number;
  plant: PlantSettings;
  /** Of policies that run on another cluster than `plant`. */
  plants?: Readonly<Record<string, PlantSettings>>;
  outcomes: Outcome[];
}

export interface RunOptions {
  /** Settings of the cluster that differ from the trace's own. */
  plant?: Partial<PlantSettings>;
  /** @default 0, which keeps neither points nor rescales */
  timelinePoints?: number;
}

/** Plays a trace once for every policy, each time on the same cluster. */
export async function runTrace(
  trace: Trace,
  contestants: readonly Contestant[],
  { plant: overrides = {}, timelinePoints = 0 }: RunOptions = {},
): Promise<TraceRun> {
  const sized = plantFor(trace, overrides);
  const plant = { ...sized, ceiling: Math.max(sized.floor, sized.ceiling) };
  const outcomes: Outcome[] = [];
  for (const contestant of contestants) {
    outcomes.push(simulate(contestant.on(plant), trace, plant, { timelinePoints }));
    // Lets the progress of a long run be printed.
    await setImmediate();
  }
  const { name, description, startMs, endMs } = trace;
  return {
    name,
    description,
    startMs,
    endMs,
    hours: (endMs - startMs) / 3_600_000,
    plant,
    outcomes,
  };
}
