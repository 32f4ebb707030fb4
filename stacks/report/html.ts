import { PANELS, renderChart, type TimeRange } from "./chart";
import {
  changed,
  dateTime,
  elapsed,
  escape,
  median,
  NONE,
  scriptJson,
  seconds,
  whole,
} from "./format";
import { held, type DemoReport, type Sample, type Transition } from "./model";
import { checkTable, renderPage, table } from "./page";
import { SCRIPT } from "./script";
import { PLOT } from "./svg";

/** The report as one HTML file that needs nothing else: no network, no other file. */
export function renderHtml(report: DemoReport): string {
  const range = timeRange(report);
  const tenants = report.series.map(({ tenant, samples }) =>
    tenantSection(
      tenant,
      samples,
      report.transitions.filter((transition) => transition.tenant === tenant),
      range,
    ),
  );
  const body = `<h1>${escape(report.title)}</h1>
<p class="soft">Started ${dateTime(report.startedAt)} · ${escape(report.machine)}</p>
${verdictSection(report)}
${tiles(report)}
${tenants.join("\n")}
${transitionSection(report, range.from)}
${checkSection(report)}
${urlSection(report)}`;
  return renderPage({ title: report.title, body, script: SCRIPT });
}

/** From the start to the last thing seen. */
function timeRange(report: DemoReport): TimeRange {
  const seen = [
    ...report.transitions.map(({ at }) => at),
    ...report.series.flatMap(({ samples }) => samples.map(({ t }) => t)),
  ];
  const from = seen.reduce((min, t) => Math.min(min, t), report.startedAt);
  return { from, to: seen.reduce((max, t) => Math.max(max, t), from + 1000) };
}

function verdictSection(report: DemoReport): string {
  const good = held(report);
  const failed = report.checks.filter((check) => !check.ok).length;
  const more = failed > 0 ? ` ${failed} of ${report.checks.length} checks failed.` : "";
  return `<section class="verdict ${good ? "good" : "bad"}" aria-label="Result"><strong>${good ? "✓ Held" : "✗ Did not hold"}</strong><p>${escape(report.verdict.sentence)}${more}</p></section>`;
}

function tiles({ verdict, transitions }: DemoReport): string {
  const gaps = transitions.flatMap(({ gapSeconds }) => (gapSeconds === null ? [] : [gapSeconds]));
  const entries = [
    ["Lost", whole(verdict.lost)],
    ["Duplicated", whole(verdict.duplicated)],
    ["Words counted", whole(verdict.words)],
    ["Transitions", whole(transitions.length)],
    ["Gap, median", seconds(median(gaps))],
    ["Gap, longest", seconds(gaps.length === 0 ? null : Math.max(...gaps))],
  ];
  return `<dl class="tiles">${entries.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

function tenantSection(
  tenant: string,
  samples: readonly Sample[],
  transitions: readonly Transition[],
  range: TimeRange,
): string {
  const name = escape(tenant);
  const chart = renderChart(
    samples,
    transitions,
    range,
    `Rate, lag, slots and TaskManagers of ${tenant}`,
  );
  const data = {
    ...PLOT,
    start: range.from,
    span: range.to - range.from,
    rows: samples.map((s) => ({ t: s.t - range.from, text: told(s, range.from) })),
  };
  return `<section aria-label="${name}">
<h2>${name}</h2>
<figure style="margin:0"><div class="scroll" tabindex="0" role="region" aria-label="Picture of ${name}">
${chart}
<div class="reader" hidden><div class="track"><label>Instant (arrow keys, or point at the picture)<input type="range" min="0" max="${Math.max(0, samples.length - 1)}" value="0" step="1"></label></div><output></output></div>
</div>
<script type="application/json">${scriptJson(data)}</script>
</figure>
<details><summary>The same as a table (${samples.length} samples)</summary><div class="scroll" tabindex="0" role="region" aria-label="Samples of ${name}">${sampleTable(samples, range.from)}</div></details>
</section>`;
}

const MEASURES = PANELS.flatMap(({ title, unit, lines }) =>
  lines.map(({ key, name }) => ({
    key,
    name: measureName(title, lines.length === 1 ? "" : name),
    unit: unit === "records/s" ? "/s" : "",
  })),
);

/** "Lag", "Slots used", but "Parallelism": that is drawn among the slots without being one. */
function measureName(panel: string, line: string): string {
  if (line === "parallelism") return "Parallelism";
  return line === "" ? panel : `${panel} ${line}`;
}

function told(sample: Sample, start: number): string[] {
  const figures = MEASURES.map(({ key, name, unit }) => {
    const value = sample[key];
    return `${name} ${whole(value)}${value === null ? "" : unit}`;
  });
  return [elapsed(sample.t - start), ...figures];
}

function sampleTable(samples: readonly Sample[], start: number): string {
  const head = MEASURES.map(({ name, unit }) => `${name}${unit && ` ${unit}`}`);
  return table(
    ["Time", ...head],
    samples.map((sample) => [
      elapsed(sample.t - start),
      ...MEASURES.map(({ key }) => whole(sample[key])),
    ]),
    0,
  );
}

function transitionSection({ transitions }: DemoReport, start: number): string {
  if (transitions.length === 0) return "";
  const head = [
    "Transition",
    "Tenant",
    "At",
    "TaskManagers",
    "Parallelism",
    "Update",
    "Gap",
    "Edge to running",
    "Lost",
    "Duplicated",
  ];
  const rows = transitions.map((t) => [
    escape(t.label),
    escape(t.tenant),
    elapsed(t.at - start),
    changed(t.taskManagers),
    changed(t.parallelism),
    seconds(t.updateSeconds),
    seconds(t.gapSeconds),
    seconds(t.edgeToRunningSeconds),
    whole(t.lost),
    whole(t.duplicated),
  ]);
  return `<section aria-label="Transitions"><h2>Transitions</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of transitions">${table(head, rows, 1)}</div><p class="soft">Gap: the longest time in which the sink committed nothing new. ${NONE} stands for not measured.</p></section>`;
}

function checkSection({ checks }: DemoReport): string {
  if (checks.length === 0) return "";
  return `<section aria-label="Checks"><h2>Checks</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of checks">${checkTable(checks)}</div></section>`;
}

function urlSection({ urls }: DemoReport): string {
  if (urls.length === 0) return "";
  const place = (url: string) =>
    url.startsWith("http")
      ? `<a href="${escape(url)}">${escape(url)}</a>`
      : `<code>${escape(url)}</code>`;
  const rows = urls.map(
    ({ name, url }) => `<tr><td>${escape(name)}</td><td>${place(url)}</td></tr>`,
  );
  return `<section aria-label="Where to look"><h2>Where to look</h2><table><thead><tr><th scope="col">What</th><th scope="col">Address</th></tr></thead><tbody>${rows.join("")}</tbody></table></section>`;
}
