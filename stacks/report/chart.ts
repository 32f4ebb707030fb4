import { changed, elapsed, escape, seconds } from "./format";
import type { Sample, Transition } from "./model";
import { niceTicks, rowsFor, timeTicks } from "./scale";
import { axisLabels, fixed, gridLines, PLOT } from "./svg";

type Measure = Exclude<keyof Sample, "t">;

interface Line {
  key: Measure;
  name: string;
  /** Chooses colour and dashes in the style sheet. */
  style: "a" | "b" | "c";
  area?: boolean;
}

interface Panel {
  title: string;
  unit: string;
  height: number;
  /** Values hold until the next sample, instead of changing evenly. */
  steps: boolean;
  lines: Line[];
}

/** What is drawn, from top to bottom. */
export const PANELS: readonly Panel[] = [
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

type Place = (value: number) => number;

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

function renderPanel(panel: Panel, samples: readonly Sample[], x: Place, top: number): string {
  const values = panel.lines.flatMap(({ key }) => samples.map((sample) => sample[key] ?? 0));
  const ticks = niceTicks(Math.max(0, ...values), panel.height < 100 ? 2 : 3);
  const most = ticks.at(-1) ?? 1;
  const y = (value: number) => top + panel.height - (value / most) * panel.height;
  const grid = gridLines(ticks, y);
  const lines = panel.lines.map((line) => renderLine(line, panel.steps, samples, x, y));
  return [renderTitle(panel, top), ...grid, ...lines].join("\n");
}

/** Title, unit and the key to the lines, in one row above the plot. */
function renderTitle(panel: Panel, top: number): string {
  let at = PLOT.left + 9 * (panel.title.length + panel.unit.length + 3);
  const key = panel.lines.length < 2 ? [] : panel.lines;
  const entries = key.map(({ name, style }) => {
    const from = at;
    at += 50 + name.length * 8;
    return (
      `<line class="line ${style}" x1="${from}" x2="${from + 24}" y1="${top - 14}" y2="${top - 14}"/>` +
      `<text class="key" x="${from + 30}" y="${top - 10}">${name}</text>`
    );
  });
  const title = `<text class="panel" x="${PLOT.left}" y="${top - 10}">${panel.title} <tspan class="unit">${panel.unit}</tspan></text>`;
  return [title, ...entries].join("");
}

function renderLine(
  { key, style, area }: Line,
  steps: boolean,
  samples: readonly Sample[],
  x: Place,
  y: Place,
): string {
  return stretches(samples, key)
    .map((points) => {
      const at = points.map(({ t, value }) => ({ x: fixed(x(t)), y: fixed(y(value)) }));
      const path = at
        .map((p, i) => (i === 0 ? `M${p.x} ${p.y}` : steps ? `H${p.x}V${p.y}` : `L${p.x} ${p.y}`))
        .join("");
      const base = fixed(y(0));
      const fill = area
        ? `<path class="area ${style}" d="${path}V${base}H${at[0]?.x ?? base}Z"/>`
        : "";
      return `${fill}<path class="line ${style}" d="${path}"/>`;
    })
    .join("");
}

/** Runs of samples in which the figure was measured: a line breaks where it was not. */
function stretches(samples: readonly Sample[], key: Measure): { t: number; value: number }[][] {
  const runs: { t: number; value: number }[][] = [];
  let open: { t: number; value: number }[] | undefined;
  for (const sample of samples) {
    const value = sample[key];
    if (value === null) {
      open = undefined;
      continue;
    }
    if (open === undefined) runs.push((open = []));
    open.push({ t: sample.t, value });
  }
  return runs;
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
