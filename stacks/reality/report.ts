import { dateTime, escape, seconds } from "../report/format";
import { checkTable, renderPage, table } from "../report/page";
import { SCRIPT } from "../report/script";
import type { Comparison } from "./compare";
import { picture, pictureData } from "./picture";
import { checksOf, lateness, pairedChanges, plantRows, printChange } from "./print";
import type { Recording } from "./recording";
import type { Replay } from "./replay";

const TITLE = "Reality check: the simulator against the real stack";

/** The comparison as one HTML file that needs nothing else: no network, no other file. */
export function renderReport(recording: Recording, replay: Replay, comparison: Comparison): string {
  const seconds_ = recording.series.arrived.length;
  const reader =
    `<div class="reader" hidden><div class="track"><label>Instant (arrow keys, or point at the picture)` +
    `<input type="range" min="0" max="${seconds_ - 1}" value="0" step="1"></label></div><output></output></div>`;
  const figure = (drawn: string) =>
    `<figure style="margin:0">${scroll("Picture of the run", drawn + reader)}<script type="application/json">${pictureData(recording, replay)}</script></figure>`;
  return renderPage({
    title: TITLE,
    body: `<h1>${TITLE}</h1>\n${realitySection(recording, replay, comparison, figure)}`,
    script: SCRIPT,
    style: REALITY_STYLE,
  });
}

/**
 * The comparison as a section for any report, with REALITY_STYLE. `frame` may put something around the picture;
 * without one the section needs no script.
 */
export function realitySection(
  recording: Recording,
  replay: Replay,
  comparison: Comparison,
  frame: (picture: string) => string = (drawn) => scroll("Picture of the run", drawn),
): string {
  const { setting, machine, loadAverage, flink, series } = recording;
  const minutes = Number((series.arrived.length / 60).toFixed(1));
  const load = `load average ${loadAverage.start.toFixed(1)} before and ${loadAverage.end.toFixed(1)} at the end`;
  return `<section aria-label="Reality check">
<h2>${minutes} minutes of the real stack, and the same load in the simulator</h2>
<p class="soft">Flink ${escape(flink)} on ${escape(machine)}, from ${dateTime(setting.startMs)}, ${load}. Both times the same scaler decided, every ${recording.everySeconds} s.</p>
${scroll("Table of checks", checkTable(checksOf(recording, comparison)))}
${frame(picture(recording, replay))}
<p class="soft">Lag: the age of the oldest record that waits, at the end of each second. On the real cluster, records that came into Kafka against records that the job wrote, first in, first out; in the simulator likewise. A predicted change of parallelism counts from the moment the job runs again.</p>
${scroll("Table of rescales", changeTable(recording, comparison))}
${scroll(
  "Table of the simulated cluster's settings",
  table(
    ["Measured on the real cluster, given to the simulator", "Value"],
    plantRows(replay).map((row) => row.map(escape)),
    0,
  ),
)}
</section>`;
}

function changeTable({ rescales }: Recording, comparison: Comparison): string {
  const head = [
    "Parallelism, measured",
    "Predicted",
    "Later by",
    "Wish to running",
    "Gap",
    "Update",
    "Why",
  ];
  const rows = pairedChanges(comparison).map((pair, i) => {
    const rescale = rescales[i];
    const took = rescale && rescale.runningAt - rescale.wishedAt;
    return [
      printChange(pair.measured),
      printChange(pair.predicted),
      lateness(pair),
      seconds(took),
      seconds(rescale?.gapSeconds),
      seconds(rescale?.updateSeconds),
      escape(rescale?.why ?? ""),
    ];
  });
  return table(head, rows, 7);
}

function scroll(label: string, content: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escape(label)}">${content}</div>`;
}

/** Beyond the style of all reports. Predictions are dashed: colours are not needed to tell the lines apart. */
export const REALITY_STYLE = ".reality .line.b { stroke-dasharray: 7 4; }";
