import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../infra/errors";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import type { Settings } from "./options";

const DEFAULT_REPORT = path.join(PROJECT_DIR, "out", "simulate", "report.html");
/** Points of a timeline where there is a report. */
const TIMELINE_POINTS = 600;

/** What a run gives, in every form; the page is made only where it is wanted. */
export interface Output {
  table: string;
  json: unknown;
  page: () => string;
}

type Where = Pick<Settings, "html" | "json">;

/** Where the report goes: where the user says, else to its own place, else nowhere if only the figures are wanted. */
function reportFile({ html, json }: Where): string | undefined {
  return html ?? (json === undefined ? path.relative(process.cwd(), DEFAULT_REPORT) : undefined);
}

/** Points that the timelines of a run need. */
export function timelinePoints(where: Where): number {
  return reportFile(where) === undefined ? 0 : TIMELINE_POINTS;
}

/** Prints the table and writes the files asked for. Throws UserError where one can't be written. */
export function give(where: Where, { table, json, page }: Output): void {
  process.stdout.write(`${table}\n`);
  const report = reportFile(where);
  if (where.json !== undefined) write(where.json, `${JSON.stringify(json, null, 2)}\n`);
  if (report !== undefined) write(report, page());
}

function write(file: string, text: string): void {
  try {
    fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new UserError(
      `${file} can't be written (${(error as Error).message}). Give another path.`,
    );
  }
  process.stdout.write(`\nWrote ${file}\n`);
}
