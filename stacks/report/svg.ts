import { short } from "./format";

/** Left and right edge of the plots, in the units of the picture's view box. */
export const PLOT = { left: 64, right: 944, width: 960 };

/** Width of a digit of a tick's text, at most. */
const DIGIT = 8;

/** A coordinate with one digit after the point. */
export function fixed(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** Lines across the plot with their values at its left edge. */
export function gridLines(
  ticks: readonly number[],
  y: (value: number) => number,
  print: (value: number) => string = short,
): string[] {
  return ticks.map((tick) => {
    const at = fixed(y(tick));
    return (
      `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}"/>` +
      `<text class="tick" x="${PLOT.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${print(tick)}</text>`
    );
  });
}

/** Values below the time axis; the last ones keep within the picture. */
export function axisLabels(
  ticks: readonly { at: number; text: string }[],
  x: (at: number) => number,
  y: number,
): string {
  return ticks
    .map(({ at, text }) => {
      const middle = Math.min(x(at), PLOT.width - (text.length * DIGIT) / 2);
      return `<text class="tick" x="${fixed(middle)}" y="${y}" text-anchor="middle">${text}</text>`;
    })
    .join("");
}
