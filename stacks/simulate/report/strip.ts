import type { Outcome } from "../../../policies/simulator/outcome";
import { axisInstant, escape } from "../../report/format";
import { instantTicks, niceTicks } from "../../report/scale";
import { axisLabels, fixed, gridLines, PLOT } from "../../report/svg";
import { decimal, span } from "../print";
import { curve } from "./curve";
import { renderMarks } from "./marks";

/** Where the two plots of a strip lie, in the units of its view box. */
const TOP = { from: 14, to: 104 };
const LAG = { from: 122, to: 172 };
const HEIGHT = 196;
/** 10 s, 10 m, 10 h, 10 d. */
const LAG_TICKS = [0, 10, 600, 36_000, 864_000];

/** The axes that all strips of a trace share, so that they can be compared. */
export interface Axes {
  fromMs: number;
  toMs: number;
  x: (ms: number) => number;
  rateTicks: number[];
  rate: (perSecond: number) => number;
  lagTicks: number[];
  lag: (seconds: number) => number;
  allowedLagSeconds: number;
}

/** Capacity is drawn up to this multiple of the load's peak, so that a policy with far too much does not flatten all. */
const ROOM = 1.5;

/** Axes for every outcome of a trace. The lag's is logarithmic: from tenths of a second to hours. */
export function axesFor(
  trace: { startMs: number; endMs: number; allowedLagSeconds: number },
  outcomes: readonly Outcome[],
): Axes {
  const points = outcomes.flatMap(({ timeline }) => timeline);
  const most = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((max, point) => Math.max(max, of(point)), 0);
  const peak = most((p) => p.arrivedPerSecond);
  const capacity = Math.min(
    most((p) => p.capacityPerSecond),
    ROOM * peak,
  );
  const rateTicks = niceTicks(Math.max(peak, capacity));
  const worst = most((p) => p.lagSeconds);
  const lagTicks = LAG_TICKS.filter((tick, i) => i < 2 || tick <= worst);
  const lagTop = Math.log10(1 + Math.max(worst, lagTicks.at(-1) ?? 10));
  const rateTop = rateTicks.at(-1) ?? 1;
  const width = PLOT.right - PLOT.left;
  const length = Math.max(1, trace.endMs - trace.startMs);
  return {
    fromMs: trace.startMs,
    toMs: trace.endMs,
    x: (ms) => PLOT.left + ((ms - trace.startMs) / length) * width,
    rateTicks,
    rate: (value) => TOP.to - (Math.min(value, rateTop) / rateTop) * (TOP.to - TOP.from),
    lagTicks,
    lag: (value) => LAG.to - (Math.log10(1 + value) / lagTop) * (LAG.to - LAG.from),
    allowedLagSeconds: trace.allowedLagSeconds,
  };
}

/** The arriving load as an area that every strip of the trace shows by its id. */
export function rateArea(outcome: Outcome, axes: Axes, id: string): string {
  const path = curve(
    outcome.timeline.map((p) => ({ x: axes.x(p.atMs), y: axes.rate(p.arrivedPerSecond) })),
  );
  const [first, last] = [outcome.timeline[0], outcome.timeline.at(-1)];
  if (first === undefined || last === undefined) return "";
  const close = `V${TOP.to}H${fixed(axes.x(first.atMs))}Z`;
  return `<svg class="shared" aria-hidden="true"><defs><path id="${id}" d="${path}${close}"/></defs></svg>`;
}

/** One policy on one trace: capacity over the load, lag below it, a mark for every rescale. */
export function renderStrip(outcome: Outcome, axes: Axes, rateId: string, label: string): string {
  const capacity = curve(
    outcome.timeline.map((p) => ({ x: axes.x(p.atMs), y: axes.rate(p.capacityPerSecond) })),
  );
  const lag = curve(
    outcome.timeline.map((p) => ({ x: axes.x(p.atMs), y: axes.lag(p.lagSeconds) })),
  );
  const allowed = fixed(axes.lag(axes.allowedLagSeconds));
  const ticks = instantTicks(axes.fromMs, axes.toMs).map((at) => ({ at, text: axisInstant(at) }));
  return [
    `<svg class="chart" viewBox="0 0 ${PLOT.width} ${HEIGHT}" role="group" aria-label="${escape(label)}">`,
    ...gridLines(axes.rateTicks, axes.rate),
    ...gridLines(axes.lagTicks, axes.lag, (tick) =>
      tick === 0 ? "0" : span(tick).replaceAll(" ", ""),
    ),
    `<use class="load" href="#${rateId}"/>`,
    `<path class="line b" d="${capacity}"/>`,
    `<line class="allowed" x1="${PLOT.left}" x2="${PLOT.right}" y1="${allowed}" y2="${allowed}"/>`,
    `<path class="line lag" d="${lag}"/>`,
    axisLabels(ticks, axes.x, HEIGHT - 6),
    renderMarks(outcome.rescaleRecords, axes),
    `<line class="cursor" x1="${PLOT.left}" x2="${PLOT.left}" y1="${TOP.from}" y2="${LAG.to}" visibility="hidden"/>`,
    "</svg>",
  ].join("\n");
}

/** The figures of a strip's title. */
export function headline(outcome: Outcome): string {
  return (
    `${decimal(outcome.slotHours)} slot-hours, ${decimal(outcome.violationMinutes)} min above the allowed lag, ` +
    `${outcome.rescales} rescales`
  );
}
