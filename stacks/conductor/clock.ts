/** Time as the conductor sees it; both in milliseconds. */
export interface Clock {
  /** Since the epoch: what windows go by. It may jump. */
  now(): number;
  /** Since some instant; it never jumps: what durations go by. */
  monotonic(): number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** A wall clock that went on by so much more or less than it should have was set, or the machine slept. */
const JUMP_MS = 5_000;

/** Notices that the wall clock was set. */
export class JumpWatch {
  private offset: number;

  constructor(private readonly clock: Clock) {
    this.offset = clock.now() - clock.monotonic();
  }

  /** By how much the wall clock jumped since the last look, in ms; 0 where it went on as it should. */
  look(): number {
    const offset = this.clock.now() - this.clock.monotonic();
    const jump = offset - this.offset;
    this.offset = offset;
    return Math.abs(jump) >= JUMP_MS ? Math.round(jump) : 0;
  }
}
