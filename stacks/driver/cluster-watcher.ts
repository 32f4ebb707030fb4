import { sleep } from "../../infra/flink/wait";
import { inspectCluster } from "./tenant-probe";

/** What ran at an instant. */
export interface SizeSample {
  atMs: number;
  taskManagers: number;
  /** Of the job, where all of it runs. */
  parallelism: number | undefined;
}

const PERIOD_MS = 500;

/** Notes twice a second what runs on a cluster; nothing where it does not answer. */
export class ClusterWatcher {
  readonly samples: SizeSample[] = [];
  /** How many jobs lived, with each sample. */
  private readonly liveJobs: { atMs: number; count: number }[] = [];
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(private readonly flinkUrl: string) {
    this.loop = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  /** The first instant from `fromMs` on that fits; undefined where none does. */
  firstSince(fromMs: number, fits: (sample: SizeSample) => boolean): number | undefined {
    return this.samples.find((sample) => sample.atMs >= fromMs && fits(sample))?.atMs;
  }

  /** The most jobs that were seen to live at once from `fromMs` on; 0 where nothing answered. */
  mostLiveJobs(fromMs: number): number {
    return this.liveJobs.reduce(
      (most, { atMs, count }) => (atMs >= fromMs ? Math.max(most, count) : most),
      0,
    );
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      const atMs = Date.now();
      const seen = await inspectCluster(this.flinkUrl).catch(() => undefined);
      if (seen !== undefined) {
        this.liveJobs.push({ atMs: Date.now(), count: seen.liveJobs.length });
        const job = seen.liveJobs.find(({ allRunning }) => allRunning);
        this.samples.push({
          atMs: Date.now(),
          taskManagers: seen.taskManagers,
          parallelism: job?.parallelism,
        });
      }
      await sleep(Math.max(50, atMs + PERIOD_MS - Date.now()));
    }
  }
}

/** The last known value at the end of each second; `first` before any was known. */
export function heldPerSecond(
  samples: readonly SizeSample[],
  { startMs, seconds }: { startMs: number; seconds: number },
  value: (sample: SizeSample) => number | undefined,
  first: number,
): number[] {
  let next = 0;
  let held = first;
  return Array.from({ length: seconds }, (_, second) => {
    const endMs = startMs + (second + 1) * 1000;
    for (let sample = samples[next]; sample && sample.atMs <= endMs; sample = samples[next]) {
      held = value(sample) ?? held;
      next += 1;
    }
    return held;
  });
}
