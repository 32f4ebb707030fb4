import Table from "cli-table3";
import pc from "picocolors";
import type { Figures } from "./figures";
import type { Result, TraceResult } from "./json";
import { decimal, span } from "./print";
import type { Line, Means } from "./summary";

type Paint = ReturnType<typeof pc.createColors>;

/** The columns of a trace's table, in the terminal and in the report. */
export const COLUMNS: readonly { title: string; value: (figures: Figures) => string }[] = [
  { title: "slot-hours", value: (f) => decimal(f.slotHours) },
  { title: "min above allowed lag", value: (f) => decimal(f.violationMinutes) },
  { title: "worst lag", value: (f) => span(f.worstLagSeconds) },
  { title: "rescales a day", value: (f) => decimal(f.rescalesPerDay) },
  { title: "stopped s", value: (f) => decimal(f.stoppedSeconds) },
  { title: "cost", value: (f) => decimal(f.cost) },
];

/** The columns of the summary's table. */
export const MEAN_COLUMNS: readonly { title: string; value: (means: Means) => string }[] = [
  {
    title: "slot-hours, oracle = 1",
    value: (m) => (m.slotHoursOfOracle === null ? "–" : m.slotHoursOfOracle.toFixed(2)),
  },
  { title: "slots", value: (m) => decimal(m.slots) },
  { title: "min above allowed lag", value: (m) => decimal(m.violationMinutes) },
  { title: "rescales a day", value: (m) => decimal(m.rescalesPerDay) },
];

/**
 * The result for a terminal: a table for each trace, the means, and the promises.
 *
 * @param color whether to colour it. @default only when standard output is a terminal that wants colours
 */
export function renderTables(
  result: Result,
  color = pc.isColorSupported && process.stdout.isTTY === true,
): string {
  const paint = pc.createColors(color);
  const traces = result.traces.map((trace) => traceTable(trace, paint));
  return [...traces, summaryText(result, paint)].filter((block) => block !== "").join("\n\n");
}

function traceTable({ name, description, hours, policies }: TraceResult, paint: Paint): string {
  const head = ["policy", ...COLUMNS.map(({ title }) => title)];
  const rows = Object.entries(policies).map(([policy, figures]) => [
    policy,
    ...COLUMNS.map(({ value }) => value(figures)),
  ]);
  return `${paint.bold(name)} ${description} (${decimal(hours)} h)\n${table(head, rows, paint)}`;
}

function summaryText({ summary, traces }: Result, paint: Paint): string {
  const head = ["mean of all traces", ...MEAN_COLUMNS.map(({ title }) => title)];
  const rows = Object.entries(summary.policies).map(([policy, means]) => [
    policy,
    ...MEAN_COLUMNS.map(({ value }) => value(means)),
  ]);
  const lines = summary.lines.map((line) => promise(line, paint)).join("\n");
  return [...(traces.length > 1 ? [table(head, rows, paint)] : []), lines]
    .filter((block) => block !== "")
    .join("\n\n");
}

function promise({ name, ok, detail }: Line, paint: Paint): string {
  const mark = ok === null ? paint.dim("--") : ok ? paint.green("ok") : paint.red("!!");
  return `${mark} ${name}: ${detail}`;
}

/** First column text, the others figures. */
export function table(head: readonly string[], rows: readonly string[][], paint: Paint): string {
  const drawn = new Table({
    head: head.map((title) => paint.bold(title)),
    colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  drawn.push(...rows);
  return drawn.toString();
}
