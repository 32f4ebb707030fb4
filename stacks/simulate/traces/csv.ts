import { UserError, type Problem } from "../../../infra/errors";
import type { Trace } from "../../../policies/simulator/trace";
import { csvRows, type CsvRow } from "./csv-rows";
import { sortedSamples, traceFromSamples, type Samples } from "./samples";
import { readTimestamp, type TimestampForm } from "./timestamp";

/** Problems that are told in full; the others are counted. */
const TOLD = 10;
/** Characters of a wrong value that are shown. */
const SHOWN = 60;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

export interface CsvSource {
  /** The trace's name. */
  name: string;
  /** For people: the file. */
  file: string;
}

/**
 * A trace from CSV with the columns `timestamp` and `records_per_second`, in any order, in any step, among any others.
 * Rows may be unsorted; of several at one instant the last one counts. Between the rows the rate is straight; the
 * trace ends with the last one. Throws UserError with the line, value, fault and fix of each of the first ten problems.
 */
export function parseCsvTrace(text: string, { name, file }: CsvSource): Trace {
  const samples = parseCsvSamples(text, file);
  const [startMs = 0, endMs = 0] = [samples.timesMs[0], samples.timesMs.at(-1)];
  const [from, to] = [startMs, endMs].map((ms) => new Date(ms).toISOString().slice(0, 16));
  const count = samples.timesMs.length.toLocaleString("en");
  const description = `${count} samples of ${file}, ${from} to ${to} UTC`;
  return traceFromSamples({ name, description }, samples);
}

/** The samples of a CSV text, of which `column` holds the values. Throws like parseCsvTrace. */
export function parseCsvSamples(
  text: string,
  file: string,
  column = "records_per_second",
): Samples {
  const problems = new Problems();
  const rows = csvRows(text);
  const header: IteratorResult<CsvRow, unknown> = rows.next();
  const reader = header.done
    ? undefined
    : RowReader.for(header.value, column.toLowerCase(), problems);
  if (header.done) problems.add(emptyFile(column));
  if (reader !== undefined) for (const row of rows) reader.read(row);
  const samples = sortedSamples(reader?.timesMs ?? [], reader?.values ?? []);
  if (problems.count === 0 && samples.timesMs.length < 2) {
    problems.add(tooFew(samples.timesMs.length));
  }
  problems.throwIfAny(file);
  return samples;
}

class Problems {
  count = 0;
  private readonly told: Problem[] = [];

  add(problem: Problem): void {
    this.count += 1;
    if (this.told.length < TOLD) this.told.push(problem);
  }

  throwIfAny(file: string): void {
    if (this.count === 0) return;
    const number = this.count === 1 ? "one problem" : `${this.count.toLocaleString("en")} problems`;
    const rest = this.count > TOLD ? `; the first ${TOLD}` : "";
    throw new UserError(`${file} can't be used as a trace, it has ${number}${rest}:`, this.told);
  }
}

/** Reads row after row; what is wrong goes to the problems. */
class RowReader {
  readonly timesMs: number[] = [];
  readonly values: number[] = [];
  private first: { form: TimestampForm; line: number } | undefined;

  private constructor(
    private readonly timeIndex: number,
    private readonly valueIndex: number,
    private readonly column: string,
    private readonly problems: Problems,
  ) {}

  /** undefined where the header lacks a column. */
  static for(header: CsvRow, column: string, problems: Problems): RowReader | undefined {
    const names = header.fields.map((field) => field.trim().toLowerCase());
    const [timeIndex, valueIndex] = [names.indexOf("timestamp"), names.indexOf(column)];
    if (timeIndex >= 0 && valueIndex >= 0) {
      return new RowReader(timeIndex, valueIndex, column, problems);
    }
    const missing = ["timestamp", column].filter((name) => !names.includes(name));
    problems.add({
      path: `line ${header.line}`,
      value: shown(header.fields.join(",")),
      fault: `it is not a header with the column${missing.length > 1 ? "s" : ""} ${missing.join(" and ")}`,
      fix: `begin the file with a line such as timestamp,${column}`,
    });
    return undefined;
  }

  read({ line, fields, unclosed }: CsvRow): void {
    if (unclosed) {
      const fault = "a quote is opened in it that nothing closes";
      this.problems.add({ path: `line ${line}`, fault, fix: "close it, or remove it" });
      return;
    }
    const ms = this.timeOf(fields[this.timeIndex]?.trim(), line);
    const number = this.valueOf(fields[this.valueIndex]?.trim(), line);
    if (ms === undefined || number === undefined) return;
    this.timesMs.push(ms);
    this.values.push(number);
  }

  private timeOf(text: string | undefined, line: number): number | undefined {
    if (!text) return this.missing("timestamp", line);
    const timestamp = readTimestamp(text);
    if (timestamp === undefined) {
      const fix = "write it as 2026-11-23T09:00:00Z, as epoch seconds, or as seconds from 0";
      return this.wrong("timestamp", line, text, "it is not a timestamp", fix);
    }
    const { ms, form } = timestamp;
    this.first ??= { form, line };
    if (form === this.first.form) return ms;
    const fault = `it reads as ${form}, but line ${this.first.line} has ${this.first.form}`;
    return this.wrong("timestamp", line, text, fault, "write all of them in one form");
  }

  private valueOf(text: string | undefined, line: number): number | undefined {
    if (!text) return this.missing(this.column, line);
    const value = Number(text);
    if (!NUMBER.test(text) || !Number.isFinite(value)) {
      const fix = "give a number with a decimal point, such as 1250.5, or remove the line";
      return this.wrong(this.column, line, text, "it is not a number", fix);
    }
    if (value >= 0) return value;
    return this.wrong(this.column, line, text, "it is negative", "give 0 or more");
  }

  private missing(column: string, line: number): undefined {
    return this.wrong(column, line, undefined, "it is missing", "fill it in, or remove the line");
  }

  private wrong(
    column: string,
    line: number,
    text: string | undefined,
    fault: string,
    fix: string,
  ): undefined {
    const value = text === undefined ? undefined : shown(text);
    this.problems.add({ path: `line ${line}, ${column}`, value, fault, fix });
  }
}

function emptyFile(column: string): Problem {
  const fix = `give a file that begins with the line timestamp,${column}`;
  return { path: "line 1", fault: "the file is empty", fix };
}

function tooFew(count: number): Problem {
  const fault = `${count === 0 ? "no instant has" : "only one instant has"} a rate`;
  return { path: "the rows", fault, fix: "give at least two rows with different timestamps" };
}

function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
