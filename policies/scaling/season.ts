import type { SeasonFloor } from "./outlook";

/** What the load was at the same time a day and a week before, and how well that foretold the present. */

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** Errors are remembered this long: the short memory forgives soon, the long one knows the habit. */
const SHORT_MEMORY_MINUTES = 10;
const LONG_MEMORY_MINUTES = 360;
/** A forecast that was off by more than this share gives no floor. */
const WORST_ERROR = 0.25;

interface Candidate {
  agoMinutes: number;
  short: number;
  long: number;
}

export class Season {
  private readonly minutes = new Float32Array(WEEK_MINUTES).fill(NaN);
  private readonly candidates: Candidate[] = [
    { agoMinutes: DAY_MINUTES, short: 1, long: 1 },
    { agoMinutes: WEEK_MINUTES, short: 1, long: 1 },
  ];
  /** The minute that is being gathered, counted from the epoch. */
  private minute = -1;
  private sum = 0;
  private count = 0;

  push(nowMs: number, rate: number): void {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== this.minute && this.count > 0) this.close(minute);
    this.minute = minute;
    this.sum += rate;
    this.count += 1;
  }

  /**
   * The least that the load will be within some minutes from now, from the better of both candidates less its error
   * band; undefined where neither has foretold well. `aheadMinutes`: the most of these minutes is meant.
   */
  floorWithin(aheadMinutes: number): SeasonFloor | undefined {
    let best: SeasonFloor | undefined;
    for (const { agoMinutes, short, long } of this.candidates) {
      const error = Math.max(short, long);
      if (error > WORST_ERROR) continue;
      const ratePerSecond = this.most(agoMinutes, aheadMinutes) * (1 - error);
      if (!(ratePerSecond > (best?.ratePerSecond ?? 0))) continue;
      best = { ratePerSecond, agoMinutes, error };
    }
    return best;
  }

  private most(agoMinutes: number, aheadMinutes: number): number {
    let most = 0;
    for (let ahead = 0; ahead <= aheadMinutes; ahead++) {
      const then = this.at(this.minute + ahead - agoMinutes);
      if (then > most) most = then;
    }
    return most;
  }

  private close(next: number): void {
    const rate = this.sum / this.count;
    for (const candidate of this.candidates) this.judge(candidate, rate);
    // A gap in the metrics leaves no load of an earlier week behind.
    for (let m = this.minute + 1; m < Math.min(next, this.minute + WEEK_MINUTES); m++) {
      this.minutes[m % WEEK_MINUTES] = NaN;
    }
    this.minutes[this.minute % WEEK_MINUTES] = rate;
    this.sum = 0;
    this.count = 0;
  }

  private judge(candidate: Candidate, rate: number): void {
    const then = this.at(this.minute - candidate.agoMinutes);
    const error = Number.isNaN(then) ? 1 : Math.abs(rate - then) / Math.max(rate, then, 1e-9);
    candidate.short += (error - candidate.short) / SHORT_MEMORY_MINUTES;
    candidate.long += (error - candidate.long) / LONG_MEMORY_MINUTES;
  }

  private at(minute: number): number {
    return this.minutes[((minute % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES] ?? NaN;
  }
}
