import type { PlantSettings } from "../../policies/simulator/plant";
import { median } from "../report/format";
import type { Recording } from "./recording";

/** In which a restarted job may be slower. */
const WARM_UP_SECONDS = 10;
/** A job that lags by more was never out of work. */
const FULL_LAG_SECONDS = 1;

/**
 * The simulated cluster for a recording: every setting as it was measured in it, medians where it was measured several
 * times, and the simulator's own where there was nothing to measure it by.
 */
export function measuredPlant(recording: Recording): PlantSettings {
  const { setting, checkpointSeconds } = recording;
  const slotRate = measuredSlotRate(recording) ?? setting.slotRate;
  const gaps = recording.rescales.map(({ gapSeconds }) => gapSeconds);
  const rescaleGapSeconds = median(gaps) ?? 0;
  return {
    slotRate,
    slotsPerTaskManager: setting.slotsPerTaskManager,
    contention: 0,
    maxParallelism: setting.maxParallelism,
    taskManagerStartSeconds: Math.max(0, (startSeconds(recording) ?? 0) - rescaleGapSeconds),
    readyTaskManagers: setting.ceiling,
    nodeStartSeconds: 0,
    rescaleGapSeconds,
    ...warmUp(recording, slotRate),
    checkpointSeconds,
    allowedLagSeconds: setting.allowedLagSeconds,
    floor: setting.floor,
    ceiling: setting.ceiling,
  };
}

/** From a wish for more TaskManagers to the job running on them: in the simulator, their start and the gap. */
function startSeconds({ rescales }: Recording): number | null {
  const ups = rescales.filter(({ from, to }) => to.taskManagers > from.taskManagers);
  return median(ups.map(({ wishedAt, runningAt }) => runningAt - wishedAt));
}

/** Of the seconds in which the job was warm and never out of work. */
function measuredSlotRate(recording: Recording): number | null {
  const { processed, parallelism } = recording.series;
  const rates = processed.flatMap((count, second) => {
    const warm = recording.rescales.every(
      ({ wishedAt, runningAt }) => second < wishedAt || second > runningAt + WARM_UP_SECONDS,
    );
    return warm && full(recording, second) ? [count / (parallelism[second] ?? 1)] : [];
  });
  return rates.length < WARM_UP_SECONDS ? null : rates.reduce((a, b) => a + b, 0) / rates.length;
}

function full({ series }: Recording, second: number): boolean {
  const [before = 0, after = 0] = [series.lagSeconds[second - 1], series.lagSeconds[second]];
  return before > FULL_LAG_SECONDS && after > FULL_LAG_SECONDS;
}

/** What the job did right after its restarts, of what it could have done. */
function warmUp(
  recording: Recording,
  slotRate: number,
): Pick<PlantSettings, "warmUpSeconds" | "warmUpShare"> {
  const shares = recording.rescales.flatMap(({ runningAt, to }) => {
    const first = Math.ceil(runningAt);
    const seconds = Array.from({ length: WARM_UP_SECONDS }, (_, i) => first + i);
    if (!seconds.every((second) => full(recording, second))) return [];
    const done = seconds.map((second) => recording.series.processed[second] ?? 0);
    const could = WARM_UP_SECONDS * to.parallelism * slotRate;
    return [done.reduce((a, b) => a + b, 0) / could];
  });
  const warmUpShare = Math.min(1, median(shares) ?? 1);
  return { warmUpSeconds: warmUpShare < 1 ? WARM_UP_SECONDS : 0, warmUpShare };
}
