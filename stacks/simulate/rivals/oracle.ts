import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Scaler, Wish } from "../../../policies/simulator/scaler";
import { simulate } from "../../../policies/simulator/simulate";
import type { Trace } from "../../../policies/simulator/trace";
import type { Contestant } from "../contestant";
import type { CellPlan } from "./oracle-plan";
import { bestPlan } from "./oracle-search";
import { wishFor } from "./sizing";

const INFO = {
  name: "oracle",
  title: "Clairvoyant oracle",
  source: "dynamic programming over the trace itself, adjusting once a minute at most",
  reactive: false,
};

/** Knows the whole trace: the fewest slot-hours without a violation, with capacity adjusted each minute at most. */
export const oracle: Contestant = {
  ...INFO,
  on: (plant) => ({
    ...INFO,
    start(_setting, given) {
      const trace = recorded(given);
      const following = (plan: CellPlan) => follow(plan, plant, trace.startMs);
      const plan = bestPlan(trace, plant, (candidate, timelinePoints) => {
        const policy = { ...INFO, start: () => following(candidate) };
        return simulate(policy, trace, plant, { timelinePoints });
      });
      return following(plan);
    },
  }),
};

/** 48 days in 32 MiB. */
const MOST_RECORDED = 2 ** 22;

/** The same trace with the rates of its seconds looked up, for every trial asks for all of them; a long one as it is. */
function recorded(trace: Trace): Trace {
  const { startMs, endMs } = trace;
  const seconds = Math.ceil((endMs - startMs) / 1000);
  if (seconds > MOST_RECORDED) return trace;
  const rates = new Float64Array(seconds + 1);
  for (let s = 0; s <= seconds; s++) rates[s] = trace.rateAt(startMs + (s + 0.5) * 1000);
  return { ...trace, rateAt: (ms) => rates[Math.floor((ms - startMs) / 1000)] ?? 0 };
}

/** Asks for TaskManagers early enough for them to run at the beginning of their cell. */
function follow(
  plan: CellPlan,
  plant: PlantSettings,
  startMs: number,
): { scaler: Scaler; first: Wish } {
  const wish = (taskManagers: number): Wish => ({
    ...wishFor(taskManagers, plant),
    why: "the trace is known",
  });
  const { taskManagerStartSeconds, nodeStartSeconds, readyTaskManagers } = plant;
  const at = (second: number) => plan.taskManagers[Math.floor(second / plan.cellSeconds)] ?? 1;
  const decide: Scaler["decide"] = ({ nowMs, taskManagersAsked }) => {
    const second = (nowMs - startMs) / 1000;
    const later = at(second + taskManagerStartSeconds + nodeStartSeconds);
    if (later > Math.max(taskManagersAsked, readyTaskManagers)) return wish(later);
    const soon = at(second + taskManagerStartSeconds);
    if (soon > taskManagersAsked) return wish(soon);
    const now = at(second);
    return now < taskManagersAsked && soon < taskManagersAsked
      ? wish(Math.max(now, soon))
      : undefined;
  };
  return { scaler: { everySeconds: 1, mechanism: "ordered", decide }, first: wish(at(0)) };
}
