import type { ChaosStage } from "./stage";

/** Chance of one repetition: from 0 up to 1, the same for the same seed. */
export type Chance = (what: number) => number;

/** What was broken. */
export interface Injected {
  /** From when on the time counts in which all has to be well again, Unix time in ms. */
  sinceMs: number;
  /** What exactly was done, for the reader. */
  note: string;
  /** Puts back what does not come back by itself, once all is well. */
  restore?(): Promise<void>;
}

/** Something that breaks while an update that was just ordered is going on, or right before or after it. */
export interface Fault {
  /** As typed with --fault. */
  name: string;
  /** A row of the table. */
  title: string;
  /**
   * How long all has to be well before it is made again, in ms: where what heals it waits longer each time in a row,
   * repetitions count as a row unless all was well in between. @default as long as tells that all is well
   */
  restMs?: number;
  /** True where no TaskManager may go on which something runs. @default false */
  spares?: boolean;
  /** What the repetitions need. */
  prepare?(stage: ChaosStage): Promise<void>;
  /** Breaks something; `repetition` counts from 0. */
  inject(stage: ChaosStage, repetition: number, chance: Chance): Promise<Injected>;
  /** Undoes `prepare`. */
  end?(stage: ChaosStage): Promise<void>;
}
