import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Trace } from "../../../policies/simulator/trace";
import { cheapestPath } from "./oracle-path";
import { taskManagersWithin } from "./sizing";

/** TaskManagers by cells of equal length. */
export interface CellPlan {
  cellSeconds: number;
  taskManagers: Int32Array;
}

/** What a trace asks of each cell, in records a second. */
export interface CellLoads {
  cellSeconds: number;
  /** Mean of what arrives. */
  mean: Float64Array;
  /** Capacity that keeps the allowed lag within the cell, where the job runs all the time. */
  steady: Float64Array;
  /** The same where the job is rescaled at the beginning of the cell. */
  rescaled: Float64Array;
}

const MAX_CELLS = 200_000;
/** The source documents' window: capacity is never adjusted more often. */
const CELL_SECONDS = 60;

/** A minute; several where a trace of so many seconds has more than 200,000 of them. */
export function cellSecondsFor(seconds: number): number {
  return CELL_SECONDS * Math.max(1, Math.ceil(seconds / CELL_SECONDS / MAX_CELLS));
}

export function cellLoads(trace: Trace, plant: PlantSettings): CellLoads {
  const seconds = Math.floor((trace.endMs - trace.startMs) / 1000);
  const cellSeconds = cellSecondsFor(seconds);
  const cells = Math.max(1, Math.ceil(seconds / cellSeconds));
  const mean = new Float64Array(cells);
  const steady = new Float64Array(cells);
  const rescaled = new Float64Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const from = cell * cellSeconds;
    const length = Math.min(cellSeconds, seconds - from);
    let arrived = 0;
    for (let i = 1; i <= length; i++) {
      arrived += trace.rateAt(trace.startMs + (from + i - 0.5) * 1000);
      // What has come by now must be processed when the allowed lag is over; after the cell others help.
      const due = i + plant.allowedLagSeconds;
      if (due > cellSeconds) continue;
      steady[cell] = Math.max(steady[cell] ?? 0, arrived / due);
      rescaled[cell] = Math.max(rescaled[cell] ?? 0, arrived / workingSeconds(due, plant));
    }
    mean[cell] = arrived / cellSeconds;
  }
  return { cellSeconds, mean, steady, rescaled };
}

/** Seconds' worth of full capacity within this many seconds from a rescale on; never quite 0. */
function workingSeconds(seconds: number, plant: PlantSettings): number {
  const { rescaleGapSeconds, warmUpSeconds, warmUpShare } = plant;
  const running = Math.max(0, seconds - rescaleGapSeconds);
  return Math.max(1e-9, running - Math.min(running, warmUpSeconds) * (1 - warmUpShare));
}

/**
 * The cheapest sequence of TaskManagers that holds every cell's load, by dynamic programming over cells and sizes.
 * `margins`: each cell's spare capacity as a share. `drained`: what a rescale leaves waiting is worked off within its
 * cell, not carried on.
 */
export function cheapestPlan(
  loads: CellLoads,
  plant: PlantSettings,
  margins: Float64Array,
  drained: boolean,
): CellPlan {
  const { cellSeconds, mean, steady, rescaled } = loads;
  const stretch = drained ? cellSeconds / workingSeconds(cellSeconds, plant) : 1;
  const sizes = (rateOf: (cell: number) => number) =>
    Int32Array.from(margins, (share, cell) =>
      taskManagersWithin(rateOf(cell) * (1 + share), plant),
    );
  const kept = sizes((cell) => Math.max(mean[cell] ?? 0, steady[cell] ?? 0));
  const changed = sizes((cell) => Math.max((mean[cell] ?? 0) * stretch, rescaled[cell] ?? 0));
  const { taskManagerStartSeconds, nodeStartSeconds, readyTaskManagers } = plant;
  const startUp = (n: number) =>
    n * taskManagerStartSeconds + Math.max(0, n - readyTaskManagers) * nodeStartSeconds;
  return { cellSeconds, taskManagers: cheapestPath(kept, changed, { cellSeconds, startUp }) };
}
