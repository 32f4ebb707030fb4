import type { Trace } from "./trace";

const SECOND_MS = 1000;

/** A place in the stream: a second of the trace, and how many of its records are done. */
interface Position {
  second: number;
  done: number;
}

/**
 * The records that wait, in the order of their arrival, a second of the trace at a time. Holds no records: what
 * arrived in a second is asked of the trace again, so its memory does not grow with the backlog.
 */
export class Backlog {
  waiting = 0;
  private head: Position = { second: 0, done: 0 };
  private saved: Position = { second: 0, done: 0 };
  private sinceSaved = 0;
  private arrivedInHead: number;
  private lastSecond = -1;
  private lastArrived = 0;

  constructor(private readonly trace: Trace) {
    this.arrivedInHead = this.arrivedIn(0);
  }

  /** Records that arrive in a second of the trace. */
  arrivedIn(second: number): number {
    if (second !== this.lastSecond) {
      this.lastSecond = second;
      this.lastArrived = this.trace.rateAt(this.trace.startMs + (second + 0.5) * SECOND_MS);
    }
    return this.lastArrived;
  }

  /** Takes, in a second, up to `capacity` records from what waits; gives how many. */
  process(capacity: number, second: number): number {
    const taken = Math.min(capacity, this.waiting);
    const left = this.passOver(taken, second);
    this.head.done += left;
    this.waiting -= taken;
    this.sinceSaved += taken;
    return taken;
  }

  /** Age of the oldest waiting record at the end of a second, in seconds. */
  lagSeconds(second: number): number {
    if (this.waiting < 1e-6) {
      // Rounding can't add up over days.
      this.waiting = 0;
      this.skipTo(second + 1);
      return 0;
    }
    this.passOver(0, second);
    const within = this.arrivedInHead > 0 ? this.head.done / this.arrivedInHead : 0;
    return Math.max(0, second + 1 - this.head.second - within);
  }

  /** A checkpoint: what was processed up to here is not processed again. */
  save(): void {
    this.saved.second = this.head.second;
    this.saved.done = this.head.done;
    this.sinceSaved = 0;
  }

  /** Back to the last checkpoint; gives the records that are processed again. */
  rewind(): number {
    const again = this.sinceSaved;
    this.waiting += again;
    this.head.second = this.saved.second;
    this.head.done = this.saved.done;
    this.arrivedInHead = this.arrivedIn(this.head.second);
    this.sinceSaved = 0;
    return again;
  }

  /** Leaves behind, up to a second, all seconds whose records are done with these; gives what is left of them. */
  private passOver(records: number, second: number): number {
    let left = records;
    while (this.head.second <= second && left >= this.arrivedInHead - this.head.done) {
      left -= this.arrivedInHead - this.head.done;
      this.skipTo(this.head.second + 1);
    }
    return left;
  }

  /** The next record is one of this second. */
  private skipTo(second: number): void {
    this.head.second = second;
    this.head.done = 0;
    this.arrivedInHead = this.arrivedIn(second);
  }
}
