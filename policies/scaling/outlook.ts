import type { LoadMeter } from "./load-meter";
import type { ScalingSettings } from "./settings";

/** What the job is about to meet. Rates and capacity in records a second. */
export interface Outlook {
  /** What runs can process. */
  capacity: number;
  /** The load now: the mean of a minute, or what came last where that is a jump. */
  rate: number;
  /** Lag at the time at which a decision made now takes effect. */
  foreseenLagSeconds: number;
  /** Capacity must go up now. */
  short: boolean;
  /** The load was still leaping with the last sample: the next one will show where to. */
  leaping: boolean;
  /** The forecast asks for it. */
  foreseen: boolean;
  floor: SeasonFloor | undefined;
  /** To size for when going up, with what waits. */
  targetRate: number;
  /** To keep when going down. */
  keepRate: number;
}

/** The load that is expected from what was at the same time before. */
export interface SeasonFloor {
  ratePerSecond: number;
  agoMinutes: number;
  /** Relative, 0 to 1. */
  error: number;
}

interface Situation {
  load: LoadMeter;
  backlogRecords: number;
  capacity: number;
  floor: SeasonFloor | undefined;
  /** From a decision to the job running with it. */
  reactionSeconds: number;
  /** Between two observations. */
  everySeconds: number;
  settings: ScalingSettings;
}

/** A minute's mean is the load of half a minute ago. */
const MEAN_AGE_SECONDS = 30;
/** More than the trend of the minute before, by more than noise explains. */
const JUMP_SHARE = 1.05;
/** A backlog of this share of the allowed lag is evidence that the load has jumped. */
const EVIDENCE_SHARE = 0.2;
const LEAP = 1.2;
/** Below this use, a backlog is being worked off and needs nothing more. */
const FULL = 0.95;

export function outlook(situation: Situation): Outlook {
  const { load, backlogRecords, capacity, floor, settings } = situation;
  // What is not decided now is decided at the next observation, and its rate may then be half seen.
  const horizonSeconds = situation.reactionSeconds + 2 * situation.everySeconds;
  const rate = rateNow(situation);
  const slope = Math.max(0, load.slope);
  const growth = slope * (MEAN_AGE_SECONDS + horizonSeconds);
  const unrest = Math.max(0, load.unrest - settings.unrestAbsorbed);
  const margin = 1 + settings.headroom + settings.unrestFactor * unrest;
  const floorRate = (floor?.ratePerSecond ?? 0) * (1 + settings.headroom);

  const overflow = (rate + growth / 2 - capacity) * horizonSeconds;
  const backlogThen = Math.max(0, backlogRecords + overflow);
  const foreseenLagSeconds = backlogThen / capacity;
  const late =
    foreseenLagSeconds > settings.lateShare * settings.allowedLagSeconds && rate > FULL * capacity;
  const foreseen = floorRate > capacity;

  const urgent = foreseenLagSeconds > settings.allowedLagSeconds;
  const toCatchUp = backlogThen + rate * settings.gapSeconds;
  const expected = (rate + growth + slope * settings.climbSeconds) * margin;
  return {
    capacity,
    rate,
    foreseenLagSeconds,
    short: late || foreseen || rate + growth > capacity,
    leaping: load.last > LEAP * load.previous,
    foreseen,
    floor,
    targetRate: Math.max(expected + (urgent ? toCatchUp / settings.catchUpSeconds : 0), floorRate),
    keepRate: Math.max(load.mean * margin, floorRate),
  };
}

function rateNow({ load, backlogRecords, capacity, settings }: Situation): number {
  if (backlogRecords > EVIDENCE_SHARE * settings.allowedLagSeconds * capacity) {
    return Math.max(load.last, load.mean);
  }
  const noise = JUMP_SHARE + settings.jumpDeviations * load.shortUnrest;
  const lowest = Math.min(load.last, load.previous);
  return lowest > load.mean * noise ? load.last : load.mean;
}
