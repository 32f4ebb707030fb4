import { Backlog } from "./backlog";
import { Cluster, type Rescaled } from "./cluster";
import type { Outcome, RescaleRecord } from "./outcome";
import type { PlantSettings } from "./plant";
import type { Mechanism, Policy, Setting, Sight, Wish } from "./scaler";
import { TimelineRecorder } from "./timeline";
import type { Trace } from "./trace";

export interface SimulateOptions {
  /** Points of the timeline, at most; 0 keeps neither points nor rescales. @default 0 */
  timelinePoints?: number;
}

/**
 * Runs one policy over one trace. Deterministic. Records are a fluid that flows second by second; whatever changes
 * the cluster (a decision, a TaskManager that has started, the end of a stop) takes effect at the second it is due.
 * Its memory does not grow with the length of the trace.
 */
export function simulate(
  policy: Policy,
  trace: Trace,
  plant: PlantSettings,
  options: SimulateOptions = {},
): Outcome {
  const points = options.timelinePoints ?? 0;
  const seconds = Math.floor((trace.endMs - trace.startMs) / 1000);
  const { scaler, first } = policy.start(settingOf(trace, plant), trace);
  const rescaleRecords: RescaleRecord[] = [];
  const keep = ({ wishedAt, runningAt, ...rest }: Rescaled) => {
    const at = (second: number) => trace.startMs + second * 1000;
    rescaleRecords.push({ atMs: at(wishedAt), runningAtMs: at(runningAt), ...rest });
  };
  const run = new Run(trace, plant, scaler.mechanism, first, points > 0 ? keep : () => undefined);
  const timeline = new TimelineRecorder(trace.startMs, seconds, points);
  for (let second = 0; second < seconds; second++) {
    run.cluster.advance(second);
    if (second > 0 && second % scaler.everySeconds === 0) {
      const wish = scaler.decide(run.sight(second));
      if (wish !== undefined) run.cluster.wish(wish, second);
    }
    run.flow(second);
    if (points > 0) timeline.add(run.arriving, run.cluster, run.lag, plant.slotsPerTaskManager);
  }
  return {
    policy: policy.name,
    trace: trace.name,
    ...run.totals(seconds),
    timeline: timeline.points,
    rescaleRecords,
  };
}

function settingOf(trace: Trace, plant: PlantSettings): Setting {
  const { slotRate, slotsPerTaskManager, maxParallelism, floor, ceiling } = plant;
  return {
    startMs: trace.startMs,
    slotRate,
    slotsPerTaskManager,
    maxParallelism,
    floor,
    ceiling,
    allowedLagSeconds: plant.allowedLagSeconds,
    firstRate: trace.rateAt(trace.startMs),
  };
}

/** The stream through one cluster, and what is counted of it. */
class Run {
  readonly cluster: Cluster;
  /** Of the last second: records that arrived, and the lag at its end in seconds. */
  arriving = 0;
  lag = 0;
  private readonly backlog: Backlog;
  private readonly meter = new Meter();
  private arrived = 0;
  private processed = 0;
  private violationSeconds = 0;
  private worstLag = 0;
  private lagSum = 0;

  constructor(
    private readonly trace: Trace,
    private readonly plant: PlantSettings,
    mechanism: Mechanism,
    first: Wish,
    onRescaled: (rescaled: Rescaled) => void,
  ) {
    this.backlog = new Backlog(trace);
    const replay = () => {
      this.processed -= this.backlog.rewind();
    };
    this.cluster = new Cluster(plant, mechanism, first, replay, onRescaled);
  }

  sight(second: number): Sight {
    const nowMs = this.trace.startMs + second * 1000;
    return this.meter.sight(nowMs, this.backlog.waiting, this.cluster, this.plant, second);
  }

  flow(second: number): void {
    const { backlog, cluster, plant } = this;
    this.arriving = backlog.arrivedIn(second);
    backlog.waiting += this.arriving;
    const capacity = cluster.capacity(second);
    const taken = capacity > 0 ? backlog.process(capacity, second) : 0;
    if (second % plant.checkpointSeconds === 0 && capacity > 0) backlog.save();
    cluster.account(second);
    this.lag = backlog.lagSeconds(second);
    this.arrived += this.arriving;
    this.processed += taken;
    if (this.lag > plant.allowedLagSeconds) this.violationSeconds += 1;
    if (this.lag > this.worstLag) this.worstLag = this.lag;
    this.lagSum += this.lag;
    this.meter.add(this.arriving, taken, capacity);
  }

  totals(seconds: number) {
    const { cluster, plant } = this;
    return {
      hours: seconds / 3600,
      slotHours: (cluster.taskManagerSeconds * plant.slotsPerTaskManager) / 3600,
      violationMinutes: this.violationSeconds / 60,
      worstLagSeconds: this.worstLag,
      meanLagSeconds: seconds > 0 ? this.lagSum / seconds : 0,
      rescales: cluster.rescales,
      stoppedSeconds: cluster.stopped,
      records: {
        arrived: this.arrived,
        processed: this.processed,
        waiting: this.backlog.waiting,
      },
    };
  }
}

/** Means between two decisions. */
class Meter {
  private seconds = 0;
  private arrived = 0;
  private processed = 0;
  private busy = 0;
  private runningSeconds = 0;

  add(arrived: number, processed: number, capacity: number): void {
    this.seconds += 1;
    this.arrived += arrived;
    this.processed += processed;
    if (capacity === 0) return;
    this.runningSeconds += 1;
    this.busy += processed / capacity;
  }

  sight(
    nowMs: number,
    backlogRecords: number,
    cluster: Cluster,
    plant: PlantSettings,
    second: number,
  ): Sight {
    const { seconds, runningSeconds } = this;
    const sight: Sight = {
      nowMs,
      arrivedPerSecond: this.arrived / seconds,
      processedPerSecond: this.processed / seconds,
      backlogRecords,
      busyRatio: runningSeconds > 0 ? this.busy / runningSeconds : undefined,
      running: cluster.running(second),
      parallelism: cluster.parallelism,
      taskManagers: cluster.registered,
      taskManagersAsked: cluster.asked,
      slotsPerTaskManager: plant.slotsPerTaskManager,
    };
    this.seconds = this.arrived = this.processed = this.busy = this.runningSeconds = 0;
    return sight;
  }
}
