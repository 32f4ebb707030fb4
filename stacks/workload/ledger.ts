import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { UserError } from "../../infra/errors";

const runId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/);
const from = z.int().nonnegative();
const to = z.int().nonnegative();

/**
 * The entries of a ledger, one a line. Line numbers `from` to `to` are both included; `at` is Unix time in ms.
 * A batch is noted before it is sent, so that a feeder that dies leaves its last batch as "unknown".
 */
const entrySchema = z.discriminatedUnion("what", [
  z.strictObject({ what: z.literal("run"), run: runId, topic: z.string(), at: z.number() }),
  z.strictObject({ what: z.literal("sent"), run: runId, from, to, at: z.number() }),
  z.strictObject({ what: z.literal("acked"), run: runId, from, to, at: z.number() }),
  z.strictObject({
    what: z.literal("unknown"),
    run: runId,
    from,
    to,
    at: z.number(),
    error: z.string(),
  }),
]);

export type LedgerEntry = z.infer<typeof entrySchema>;

/** Line numbers from `from` to `to`, both included. */
export interface LineRange {
  from: number;
  to: number;
}

/** What a ledger says about one run of the feeder. */
export interface LedgerRun {
  run: string;
  topic: string;
  acknowledged: LineRange[];
  /** Sent, but the broker's answer was lost, or the feeder ended before it came. */
  unknown: LineRange[];
}

/** Appends entries to a file; each is in the hands of the operating system when `write` returns. */
export class LedgerWriter {
  private readonly fd: number;

  /** Throws UserError when the file already has a run of this name: its line ids would be given out twice. */
  constructor(file: string, run: string) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (fs.existsSync(file) && readLedger(file).some((known) => known.run === run)) {
      throw new UserError(`the ledger ${file} already has a run ${run}`, [
        { path: "run", value: run, fault: "its line ids are taken", fix: "another run id" },
      ]);
    }
    this.fd = fs.openSync(file, "a");
  }

  write(entry: LedgerEntry): void {
    fs.writeSync(this.fd, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    fs.closeSync(this.fd);
  }
}

/** Reads a ledger. Throws UserError for a missing file or a line that is no entry; a torn last line is left out. */
export function readLedger(file: string): LedgerRun[] {
  if (!fs.existsSync(file)) {
    throw new UserError(`no ledger at ${file}`, [
      {
        path: "ledger",
        value: file,
        fault: "the file does not exist",
        fix: "the file the feeder printed when it started",
      },
    ]);
  }
  const lines = fs.readFileSync(file, "utf8").split("\n");
  lines.pop();
  return foldLedger(lines.map((line, index) => parseEntry(file, line, index + 1)));
}

function parseEntry(file: string, line: string, number: number): LedgerEntry {
  const parsed = entrySchema.safeParse(jsonOrUndefined(line));
  if (parsed.success) return parsed.data;
  throw new UserError(`${file} is not a ledger`, [
    {
      path: `line ${number}`,
      value: line.slice(0, 80),
      fault: "it is no entry of a feeder",
      fix: "the file the feeder printed when it started",
    },
  ]);
}

function jsonOrUndefined(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Folds entries to what is known of each run: a batch that was sent and never settled is unknown. */
function foldLedger(entries: readonly LedgerEntry[]): LedgerRun[] {
  const runs = new Map<string, LedgerRun & { open: LineRange | undefined }>();
  for (const entry of entries) {
    if (entry.what === "run") {
      const { run, topic } = entry;
      runs.set(run, { run, topic, acknowledged: [], unknown: [], open: undefined });
      continue;
    }
    const run = runs.get(entry.run);
    if (run === undefined) throw new UserError(`the ledger names run ${entry.run} before it began`);
    const range = { from: entry.from, to: entry.to };
    run.open = entry.what === "sent" ? range : undefined;
    if (entry.what === "acked") run.acknowledged.push(range);
    if (entry.what === "unknown") run.unknown.push(range);
  }
  return [...runs.values()].map(({ open, ...run }) => ({
    ...run,
    unknown: open === undefined ? run.unknown : [...run.unknown, open],
  }));
}
