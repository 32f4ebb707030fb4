import type { Cluster } from "./cluster";
import type { TimelinePoint } from "./outcome";

/** Draws a run together into a number of points of equal length. */
export class TimelineRecorder {
  readonly points: TimelinePoint[] = [];
  private readonly length: number;
  private count = 0;
  private second = 0;
  private arrived = 0;
  private capacity = 0;
  private lag = 0;

  constructor(
    private readonly startMs: number,
    private readonly seconds: number,
    points: number,
  ) {
    this.length = points > 0 ? Math.max(1, Math.ceil(seconds / points)) : Infinity;
  }

  /** One second. */
  add(arrived: number, cluster: Cluster, lagSeconds: number, slotsPerTaskManager: number): void {
    this.second += 1;
    this.count += 1;
    this.arrived += arrived;
    this.capacity += cluster.nominalCapacity();
    this.lag = Math.max(this.lag, lagSeconds);
    if (this.count < this.length && this.second < this.seconds) return;
    this.points.push({
      atMs: this.startMs + this.second * 1000,
      arrivedPerSecond: this.arrived / this.count,
      capacityPerSecond: this.capacity / this.count,
      lagSeconds: this.lag,
      slots: cluster.asked * slotsPerTaskManager,
      parallelism: cluster.parallelism,
    });
    this.count = this.arrived = this.capacity = this.lag = 0;
  }
}
