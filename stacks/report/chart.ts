import { changed, elapsed, escape, seconds } from "./format";
import type { Sample, Transition } from "./model";
import { renderPanel, type Panel, type Place } from "./panel";
import { rowsFor, timeTicks } from "./scale";
import { axisLabels, fixed, PLOT } from "./svg";

type Measure = Exclude<keyof Sample, "t">;

/** What is drawn, from top to bottom. */
export const PANELS: readonly Panel<Measure>[] = [
  {
    title: "Read",
    unit: "records/s",
    height: 80,
    steps: false,
    lines: [{ key: "inputRate", name: "read", style: "a" }],
  },
  {
    title: "Written",
    unit: "records/s",
    height: 80,
    steps: false,
    lines: [{ key: "outputRate", name: "written", style: "b" }],
  },
  {
    title: "Lag",
    unit: "records",
    height: 80,
    steps: false,
    lines: [{ key: "lagRecords", name: "lag", style: "a", area: true }],
  },
  {
    title: "Slots",
    unit: "and parallelism",
    height: 110,
    steps: true,
    lines: [
      { key: "slotsUsed", name: "used", style: "a", area: true },
      { key: "slotsTotal", name: "total", style: "b" },
      { key: "parallelism", name: "parallelism", style: "c" },
    ],
  },
  {
    title: "TaskManagers",
    unit: "containers",
    height: 60,
    steps: true,
    lines: [{ key: "taskManagers", name: "running", style: "a", area: true }],
  },
];

const LABEL_ROW = 18;
const PANEL_GAP = 40;
const AXIS = 40;

/** Start and end of the time axis, Unix time in ms. */
export interface TimeRange {
  from: number;
  to: number;
}

/** One tenant's picture: charts below each other on one time axis, transitions as labelled lines through all. */
export function renderChart(
  samples: readonly Sample[],
  transitions: readonly Transition[],
  range: TimeRange,
  label: string,
): string {
  const span = Math.max(1, range.to - range.from);
  const x = (t: number) => PLOT.left + ((t - range.from) / span) * (PLOT.right - PLOT.left);
  const marks = placeMarks(transitions, x);
  const top = LABEL_ROW * (1 + Math.max(0, ...marks.map((mark) => mark.row))) + PANEL_GAP;
  let y = top;
  const panels = PANELS.map((panel) => {
    const drawn = renderPanel(panel, samples, x, y);
    y += panel.height + PANEL_GAP;
    return drawn;
  });
  const bottom = y - PANEL_GAP;
  return [
    `<svg class="chart" viewBox="0 0 ${PLOT.width} ${bottom + AXIS}" role="group" aria-label="${escape(label)}">`,
    ...marks.map((mark) => renderMark(mark, range.from, bottom)),
    ...panels,
    renderTimeAxis(span, (ms) => x(range.from + ms), bottom),
    `<line class="cursor" x1="${PLOT.left}" x2="${PLOT.left}" y1="${top}" y2="${bottom}" visibility="hidden"/>`,
    "</svg>",
  ].join("\n");
}

function renderTimeAxis(spanMs: number, x: Place, bottom: number): string {
  const ticks = timeTicks(spanMs).map((ms) => ({ at: ms, text: elapsed(ms) }));
  const title = `<text class="tick" x="${PLOT.right}" y="${bottom + 36}" text-anchor="end">minutes:seconds since the start</text>`;
  return axisLabels(ticks, x, bottom + 18) + title;
}

interface Mark {
  transition: Transition;
  x: number;
  row: number;
  text: string;
  /** At the right edge the label stands left of its line. */
  leftwards: boolean;
}

function placeMarks(transitions: readonly Transition[], x: Place): Mark[] {
  const marks = transitions.map((transition) => {
    const text = transition.label;
    const width = text.length * 7.2 + 14;
    const at = x(transition.at);
    const leftwards = at + width > PLOT.width;
    const from = leftwards ? at - width : at;
    return {
      transition,
      x: at,
      text,
      leftwards,
      span: { from, to: from + width },
    };
  });
  const rows = rowsFor(marks.map(({ span }) => span));
  return marks.map((mark, index) => ({ ...mark, row: rows[index] ?? 0 }));
}

function renderMark(
  { transition, x, row, text, leftwards }: Mark,
  start: number,
  bottom: number,
): string {
  const y = LABEL_ROW * (row + 1);
  const told =
    `${text} at ${elapsed(transition.at - start)}: TaskManagers ${changed(transition.taskManagers)}, ` +
    `parallelism ${changed(transition.parallelism)}, gap ${seconds(transition.gapSeconds)}`;
  const at = fixed(x);
  const label = `x="${fixed(leftwards ? x - 5 : x + 5)}" y="${y - 4}" text-anchor="${leftwards ? "end" : "start"}"`;
  return (
    `<g class="mark" tabindex="0" role="img" aria-label="${escape(told)}" data-t="${transition.at}">` +
    `<title>${escape(told)}</title>` +
    `<line x1="${at}" x2="${at}" y1="${y - 14}" y2="${bottom}"/>` +
    `<text ${label}>${escape(text)}</text></g>`
  );
}
