/** A load over time. Pure: asked for the same instant, it gives the same rate. */
export interface Trace {
  /** Lower-case letters, digits, dashes. */
  name: string;
  /** One line for people: what it is and where it comes from. */
  description: string;
  /** Milliseconds since the epoch. */
  startMs: number;
  /** Exclusive. */
  endMs: number;
  /** Records per second that arrive at an instant from startMs to endMs. */
  rateAt(ms: number): number;
}
