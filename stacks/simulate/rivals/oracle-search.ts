import type { Outcome } from "../../../policies/simulator/outcome";
import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Trace } from "../../../policies/simulator/trace";
import { cellLoads, cheapestPlan, type CellLoads, type CellPlan } from "./oracle-plan";
import { taskManagersWithin } from "./sizing";

/** How often spare capacity is added where the allowed lag was exceeded. */
const REPAIRS = 25;
/** Added each time; once the fine steps are used up, what a cell has is doubled, too. */
const MARGIN_STEP = 0.02;
const FINE_STEPS = 15;
/** Cells before a violation that share in its repair: the lag was gathered there. */
const CELLS_BEFORE = 3;

/** What a plan leads to, with at most this many points of its timeline. */
export type Trial = (plan: CellPlan, timelinePoints: number) => Outcome;

interface Candidate {
  plan: CellPlan;
  violation: number;
  slotHours: number;
}

interface Task {
  trace: Trace;
  plant: PlantSettings;
  loads: CellLoads;
  run: Trial;
}

/** The plan with the fewest slot-hours among those found with the fewest minutes above the allowed lag. */
export function bestPlan(trace: Trace, plant: PlantSettings, run: Trial): CellPlan {
  const task = { trace, plant, loads: cellLoads(trace, plant), run };
  const best = [true, false].map((drained) => repaired(task, drained)).reduce(better);
  return orNeverChanging(best, task).plan;
}

/** Begins without spare capacity and adds some just where a run of the plan exceeds the allowed lag. */
function repaired({ trace, plant, loads, run }: Task, drained: boolean): Candidate {
  const margins = new Float64Array(loads.mean.length);
  let best: Candidate | undefined;
  for (let repair = 0; repair <= REPAIRS; repair++) {
    const plan = cheapestPlan(loads, plant, margins, drained);
    const outcome = run(plan, margins.length);
    best = best === undefined ? candidate(plan, outcome) : better(best, candidate(plan, outcome));
    if (outcome.violationMinutes === 0) break;
    const growth = repair < FINE_STEPS ? 1 : 2;
    for (const { atMs, lagSeconds } of outcome.timeline) {
      if (lagSeconds <= plant.allowedLagSeconds) continue;
      const last = Math.ceil((atMs - trace.startMs) / 1000 / loads.cellSeconds) - 1;
      for (let cell = Math.max(0, last - CELLS_BEFORE); cell <= last; cell++) {
        margins[cell] = (margins[cell] ?? 0) * growth + MARGIN_STEP;
      }
    }
  }
  return best as Candidate;
}

/**
 * A cluster that stays as it is, where that is better: where every rescale takes longer than the allowed lag, or on a
 * trace so short that what waits at its end counts.
 */
function orNeverChanging(best: Candidate, { trace, plant, loads, run }: Task): Candidate {
  const { cellSeconds, mean } = loads;
  const staying = (taskManagers: number) => {
    const plan = { cellSeconds, taskManagers: new Int32Array(mean.length).fill(taskManagers) };
    return candidate(plan, run(plan, 0));
  };
  const seconds = Math.floor((trace.endMs - trace.startMs) / 1000);
  // With fewer, not even the busiest cell that is due before the end is worked off in time.
  const cells = Math.floor((seconds - plant.allowedLagSeconds) / cellSeconds);
  const due = mean.subarray(0, Math.max(0, cells));
  const busiest = due.reduce((most, rate) => Math.max(most, rate), 0) * cellSeconds;
  let low = taskManagersWithin(busiest / (cellSeconds + plant.allowedLagSeconds), plant);
  const perTaskManager = (plant.slotsPerTaskManager * seconds) / 3600;
  const cheaper = Math.ceil(best.slotHours / perTaskManager - 1e-9) - 1;
  let high = best.violation > 0 ? plant.ceiling : cheaper;
  if (!(low <= high)) return best;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (staying(middle).violation === 0) high = middle;
    else low = middle + 1;
  }
  return better(best, staying(high));
}

function candidate(plan: CellPlan, { violationMinutes, slotHours }: Outcome): Candidate {
  return { plan, violation: violationMinutes, slotHours };
}

function better(a: Candidate, b: Candidate): Candidate {
  const fewer = b.violation - a.violation || b.slotHours - a.slotHours;
  return fewer < 0 ? b : a;
}
