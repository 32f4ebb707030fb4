import { elapsed, escape, scriptJson } from "../report/format";
import { niceTicks, timeTicks } from "../report/scale";
import { axisLabels, fixed, gridLines, PLOT } from "../report/svg";
import { curve } from "../simulate/report/curve";
import type { Recording } from "./recording";
import type { Replay } from "./replay";

type Place = (value: number) => number;

interface Line {
  name: string;
  /** Chooses colour and dashes in the style sheet. */
  style: "a" | "b" | "c";
  values: readonly number[];
}

interface Panel {
  title: string;
  unit: string;
  height: number;
  /** Values hold until the next second, instead of changing evenly. */
  steps: boolean;
  lines: Line[];
}

const PANEL_GAP = 40;
const AXIS = 40;

/** Measured and predicted curves of a run, below each other on one time axis. */
export function picture(recording: Recording, replay: Replay): string {
  const seconds = recording.series.arrived.length;
  const x: Place = (second) => PLOT.left + (second / seconds) * (PLOT.right - PLOT.left);
  let top = PANEL_GAP;
  const panels = panelsOf(recording, replay).map((panel) => {
    const drawn = drawPanel(panel, x, top);
    top += panel.height + PANEL_GAP;
    return drawn;
  });
  const bottom = top - PANEL_GAP;
  const ticks = timeTicks(seconds * 1000).map((ms) => ({ at: ms / 1000, text: elapsed(ms) }));
  return [
    `<svg class="chart reality" viewBox="0 0 ${PLOT.width} ${bottom + AXIS}" role="img" aria-label="${escape(label(recording))}">`,
    ...panels,
    axisLabels(ticks, x, bottom + 18),
    `<text class="tick" x="${PLOT.right}" y="${bottom + 36}" text-anchor="end">minutes:seconds since the start</text>`,
    `<line class="cursor" x1="${PLOT.left}" x2="${PLOT.left}" y1="${PANEL_GAP}" y2="${bottom}" visibility="hidden"/>`,
    "</svg>",
  ].join("\n");
}

/** What the reports' script says of each second. */
export function pictureData(recording: Recording, replay: Replay): string {
  const panels = panelsOf(recording, replay);
  const rows = recording.series.arrived.map((_, second) => ({
    t: second + 1,
    text: [
      elapsed((second + 1) * 1000),
      ...panels.flatMap(({ title, lines }) =>
        lines.map(({ name, values }) => `${title} ${name} ${rounded(values[second] ?? 0)}`),
      ),
    ],
  }));
  return scriptJson({ ...PLOT, start: 0, span: rows.length, rows });
}

function label({ series, flink }: Recording): string {
  return `Load, lag and parallelism over ${Math.round(series.arrived.length / 60)} minutes on Flink ${flink}, measured and predicted`;
}

function panelsOf({ series }: Recording, replay: Replay): Panel[] {
  const both = (key: "lagSeconds" | "parallelism"): Line[] => [
    { name: "measured", style: "a", values: series[key] },
    { name: "predicted", style: "b", values: replay[key] },
  ];
  return [
    {
      title: "Load",
      unit: "records/s",
      height: 80,
      steps: false,
      lines: [{ name: "arrived", style: "a", values: smooth(series.arrived) }],
    },
    { title: "Lag", unit: "seconds", height: 140, steps: false, lines: both("lagSeconds") },
    { title: "Parallelism", unit: "slots", height: 110, steps: true, lines: both("parallelism") },
  ];
}

/** Means of five seconds: a second's count jumps with the batches of the feeder. */
function smooth(values: readonly number[]): number[] {
  return values.map((_, i) => {
    const around = values.slice(Math.max(0, i - 2), i + 3);
    return around.reduce((a, b) => a + b, 0) / around.length;
  });
}

function drawPanel(panel: Panel, x: Place, top: number): string {
  const most = Math.max(...panel.lines.flatMap(({ values }) => [...values]));
  const ticks = niceTicks(most, panel.height < 100 ? 2 : 3);
  const y: Place = (value) => top + panel.height * (1 - value / (ticks.at(-1) ?? 1));
  return [
    ...gridLines(ticks, y),
    ...panel.lines.map((line) => drawLine(line, panel.steps, x, y)),
    title(panel, top),
  ].join("\n");
}

function drawLine({ values, style }: Line, steps: boolean, x: Place, y: Place): string {
  const points = values.flatMap((value, second) => {
    const end = { x: x(second + 1), y: y(value) };
    return steps ? [{ x: x(second), y: y(value) }, end] : [end];
  });
  return `<path class="line ${style}" d="${curve(points)}"/>`;
}

/** Title, unit and the key to the lines, in one row above the plot. */
function title({ title: text, unit, lines }: Panel, top: number): string {
  let at = PLOT.left + 9 * (text.length + unit.length + 3);
  const key = lines.map(({ name, style }) => {
    const from = at;
    at += 50 + name.length * 8;
    return (
      `<line class="line ${style}" x1="${fixed(from)}" x2="${fixed(from + 24)}" y1="${top - 14}" y2="${top - 14}"/>` +
      `<text class="key" x="${fixed(from + 30)}" y="${top - 10}">${name}</text>`
    );
  });
  return `<text class="panel" x="${PLOT.left}" y="${top - 10}">${text} <tspan class="unit">${unit}</tspan></text>${key.join("")}`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
