/** One row of a CSV file. */
export interface CsvRow {
  /** Number of the line in which it begins, from 1. */
  line: number;
  /** Without their quotes. */
  fields: string[];
  /** A quote was opened that nothing closes: the row holds all the rest of the text. */
  unclosed: boolean;
}

/**
 * The rows of a CSV text (RFC 4180: fields may stand in quotes, with commas, line breaks and doubled quotes in them),
 * without those that are blank. Lines end with LF or CRLF; a byte order mark is passed over.
 */
export function* csvRows(text: string): Generator<CsvRow> {
  let line = 1;
  let from = text.startsWith("\ufeff") ? 1 : 0;
  const nextLine = (): string => {
    const at = text.indexOf("\n", from);
    const content = text.slice(from, at < 0 ? text.length : at);
    from += content.length + 1;
    line += 1;
    return content;
  };
  while (from < text.length) {
    const begun = line;
    const parts = [nextLine()];
    let unclosed = opensQuote(parts[0] ?? "");
    while (unclosed && from < text.length) {
      const part = nextLine();
      parts.push(part);
      unclosed = !opensQuote(part);
    }
    const row = parts.join("\n");
    const fields = row.includes('"') ? quotedFields(row) : row.split(",");
    if (fields.some((field) => field.trim() !== "")) yield { line: begun, fields, unclosed };
  }
}

/** Whether the number of quotes is odd. */
function opensQuote(line: string): boolean {
  let odd = false;
  for (let i = line.indexOf('"'); i >= 0; i = line.indexOf('"', i + 1)) odd = !odd;
  return odd;
}

function quotedFields(row: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < row.length; i++) {
    const c = row.charAt(i);
    if (c === '"' && quoted && row.charAt(i + 1) === '"') field += row.charAt(++i);
    else if (c === '"') quoted = !quoted;
    else if (c !== "," || quoted) field += c;
    else {
      fields.push(field);
      field = "";
    }
  }
  return [...fields, field];
}
