import type { RescaleRecord } from "../../../policies/simulator/outcome";
import { changed, dateTime, escape } from "../../report/format";
import { fixed } from "../../report/svg";
import { counted, span } from "../print";

interface TimeAxis {
  fromMs: number;
  x: (ms: number) => number;
}

/** Rescales nearer than this share a mark, in the units of the view box: closer ones could not be pointed at. */
const APART = 6;

/**
 * Short strokes above the load, one for a rescale or for several that lie close together, with what and why. They
 * are one stop of the Tab key; the script lets the arrow keys walk on.
 */
export function renderMarks(records: readonly RescaleRecord[], axis: TimeAxis): string {
  const drawn = grouped(records, axis).map((group, i) => {
    const atMs = group[0]?.atMs ?? axis.fromMs;
    const title = `<title>${escape(group.length === 1 ? group.map(told).join("") : toldTogether(group))}</title>`;
    return `<path tabindex="${i === 0 ? 0 : -1}" role="img" data-t="${(atMs - axis.fromMs) / 1000}" d="M${fixed(axis.x(atMs))} 1v12">${title}</path>`;
  });
  return drawn.length === 0
    ? ""
    : `<g class="marks" role="group" aria-label="${counted(records.length, "rescale")}">${drawn.join("")}</g>`;
}

function grouped(records: readonly RescaleRecord[], { x }: TimeAxis): RescaleRecord[][] {
  const groups: RescaleRecord[][] = [];
  let beganAt = -Infinity;
  for (const record of records) {
    const at = x(record.atMs);
    if (at - beganAt < APART) {
      groups.at(-1)?.push(record);
    } else {
      groups.push([record]);
      beganAt = at;
    }
  }
  return groups;
}

/** A rescale as one sentence. */
function told(record: RescaleRecord): string {
  const { atMs, runningAtMs } = record;
  return (
    `${dateTime(atMs)}: ${change(record, record)}, ` +
    `running after ${span((runningAtMs - atMs) / 1000)}${reason(record)}`
  );
}

/** Several as one, with the reasons of the first and the last. */
function toldTogether(group: readonly RescaleRecord[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) return "";
  const [why, lastWhy] = [reason(first), reason(last)];
  const reasons = why === lastWhy ? why : `; first${why}; last${lastWhy}`;
  return (
    `${group.length} rescales from ${dateTime(first.atMs)} to ${dateTime(last.atMs)}: ` +
    `${change(first, last)}${reasons}`
  );
}

function reason({ why }: RescaleRecord): string {
  return why === "" ? "" : `: ${why.replace(/\.$/, "")}`;
}

function change({ from }: RescaleRecord, { to }: RescaleRecord): string {
  const managers = changed({ before: from.taskManagers, after: to.taskManagers });
  const parallelism = changed({ before: from.parallelism, after: to.parallelism });
  return `TaskManagers ${managers}, parallelism ${parallelism}`;
}
