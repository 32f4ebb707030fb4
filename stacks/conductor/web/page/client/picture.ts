import { renderPanel, type Panel } from "../../../../report/panel";
import { instantTicks } from "../../../../report/scale";
import { axisLabels, PLOT } from "../../../../report/svg";
import {
  mergePoints,
  MINUTE_MS,
  MINUTES_KEPT,
  UNKNOWN,
  type HistoryPoint,
} from "../../history-point";
import { clock, count, seconds } from "./text";

type Measure = Exclude<keyof HistoryPoint, "t">;

const DAY_MS = MINUTES_KEPT * MINUTE_MS;
/** A conductor that has just started shows at least so much, in milliseconds. */
const LEAST_MS = 30 * MINUTE_MS;
const FIRST = 36;
const GAP = 40;
const AXIS = 26;

/** The figures of a day, from top to bottom. */
function panels(allowedLagSeconds: number | undefined): Panel<Measure>[] {
  return [
    {
      title: "Rate",
      unit: "records/s",
      height: 90,
      steps: false,
      lines: [
        { key: "producedPerSecond", name: "arrive", style: "a", area: true },
        { key: "consumedPerSecond", name: "processed", style: "b" },
      ],
    },
    {
      title: "Lag",
      unit: "seconds (dashed: allowed)",
      height: 70,
      steps: false,
      lines: [{ key: "lagSeconds", name: "lag", style: "a", area: true }],
      limit: allowedLagSeconds,
    },
    {
      title: "Slots",
      unit: "and parallelism",
      height: 90,
      steps: true,
      lines: [
        { key: "slotsUsed", name: "used", style: "a", area: true },
        { key: "slotsTotal", name: "total", style: "b" },
        { key: "parallelism", name: "parallelism", style: "c" },
      ],
    },
  ];
}

/** From when to when a picture of these points goes, milliseconds since the epoch. */
export function rangeOf(points: readonly HistoryPoint[], nowMs: number) {
  const first = Math.min(points[0]?.t ?? nowMs, nowMs - LEAST_MS);
  return { from: Math.max(first, nowMs - DAY_MS), to: nowMs };
}

/** Where an instant stands, in the units of the view box. */
export function placeOf(range: { from: number; to: number }, ms: number): number {
  return PLOT.left + ((ms - range.from) / (range.to - range.from)) * (PLOT.right - PLOT.left);
}

/** Rate, lag and slots of a tenant below each other; times are the reader's. Holds nothing but numbers. */
export function renderPicture(
  points: readonly HistoryPoint[],
  range: { from: number; to: number },
  allowedLagSeconds: number | undefined,
): string {
  const x = (ms: number) => placeOf(range, ms);
  const shown = drawable(
    points.filter(({ t }) => t >= range.from && t <= range.to),
    range.to,
  );
  let top = FIRST;
  const drawn = panels(allowedLagSeconds).map((panel) => {
    const at = top;
    top += panel.height + GAP;
    return renderPanel(panel, shown, x, at);
  });
  const bottom = top - GAP;
  // On round times of the reader's clock, which may be half an hour off those of UTC.
  const offset = new Date(range.to).getTimezoneOffset() * MINUTE_MS;
  const ticks = instantTicks(range.from - offset, range.to - offset, 8).map((ms) => ({
    at: ms + offset,
    text: clock(ms + offset, ms + offset),
  }));
  return [
    `<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PLOT.width} ${bottom + AXIS}" aria-hidden="true">`,
    ...drawn,
    axisLabels(ticks, x, bottom + 18),
    `<line class="cursor" x1="${PLOT.left}" x2="${PLOT.left}" y1="${FIRST}" y2="${bottom}" visibility="hidden"/>`,
    "</svg>",
  ].join("\n");
}

/**
 * Each stretch of minutes lasts until its last one is over, so that a single minute is seen too; between stretches
 * nothing is known, and no line is drawn.
 */
function drawable(points: readonly HistoryPoint[], toMs: number): HistoryPoint[] {
  return points.flatMap((point, i) => {
    const next = points[i + 1];
    if (next !== undefined && next.t - point.t <= 2 * MINUTE_MS) return [point];
    const end = Math.min(point.t + MINUTE_MS, toMs);
    return [point, { ...point, t: end }, { ...UNKNOWN, t: end }];
  });
}

/** The figures of a minute, as the reader under the picture tells them. */
export function toldOf(point: HistoryPoint, nowMs: number): string[] {
  return [
    clock(point.t, nowMs),
    `${count(point.producedPerSecond)}/s arrive`,
    `${count(point.consumedPerSecond)}/s processed`,
    `lag ${seconds(point.lagSeconds)}`,
    `${count(point.slotsUsed)} of ${count(point.slotsTotal)} slots used`,
    `parallelism ${count(point.parallelism)}`,
  ];
}

/** The points with a newer one, which may be of a minute that is there already; none is older than a day. */
export function extended(points: readonly HistoryPoint[], newer: HistoryPoint): HistoryPoint[] {
  const last = points.at(-1);
  const kept = points.filter(({ t }) => t < newer.t && t > newer.t - DAY_MS);
  return [...kept, last?.t === newer.t ? mergePoints(last, newer) : newer];
}
