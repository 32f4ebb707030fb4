import { growth, type Offsets } from "./offsets";

/** A mean over longer says little about the load now. */
const MOST_MS = 120_000;

/** Records a second, from one known set of offsets to the next. */
export class MeanRate {
  /** Why the last push gave nothing: the offsets do not follow from those before. */
  wentBack = false;
  private last: { offsets: Offsets; atMs: number } | undefined;

  /**
   * Undefined where offsets are not known now, or were not known within two minutes before, or have gone back; the
   * next one counts from here then. `atMs`: by a clock that never goes back.
   */
  push(offsets: Offsets | undefined, atMs: number): number | undefined {
    this.wentBack = false;
    if (offsets === undefined) return undefined;
    const { last } = this;
    this.last = { offsets, atMs };
    if (last === undefined || atMs <= last.atMs || atMs - last.atMs > MOST_MS) return undefined;
    const records = growth(last.offsets, offsets);
    this.wentBack = records === undefined;
    return records === undefined ? undefined : (records / (atMs - last.atMs)) * 1000;
  }
}
