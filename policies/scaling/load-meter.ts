/** The load over the last minutes, from one sample every few seconds. Rates in records a second. */

const WINDOW_SECONDS = 60;
const TREND_SECONDS = 180;
/** Unrest counts up to this share. */
const UNREST_CAP = 0.15;
/** What is further off is no unrest but another load, and nothing is learnt from it. */
const JUMP = 0.3;
const UNREST_MEMORY_SECONDS = 1800;

/** A ring of samples. */
class Ring {
  private readonly values: Float64Array;
  private next = 0;
  private filled = 0;

  constructor(size: number) {
    this.values = new Float64Array(size);
  }

  push(value: number): void {
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.values.length;
    this.filled = Math.min(this.filled + 1, this.values.length);
  }

  get length(): number {
    return this.filled;
  }

  /** `ago` 0 is the newest. The oldest one where there are fewer. */
  at(ago: number): number {
    const size = this.values.length;
    const back = Math.min(ago, this.filled - 1);
    return this.values[(this.next - 1 - back + 2 * size) % size] ?? 0;
  }

  get mean(): number {
    let sum = 0;
    for (let i = 0; i < this.filled; i++) sum += this.values[i] ?? 0;
    return this.filled === 0 ? 0 : sum / this.filled;
  }
}

export class LoadMeter {
  private readonly samples: Ring;
  private readonly means: Ring;
  private readonly perWindow: number;
  private readonly perTrend: number;
  private variance = 0;
  private shortVariance = 0;
  /** Means since the load last jumped. */
  private sinceJump = 0;

  /** `everySeconds`: between two samples. */
  constructor(private readonly everySeconds: number) {
    this.perWindow = Math.max(1, Math.round(WINDOW_SECONDS / everySeconds));
    this.perTrend = Math.max(2, Math.round(TREND_SECONDS / everySeconds));
    this.samples = new Ring(this.perWindow);
    this.means = new Ring(this.perTrend + 1);
  }

  push(rate: number): void {
    this.samples.push(rate);
    const mean = this.samples.mean;
    if (mean > 0) {
      const error = Math.min(Math.abs(this.last / mean - 1), UNREST_CAP);
      this.shortVariance +=
        (this.everySeconds / UNREST_MEMORY_SECONDS) * (error * error - this.shortVariance);
    }
    if (this.means.length >= this.perTrend) this.learn(mean);
    this.means.push(mean);
    this.sinceJump = Math.min(this.sinceJump + 1, this.means.length - 1);
  }

  /** Mean of the last minute. */
  get mean(): number {
    return this.means.length > 0 ? this.means.at(0) : 0;
  }

  /** The last sample. */
  get last(): number {
    return this.samples.length > 0 ? this.samples.at(0) : 0;
  }

  /** The sample before it. */
  get previous(): number {
    return this.samples.length > 0 ? this.samples.at(1) : 0;
  }

  /** Records a second that the load grows by each second since it last jumped; negative where it falls. */
  get slope(): number {
    const back = Math.min(this.perTrend, this.sinceJump);
    if (back < this.perWindow) return 0;
    return (this.mean - this.means.at(back)) / (back * this.everySeconds);
  }

  /** Standard deviation of a minute's load around its trend, as a share of it. */
  get unrest(): number {
    return Math.sqrt(this.variance);
  }

  /** The same of single samples around their minute. */
  get shortUnrest(): number {
    return Math.sqrt(this.shortVariance);
  }

  private learn(mean: number): void {
    const before = this.means.at(this.perWindow - 1);
    const long = this.means.at(this.perTrend - 1);
    const slope = (before - long) / ((this.perTrend - this.perWindow) * this.everySeconds);
    const expected = Math.max(before + slope * WINDOW_SECONDS, 1e-9);
    const off = Math.abs(mean - expected) / Math.max(expected, mean);
    if (off > JUMP) {
      this.sinceJump = 0;
      return;
    }
    const error = Math.min(off, UNREST_CAP);
    const share = this.everySeconds / UNREST_MEMORY_SECONDS;
    this.variance += share * (error * error - this.variance);
  }
}
