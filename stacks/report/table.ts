import Table from "cli-table3";
import pc from "picocolors";
import { changed, elapsed, seconds, whole } from "./format";
import { held, type DemoReport } from "./model";

const HEAD = [
  "at",
  "tenant",
  "transition",
  "TaskManagers",
  "parallelism",
  "update",
  "gap",
  "edge to running",
  "lost",
  "duplicated",
];
/** Columns before this one are text, the rest are figures. */
const FIRST_FIGURE = 3;

/**
 * The report for a terminal: transitions, checks, verdict, addresses.
 *
 * @param color whether to colour it. @default only when standard output is a terminal that wants colours
 */
export function renderTable(
  report: DemoReport,
  color = pc.isColorSupported && process.stdout.isTTY === true,
): string {
  const paint = pc.createColors(color);
  const mark = (ok: boolean) => (ok ? paint.green("ok") : paint.red("!!"));
  const checks = report.checks.map(({ name, ok, detail }) => `${mark(ok)} ${name}: ${detail}`);
  const width = Math.max(0, ...report.urls.map(({ name }) => name.length));
  const urls = report.urls.map(({ name, url }) => `${name.padEnd(width)}  ${url}`);
  const verdict = `${mark(held(report))} ${report.verdict.sentence}`;
  return [[transitionTable(report, paint)], checks, [verdict], urls]
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n");
}

function transitionTable(report: DemoReport, paint: ReturnType<typeof pc.createColors>): string {
  const table = new Table({
    head: HEAD.map((title) => paint.bold(title)),
    colAligns: HEAD.map((_, index) => (index < FIRST_FIGURE ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  const fault = (count: number | null) => (count ? paint.red(whole(count)) : whole(count));
  for (const t of report.transitions) {
    table.push([
      elapsed(t.at - report.startedAt),
      t.tenant,
      t.label,
      changed(t.taskManagers),
      changed(t.parallelism),
      seconds(t.updateSeconds),
      seconds(t.gapSeconds),
      seconds(t.edgeToRunningSeconds),
      fault(t.lost),
      fault(t.duplicated),
    ]);
  }
  return table.toString();
}
