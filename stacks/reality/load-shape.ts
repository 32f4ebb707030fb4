/** A point of the load: minutes since the start of a 15-minute run, and the share of the most that slots may take. */
type Point = readonly [minute: number, share: number];

const RUN_MINUTES = 15;
/** A plateau, a ramp, a step to twice as much, a decline, and a burst that fills all slots there may be. */
const POINTS: readonly Point[] = [
  [0, 0.175],
  [1.5, 0.175],
  [3.5, 0.4],
  [5, 0.4],
  [5, 0.8],
  [6.5, 0.8],
  [7.5, 0.2],
  [12.5, 0.2],
  [12.5, 0.85],
  [13.5, 0.85],
  [13.5, 0.2],
  [15, 0.2],
];

export interface LoadOptions {
  /** Length of the whole run; the shape is stretched to it. */
  minutes: number;
  /** Records a second that all slots there may be process together. */
  mostPerSecond: number;
}

/** The load of a run in records a second, by the seconds since its start; before it and after it as at its ends. */
export function loadShape({ minutes, mostPerSecond }: LoadOptions): (second: number) => number {
  return (second) => shareAt((second / 60 / minutes) * RUN_MINUTES) * mostPerSecond;
}

function shareAt(minute: number): number {
  let before = POINTS[0] ?? [0, 0];
  for (const point of POINTS) {
    if (point[0] > minute) return between(before, point, minute);
    before = point;
  }
  return before[1];
}

function between([fromMinute, from]: Point, [toMinute, to]: Point, minute: number): number {
  const way = toMinute > fromMinute ? (minute - fromMinute) / (toMinute - fromMinute) : 0;
  return from + (to - from) * Math.max(0, way);
}
