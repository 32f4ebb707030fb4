/** Chance that is a function of an index: the same at every look, in any order. */
export interface Noise {
  /** From 0 up to 1. */
  uniform(index: number): number;
  /** Mean 0, standard deviation 1, never beyond ±3.5. */
  normal(index: number): number;
  /** Like `normal`, of an instant in milliseconds, and continuous: what is less than a period apart is alike. */
  smooth(periodMs: number): (ms: number) => number;
}

/** Of a sum of four bytes, each 0 to 255. */
const SUM_MEAN = 510;
const SUM_DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/** The noise of a seed; streams of different names have nothing to do with each other. */
export function noise(seed: number, stream: string): Noise {
  const key = [...stream].reduce((hash, c) => mixed(hash ^ c.charCodeAt(0)), mixed(seed | 0));
  const bits = (index: number) => mixed(key ^ Math.imul(index, 0x9e3779b1));
  const normal = (index: number) => {
    const b = bits(index);
    const sum = (b & 255) + ((b >>> 8) & 255) + ((b >>> 16) & 255) + (b >>> 24);
    return (sum - SUM_MEAN) / SUM_DEVIATION;
  };
  return {
    uniform: (index) => (bits(index) >>> 0) / 2 ** 32,
    normal,
    smooth: (periodMs) => smoothed(normal, periodMs),
  };
}

/** Goes from one value to the next within a period, and keeps the standard deviation on the way. */
function smoothed(normal: (index: number) => number, periodMs: number): (ms: number) => number {
  let index = NaN;
  let value = 0;
  let next = 0;
  return (ms) => {
    const now = Math.floor(ms / periodMs);
    if (now !== index) {
      index = now;
      value = normal(now);
      next = normal(now + 1);
    }
    const part = ms / periodMs - now;
    const after = part * part * (3 - 2 * part);
    const before = 1 - after;
    return (value * before + next * after) / Math.sqrt(before * before + after * after);
  };
}

/** Spreads a change of any bit over all 32 (the finalizer of MurmurHash3). */
function mixed(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
