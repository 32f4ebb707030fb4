import { capacityOf } from "./capacity";
import type { PlantSettings } from "./plant";
import type { Mechanism, Wish } from "./scaler";

/** Why a rescale is made: what was wished, and when. */
interface Cause {
  wishedAt: number;
  why: string;
}

interface Starting {
  readyAt: number;
  count: number;
  cause: Cause;
}

interface Size {
  taskManagers: number;
  parallelism: number;
}

/** A rescale that has ended. Seconds since the start of the trace. */
export interface Rescaled extends Cause {
  runningAt: number;
  from: Size;
  to: Size;
}

/**
 * The TaskManagers and the one job of a simulated cluster, moved on second by second. A wish becomes a rescale as its
 * mechanism says (see Mechanism).
 */
export class Cluster {
  registered: number;
  parallelism: number;
  /** Seconds in which the job stood still for a rescale. */
  stopped = 0;
  rescales = 0;
  /** Sum over the seconds of the TaskManagers paid for. */
  taskManagerSeconds = 0;
  private starting: Starting[] = [];
  private stoppedUntil = -1;
  private warmUntil = -1;
  /** The stop under way, with the size before it. */
  private stop: (Cause & { from: Size }) | undefined;
  /** In the ordered mechanism: the wish under way. */
  private wished: (Wish & { cause: Cause; from: Size }) | undefined;
  private atParallelism = -1;
  private fullCapacity = 0;

  constructor(
    private readonly settings: PlantSettings,
    private readonly mechanism: Mechanism,
    first: Wish,
    /** The job went back to its latest checkpoint. */
    private readonly onReplay: () => void,
    private readonly onRescaled: (rescaled: Rescaled) => void,
  ) {
    const { taskManagers, parallelism } = this.bounded(first);
    this.registered = taskManagers;
    this.parallelism = parallelism;
  }

  /** With those that start. */
  get asked(): number {
    let sum = this.registered;
    for (const { count } of this.starting) sum += count;
    return sum;
  }

  running(second: number): boolean {
    return second >= this.stoppedUntil;
  }

  /** Records that the job can process in a second. */
  capacity(second: number): number {
    if (second >= this.warmUntil) return this.nominalCapacity();
    const stands = this.standing(second);
    const warmsUp = partBefore(this.warmUntil, second) - stands;
    return this.nominalCapacity() * (1 - stands - warmsUp * (1 - this.settings.warmUpShare));
  }

  /** Share of a second in which the job stands still. */
  private standing(second: number): number {
    return partBefore(this.stoppedUntil, second);
  }

  /** Records a second at the parallelism that runs, warm. */
  nominalCapacity(): number {
    if (this.atParallelism !== this.parallelism) {
      this.atParallelism = this.parallelism;
      this.fullCapacity = capacityOf(this.parallelism, this.settings);
    }
    return this.fullCapacity;
  }

  wish(raw: Wish, second: number): void {
    const wish = this.bounded(raw);
    const cause = { wishedAt: second, why: wish.why ?? "" };
    if (this.mechanism === "ordered") this.wishInOrder(wish, cause);
    else this.wishReactive(wish.taskManagers - this.asked, cause);
  }

  /** What falls due at the beginning of a second. */
  advance(second: number): void {
    if (this.starting.length > 0) this.register(second);
    if (this.stop !== undefined) this.finish(second);
    else if (this.wished !== undefined) this.restartOnceComplete(second);
  }

  private register(second: number): void {
    const due = this.starting.filter(({ readyAt }) => readyAt <= second);
    const cause = due.at(-1)?.cause;
    if (cause === undefined) return;
    const from = this.size();
    this.starting = this.starting.filter(({ readyAt }) => readyAt > second);
    this.registered += due.reduce((sum, { count }) => sum + count, 0);
    if (this.mechanism === "reactive") this.takeAllSlots(second, { ...cause, from });
  }

  /** A second has passed. */
  account(second: number): void {
    this.taskManagerSeconds += this.asked;
    this.stopped += this.standing(second);
  }

  private wishInOrder(wish: Wish, cause: Cause): void {
    if (this.wished !== undefined) return;
    const more = wish.taskManagers - this.asked;
    if (wish.parallelism === this.parallelism && more <= 0) {
      this.registered = wish.taskManagers;
      return;
    }
    this.wished = { ...wish, cause, from: this.size() };
    this.ask(more, cause);
    this.advance(cause.wishedAt);
  }

  /** `change`: TaskManagers more or less than were asked for. */
  private wishReactive(change: number, cause: Cause): void {
    this.ask(change, cause);
    if (change < 0) this.giveUp(-change, cause);
  }

  private ask(count: number, cause: Cause): void {
    const { taskManagerStartSeconds, nodeStartSeconds, readyTaskManagers } = this.settings;
    if (count <= 0) return;
    const onReadyNodes = Math.min(count, Math.max(0, readyTaskManagers - this.asked));
    const readyAt = cause.wishedAt + taskManagerStartSeconds;
    if (onReadyNodes > 0) this.starting.push({ readyAt, count: onReadyNodes, cause });
    const later = count - onReadyNodes;
    if (later > 0) this.starting.push({ readyAt: readyAt + nodeStartSeconds, count: later, cause });
  }

  /** Those that still start go first. */
  private giveUp(count: number, cause: Cause): void {
    const from = this.size();
    let left = count;
    for (const batch of [...this.starting].reverse()) {
      const dropped = Math.min(left, batch.count);
      batch.count -= dropped;
      left -= dropped;
    }
    this.starting = this.starting.filter((batch) => batch.count > 0);
    this.registered -= left;
    if (left > 0) this.takeAllSlots(cause.wishedAt, { ...cause, from });
  }

  private takeAllSlots(second: number, stop: Cause & { from: Size }): void {
    this.onReplay();
    const from = this.stop?.from ?? stop.from;
    this.restart(this.registered * this.settings.slotsPerTaskManager, second, { ...stop, from });
  }

  /** Only another parallelism is worth a stop. */
  private restartOnceComplete(second: number): void {
    if (this.wished === undefined || this.registered < this.wished.taskManagers) return;
    const { parallelism, cause, from } = this.wished;
    if (parallelism === this.parallelism) this.wished = undefined;
    else this.restart(parallelism, second, { ...cause, from });
  }

  private restart(parallelism: number, second: number, stop: Cause & { from: Size }): void {
    this.parallelism = Math.min(parallelism, this.settings.maxParallelism);
    this.stoppedUntil = second + this.settings.rescaleGapSeconds;
    this.warmUntil = this.stoppedUntil + this.settings.warmUpSeconds;
    this.stop = stop;
    this.rescales += 1;
  }

  private finish(second: number): void {
    if (this.stop === undefined || !this.running(second)) return;
    if (this.wished !== undefined) {
      this.registered = Math.min(this.registered, this.wished.taskManagers);
      this.wished = undefined;
    }
    this.onRescaled({ ...this.stop, runningAt: second, to: this.size() });
    this.stop = undefined;
  }

  private size(): Size {
    return { taskManagers: this.registered, parallelism: this.parallelism };
  }

  private bounded(wish: Wish): Wish {
    const { floor, ceiling, slotsPerTaskManager, maxParallelism } = this.settings;
    const taskManagers = Math.min(Math.max(Math.round(wish.taskManagers), floor), ceiling);
    const most = Math.min(taskManagers * slotsPerTaskManager, maxParallelism);
    const parallelism = Math.min(Math.max(Math.round(wish.parallelism), 1), most);
    return { ...wish, taskManagers, parallelism };
  }
}

/** Share of a second that lies before an instant. */
function partBefore(instant: number, second: number): number {
  return Math.min(Math.max(instant - second, 0), 1);
}
