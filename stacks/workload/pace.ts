/** Lines per second: a fixed number, or a function of the seconds since the start. */
export type Rate = number | ((elapsedSeconds: number) => number);

/** Width of the steps over which a rate function is added up. */
const GRID_MS = 50;

/**
 * Says how many lines are due at an instant. The figure is the rate added up since the start, so late or uneven
 * looks at the clock never add up to a drift; what was missed is due at once.
 */
export class Pace {
  private rate: Rate;
  /** Lines due before `sinceMs`, with their fraction. */
  private before = 0;
  private sinceMs: number;

  constructor(
    rate: Rate,
    private readonly startMs: number,
  ) {
    this.rate = rate;
    this.sinceMs = startMs;
  }

  /** Lines due in all from the start to `nowMs`, whole lines only. */
  due(nowMs: number): number {
    return Math.floor(this.dueExactly(nowMs) + 1e-9);
  }

  /** The rate at `nowMs`, in lines per second. */
  current(nowMs: number): number {
    return this.rateAt(nowMs);
  }

  /** Another rate from `nowMs` on; what was due before stays due. */
  change(rate: Rate, nowMs: number): void {
    this.before = this.dueExactly(nowMs);
    this.sinceMs = nowMs;
    this.rate = rate;
  }

  private dueExactly(nowMs: number): number {
    if (nowMs <= this.sinceMs) return this.before;
    if (typeof this.rate === "number") {
      return this.before + (Math.max(0, this.rate) * (nowMs - this.sinceMs)) / 1000;
    }
    this.settle(nowMs);
    return this.before + (this.rateAt(this.sinceMs + GRID_MS / 2) * (nowMs - this.sinceMs)) / 1000;
  }

  /** Adds up the whole steps that lie behind, so that a look costs only the steps since the one before. */
  private settle(nowMs: number): void {
    while (this.sinceMs + GRID_MS <= nowMs) {
      this.before += (this.rateAt(this.sinceMs + GRID_MS / 2) * GRID_MS) / 1000;
      this.sinceMs += GRID_MS;
    }
  }

  private rateAt(atMs: number): number {
    if (typeof this.rate === "number") return Math.max(0, this.rate);
    const value = this.rate((atMs - this.startMs) / 1000);
    return Number.isFinite(value) ? Math.max(0, value) : 0;
  }
}
