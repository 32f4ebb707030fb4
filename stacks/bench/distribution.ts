/** Minimum, median and maximum of measured values, in the values' unit. */
export interface Distribution {
  count: number;
  min: number;
  median: number;
  p90: number;
  max: number;
}

/** Throws where there are no values. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (fraction: number) => {
    const position = (sorted.length - 1) * fraction;
    const [low, high] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
    if (low === undefined || high === undefined) throw new Error("no values to describe");
    return low + (high - low) * (position - Math.floor(position));
  };
  return { count: sorted.length, min: at(0), median: at(0.5), p90: at(0.9), max: at(1) };
}
