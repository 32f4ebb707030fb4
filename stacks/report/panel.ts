import { niceTicks } from "./scale";
import { fixed, gridLines, PLOT } from "./svg";

export interface Line<Measure extends string> {
  key: Measure;
  name: string;
  /** Chooses colour and dashes in the style sheet. */
  style: "a" | "b" | "c";
  area?: boolean;
}

/** One of several plots below each other, in the units of the picture's view box. */
export interface Panel<Measure extends string> {
  title: string;
  unit: string;
  height: number;
  /** Values hold until the next sample, instead of changing evenly. */
  steps: boolean;
  lines: readonly Line<Measure>[];
  /** A value that is not to be exceeded. @default none */
  limit?: number;
}

/** What was measured at an instant; null where it was not. */
export type Measured<Measure extends string> = { t: number } & Readonly<
  Record<Measure, number | null>
>;

export type Place = (value: number) => number;

/** A panel with title, key, grid and lines, `top` below the upper edge of the picture. */
export function renderPanel<Measure extends string>(
  panel: Panel<Measure>,
  samples: readonly Measured<Measure>[],
  x: Place,
  top: number,
): string {
  const values = panel.lines.flatMap(({ key }) => samples.map((sample) => sample[key] ?? 0));
  const ticks = niceTicks(Math.max(0, panel.limit ?? 0, ...values), panel.height < 100 ? 2 : 3);
  const most = ticks.at(-1) ?? 1;
  const y = (value: number) => top + panel.height - (value / most) * panel.height;
  const grid = gridLines(ticks, y);
  const lines = panel.lines.map((line) => renderLine(line, panel.steps, samples, x, y));
  return [renderTitle(panel, top), ...grid, renderLimit(panel.limit, y), ...lines].join("\n");
}

function renderLimit(limit: number | undefined, y: Place): string {
  if (limit === undefined) return "";
  const at = fixed(y(limit));
  return `<line class="allowed" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}"/>`;
}

/** Title, unit and the key to the lines, in one row above the plot. */
function renderTitle(panel: Panel<string>, top: number): string {
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

function renderLine<Measure extends string>(
  { key, style, area }: Line<Measure>,
  steps: boolean,
  samples: readonly Measured<Measure>[],
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
function stretches<Measure extends string>(
  samples: readonly Measured<Measure>[],
  key: Measure,
): { t: number; value: number }[][] {
  const runs: { t: number; value: number }[][] = [];
  let open: { t: number; value: number }[] | undefined;
  for (const sample of samples) {
    const value: number | null = sample[key];
    if (value === null) {
      open = undefined;
      continue;
    }
    if (open === undefined) runs.push((open = []));
    open.push({ t: sample.t, value });
  }
  return runs;
}
