/** Curves written short: a report holds hundreds of them. */

interface Point {
  x: number;
  y: number;
}

/** In tenths of the picture's units, so that rounding never adds up along a path. */
const TENTHS = 10;

/** A number without the zero before its point. */
function brief(tenths: number): string {
  return String(tenths / TENTHS).replace(/^(-?)0\./, "$1.");
}

function join(numbers: readonly number[]): string {
  return numbers
    .map((value, i) => (i > 0 && value >= 0 ? ` ${brief(value)}` : brief(value)))
    .join("");
}

/** An SVG path through the points, in relative steps; points amid a level stretch are left out. */
export function curve(points: readonly Point[]): string {
  const at = points.map(({ x, y }) => ({ x: Math.round(x * TENTHS), y: Math.round(y * TENTHS) }));
  const [first] = at;
  if (first === undefined) return "";
  let last = first;
  let path = `M${join([first.x, first.y])}`;
  at.forEach((point, i) => {
    if (i === 0 || (point.y === last.y && at[i + 1]?.y === point.y)) return;
    const [dx, dy] = [point.x - last.x, point.y - last.y];
    path += dy === 0 ? `h${brief(dx)}` : `l${join([dx, dy])}`;
    last = point;
  });
  return path;
}

/** Values as pairs of a value and how often it comes in a row. */
export function runLengths(values: readonly number[]): number[] {
  const pairs: number[] = [];
  for (const value of values) {
    const last = pairs.length - 2;
    if (pairs[last] === value) pairs[last + 1] = (pairs[last + 1] ?? 0) + 1;
    else pairs.push(value, 1);
  }
  return pairs;
}
