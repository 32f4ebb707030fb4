import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../../infra/errors";
import type { Trace } from "../../../policies/simulator/trace";
import { parseCsvTrace } from "./csv";
import { parsePrometheusTrace } from "./prometheus";
import { traceName } from "./samples";

/**
 * A trace from a user's file: CSV, or, with the ending .json, a saved answer of Prometheus. It is named after the file.
 * Throws UserError.
 */
export function readTraceFile(file: string): Trace {
  const extension = path.extname(file);
  const source = { name: traceName(path.basename(file, extension)), file };
  const text = readText(file);
  return extension.toLowerCase() === ".json"
    ? parsePrometheusTrace(text, source)
    : parseCsvTrace(text, source);
}

function readText(file: string): string {
  try {
    const bytes = fs.readFileSync(file);
    // What spreadsheets save as "Unicode text" begins with these two bytes.
    const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    return bytes.toString(utf16 ? "utf16le" : "utf8");
  } catch (error) {
    throw new UserError(
      `The trace ${file} can't be read (${(error as Error).message}). Give the path of a CSV file.`,
    );
  }
}
