import type { Outcome } from "../../../policies/simulator/outcome";
import { escape, scriptJson } from "../../report/format";
import { checkTable, renderPage, table } from "../../report/page";
import { PLOT } from "../../report/svg";
import type { PolicyInfo } from "../contestant";
import type { Result, TraceResult } from "../json";
import { counted, decimal, span } from "../print";
import type { TraceRun } from "../runs";
import { LIMIT, OURS } from "../summary";
import { COLUMNS, MEAN_COLUMNS } from "../table";
import { runLengths } from "./curve";
import { SCRIPT } from "./script";
import { axesFor, headline, rateArea, renderStrip } from "./strip";
import { STYLE } from "./style";

/** Timelines that stand there at first; the reader chooses others. */
const SHOWN_AT_FIRST = 3;

export interface ReportInput {
  title: string;
  result: Result;
  /** The runs of the result, with timelines. */
  runs: readonly TraceRun[];
  policies: readonly PolicyInfo[];
  /** Sections before the traces, as markup. */
  sections?: readonly string[];
}

/** The comparison as one HTML file that needs nothing else: no network, no other file. */
export function renderHtml({ title, result, runs, policies, sections = [] }: ReportInput): string {
  const traces = runs.map((run, i) => traceSection(run, result.traces[i], policies, `trace-${i}`));
  const body = [
    `<h1>${escape(title)}</h1>`,
    `<p class="soft">Every rule runs on the same simulated cluster. All times are UTC.</p>`,
    promises(result),
    ...sections,
    means(result),
    contents(runs),
    selector(result, policies),
    ...traces,
    sources(policies),
  ];
  return renderPage({ title, body: body.join("\n"), script: SCRIPT, style: STYLE });
}

function promises({ summary, traces }: Result): string {
  if (summary.lines.length === 0) return "";
  return `<section aria-label="Promises"><h2>flinktide against the others, mean of ${counted(traces.length, "trace")}</h2>${scroll("Table of promises", checkTable(summary.lines))}</section>`;
}

function means({ summary, traces }: Result): string {
  if (traces.length < 2) return "";
  const head = ["Policy", ...MEAN_COLUMNS.map(({ title }) => title)];
  const rows = Object.entries(summary.policies).map(([name, value]) => [
    escape(name),
    ...MEAN_COLUMNS.map((column) => column.value(value)),
  ]);
  return `<section aria-label="Means"><h2>Mean of ${counted(traces.length, "trace")}</h2>${scroll("Table of means", table(head, rows, 0))}</section>`;
}

function contents(runs: readonly TraceRun[]): string {
  if (runs.length < 2) return "";
  const links = runs.map(({ name }, i) => `<li><a href="#trace-${i}">${escape(name)}</a></li>`);
  return `<section><nav aria-label="Traces"><h2>Traces</h2><ul>${links.join("")}</ul></nav></section>`;
}

/** The product's policy, its limit and the best of the others: one that reacts, with the fewest minutes, then slots. */
function shownAtFirst({ summary }: Result, policies: readonly PolicyInfo[]): Set<string> {
  const means = (name: string) => summary.policies[name] ?? { violationMinutes: 0, slots: 0 };
  const others = policies
    .filter(({ name }) => name !== OURS && name !== LIMIT)
    .sort(
      (a, b) =>
        Number(b.reactive) - Number(a.reactive) ||
        means(a.name).violationMinutes - means(b.name).violationMinutes ||
        means(a.name).slots - means(b.name).slots,
    );
  const first = [OURS, LIMIT].flatMap((name) => policies.filter((policy) => policy.name === name));
  return new Set([...first, ...others].slice(0, SHOWN_AT_FIRST).map(({ name }) => name));
}

function selector(result: Result, policies: readonly PolicyInfo[]): string {
  const shown = shownAtFirst(result, policies);
  const boxes = policies.map(
    ({ name, title }) =>
      `<label><input type="checkbox" value="${escape(name)}"${shown.has(name) ? " checked" : ""}>${escape(title)}</label>`,
  );
  return `<section class="choose" aria-label="Choice of timelines" hidden><fieldset><legend>Timelines of</legend>${boxes.join("")}</fieldset></section>`;
}

function traceSection(
  run: TraceRun,
  result: TraceResult | undefined,
  policies: readonly PolicyInfo[],
  id: string,
): string {
  const name = escape(run.name);
  const { allowedLagSeconds, slotRate, floor, ceiling, slotsPerTaskManager } = run.plant;
  const axes = axesFor({ ...run, allowedLagSeconds }, run.outcomes);
  const [first] = run.outcomes;
  const strips = run.outcomes.map((outcome) => {
    const { title = outcome.policy } = policies.find((p) => p.name === outcome.policy) ?? {};
    const label = `${title} on ${run.name}: load, capacity and lag`;
    const own = run.plants?.[outcome.policy] ?? run.plant;
    const ownAxes = { ...axes, allowedLagSeconds: own.allowedLagSeconds };
    return `<div class="strip" data-policy="${escape(outcome.policy)}"><h3>${escape(title)}<small>${headline(outcome)}</small></h3>
<div class="scroll" tabindex="0" role="region" aria-label="${escape(label)}">${renderStrip(outcome, ownAxes, `${id}-load`, label)}</div><p class="told"></p></div>`;
  });
  return `<section id="${id}" aria-label="${name}">
<h2>${name}</h2>
<p class="soft">${escape(run.description)}. ${decimal(run.hours)} h, ${decimal(slotRate)} records/s a slot, ${floor} to ${ceiling} TaskManagers of ${counted(slotsPerTaskManager, "slot")}, allowed lag ${span(allowedLagSeconds)}.</p>
${scroll(`Table of ${run.name}`, figureTable(result))}
<p class="legend"><span class="load">records/s that arrive</span><span class="capacity">records/s that could be processed (along the top edge: more)</span><span class="late">lag, logarithmic</span><span class="allow">allowed lag</span><span class="stops">rescale (arrow keys walk through them)</span></p>
<figure style="margin:0">${first === undefined ? "" : rateArea(first, axes, `${id}-load`)}
${strips.join("\n")}
<div class="reader" hidden><div class="track"><label>Instant (arrow keys, or point at a picture)<input type="range" min="0" max="${Math.max(0, (first?.timeline.length ?? 0) - 1)}" value="0" step="1"></label></div></div>
<script type="application/json">${scriptJson(figureData(run))}</script>
</figure>
</section>`;
}

function figureTable(result: TraceResult | undefined): string {
  const head = ["Policy", ...COLUMNS.map(({ title }) => title)];
  const rows = Object.entries(result?.policies ?? {}).map(([name, figures]) => [
    escape(name),
    ...COLUMNS.map(({ value }) => value(figures)),
  ]);
  return table(head, rows, 0);
}

/** What the script reads the figures of an instant from. */
function figureData({ startMs, endMs, outcomes }: TraceRun) {
  const timeline = outcomes[0]?.timeline ?? [];
  return {
    ...PLOT,
    start: startMs,
    end: endMs,
    step: (timeline[0]?.atMs ?? endMs) - startMs,
    count: timeline.length,
    rate: runLengths(timeline.map((p) => tenths(p.arrivedPerSecond))),
    policies: Object.fromEntries(outcomes.map((outcome) => [outcome.policy, series(outcome)])),
  };
}

function series({ timeline }: Outcome) {
  return {
    capacity: runLengths(timeline.map((p) => Math.round(p.capacityPerSecond))),
    slots: runLengths(timeline.map((p) => p.slots)),
    parallelism: runLengths(timeline.map((p) => p.parallelism)),
    lag: runLengths(timeline.map((p) => tenths(p.lagSeconds))),
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function sources(policies: readonly PolicyInfo[]): string {
  const rows = policies.map(({ name, title, source }) =>
    [name, title, source.replaceAll(/https?:\/\//g, "")].map(escape),
  );
  return `<section aria-label="Rules"><h2>The rules</h2>${scroll("Table of rules", table(["Policy", "Rule", "Source and settings"], rows, 2))}</section>`;
}

function scroll(label: string, content: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escape(label)}">${content}</div>`;
}
